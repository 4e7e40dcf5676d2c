/* JSON; null: the document itself was deployed. */
ALTER TABLE process_definition ADD COLUMN chart text CHECK (length(chart) > 0)
