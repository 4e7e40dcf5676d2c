/* Grows with each change of a webhook, so that whoever keeps them in memory sees that they have changed. */
CREATE TABLE webhook_state (
  id smallint PRIMARY KEY CHECK (id = 1),
  generation bigint NOT NULL CHECK (generation >= 0)
)
--
INSERT INTO webhook_state (id, generation) VALUES (1, 0)
--
/* Who is told of events, or asked before somebody acts. */
CREATE TABLE webhook (
  id {uuid} PRIMARY KEY,
  mode text NOT NULL CHECK (mode IN ('NOTIFY', 'BEFORE_ACTION')),
  url text NOT NULL CHECK (length(url) BETWEEN 1 AND 2048),
  description text NOT NULL CHECK (length(description) <= 1000),
  /* Of instances of this process alone. */
  definition_key text CHECK (length(definition_key) BETWEEN 1 AND 128),
  /* The types of events that it wants, as a JSON list; none: all. */
  event_types text,
  /* What it is asked before, as a JSON list. */
  actions text,
  /* What becomes of an action where it does not answer. */
  on_failure text CHECK (on_failure IN ('REFUSE', 'ALLOW')),
  timeout_seconds integer NOT NULL CHECK (timeout_seconds BETWEEN 1 AND 30),
  secret text NOT NULL,
  previous_secret text,
  previous_secret_until {time},
  enabled boolean NOT NULL,
  /* Why the program has disabled it. */
  disabled_reason text,
  disabled_at {time},
  /* Since when nothing has arrived, and the last time that something has not. */
  failing_since {time},
  failed_at {time},
  created_by text NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  /* Gone for everybody; what is left of it is swept. */
  deleted_at {time},
  CHECK ((mode = 'BEFORE_ACTION') = (actions IS NOT NULL)),
  CHECK ((mode = 'BEFORE_ACTION') = (on_failure IS NOT NULL)),
  CHECK (mode = 'NOTIFY' OR event_types IS NULL),
  CHECK ((previous_secret IS NULL) = (previous_secret_until IS NULL)),
  CHECK ((disabled_reason IS NULL) = (disabled_at IS NULL)),
  CHECK (disabled_reason IS NULL OR NOT enabled),
  CHECK (deleted_at IS NULL OR NOT enabled),
  CHECK ((failing_since IS NULL) = (failed_at IS NULL))
)
--
/* Nobody has been told of what stood here: there were no webhooks. */
DROP TABLE outbox
--
/* Events that somebody is told of, each once. */
CREATE TABLE outbox (
  id {uuid} PRIMARY KEY,
  operation_key text NOT NULL UNIQUE CHECK (length(operation_key) BETWEEN 1 AND 255),
  kind text NOT NULL,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  /* The body that is sent. */
  payload text NOT NULL,
  created_at {time} NOT NULL
)
--
/* An event on its way to a webhook, and what became of it. */
CREATE TABLE webhook_delivery (
  /* Of one instance and webhook in the order in which they are told. */
  number {serial},
  webhook_id {uuid} NOT NULL REFERENCES webhook (id),
  event_id {uuid} NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
  instance_id {uuid} NOT NULL,
  status text NOT NULL CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED', 'DISCARDED')),
  /* How often it was sent, and how often since it was last asked for. */
  attempts integer NOT NULL DEFAULT 0 CHECK (attempts >= 0),
  tries integer NOT NULL DEFAULT 0 CHECK (tries BETWEEN 0 AND attempts),
  created_at {time} NOT NULL,
  finished_at {time},
  UNIQUE (event_id, webhook_id),
  CHECK ((status = 'PENDING') = (finished_at IS NULL))
)
--
CREATE INDEX webhook_delivery_pending ON webhook_delivery (webhook_id, instance_id, number) WHERE status = 'PENDING'
--
CREATE INDEX webhook_delivery_of_webhook ON webhook_delivery (webhook_id, number)
--
CREATE INDEX webhook_delivery_of_status ON webhook_delivery (webhook_id, status, number)
--
CREATE INDEX webhook_delivery_finished ON webhook_delivery (finished_at) WHERE finished_at IS NOT NULL
--
/* An instance of whose events a webhook is still to be told, one after the other. */
CREATE TABLE webhook_stream (
  webhook_id {uuid} NOT NULL REFERENCES webhook (id),
  instance_id {uuid} NOT NULL,
  /* When its first event is to be sent; of one that is being sent, when nobody believes that any longer. */
  due_at {time} NOT NULL,
  /* Who sends it: an outcome counts only while this is the lease that it was sent under. */
  lease_id {uuid},
  PRIMARY KEY (webhook_id, instance_id)
)
--
CREATE INDEX webhook_stream_due ON webhook_stream (webhook_id, due_at)
--
CREATE TABLE webhook_attempt (
  delivery_number bigint NOT NULL REFERENCES webhook_delivery (number) ON DELETE CASCADE,
  number integer NOT NULL CHECK (number >= 1),
  started_at {time} NOT NULL,
  duration_ms integer NOT NULL CHECK (duration_ms >= 0),
  /* What was answered; none where nothing was. */
  status_code smallint,
  /* Why it has not arrived. */
  error text,
  PRIMARY KEY (delivery_number, number),
  CHECK (status_code IS NOT NULL OR error IS NOT NULL)
)
