/* Which batch has decided a task, or has given an opinion on it: an attempt that was not recorded is known by it. */
ALTER TABLE task ADD COLUMN decided_in {uuid}
--
CREATE INDEX task_locked ON task (locked_by) WHERE locked_by IS NOT NULL
--
/* One decision over many tasks: what a batch of the kind APPROVAL has beside what all batches have. */
CREATE TABLE approval_batch (
  batch_id {uuid} PRIMARY KEY REFERENCES batch (id) ON DELETE CASCADE,
  decision text NOT NULL CHECK (decision IN ('APPROVE', 'REJECT')),
  comment text,
  /* What goes into the forms of all of them: an object as JSON. */
  form_data text NOT NULL,
  /* The nodes of its tasks: an array as JSON. */
  nodes text NOT NULL
)
