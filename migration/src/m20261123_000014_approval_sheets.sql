/* Decisions that a sheet makes row by row: such a batch has none of its own, and says which file they came from. */
CREATE TABLE approval_batch_next (
  batch_id {uuid} PRIMARY KEY REFERENCES batch (id) ON DELETE CASCADE,
  decision text CHECK (decision IN ('APPROVE', 'REJECT')),
  comment text,
  /* What goes into the forms of all of them: an object as JSON. */
  form_data text NOT NULL,
  /* The nodes of its tasks: an array as JSON. */
  nodes text NOT NULL,
  /* The sheet that decides; the file may be gone. */
  sheet_id {uuid},
  CHECK ((decision IS NULL) = (sheet_id IS NOT NULL))
)
--
INSERT INTO approval_batch_next (batch_id, decision, comment, form_data, nodes)
SELECT batch_id, decision, comment, form_data, nodes FROM approval_batch
--
DROP TABLE approval_batch
--
ALTER TABLE approval_batch_next RENAME TO approval_batch
