CREATE INDEX engine_run_line ON engine_run (kind, priority DESC, served_at) WHERE finished_at IS NULL
--
DROP INDEX engine_run_open
--
CREATE INDEX engine_run_due ON engine_run (next_due_at) WHERE finished_at IS NULL AND next_due_at IS NOT NULL
