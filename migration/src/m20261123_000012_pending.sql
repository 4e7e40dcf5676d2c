/* What is pending of an instance, by a word of its own: the status would let a planner that knows little of what
   is pending go through that of all instances (webhook_delivery_of_status). */
DROP INDEX webhook_delivery_pending
--
CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, instance_id, number) WHERE finished_at IS NULL
--
/* In the order in which streams are claimed. */
DROP INDEX webhook_stream_due
--
CREATE INDEX webhook_stream_due ON webhook_stream (webhook_id, due_at, instance_id)
