/* What a call was answered, as JSON, where it could not be brought to its instance yet: the call is not made again. */
ALTER TABLE job ADD COLUMN answer text CHECK (answer IS NULL OR (kind = 'HTTP' AND status NOT IN ('SUCCESS', 'WAITING')))
