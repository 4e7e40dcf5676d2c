/* What instances wait for beside people; gone as soon as they wait no longer. */
CREATE TABLE event_subscription (
  id {uuid} PRIMARY KEY,
  root_id {uuid} NOT NULL,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  node_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('TIMER', 'MESSAGE', 'SIGNAL')),
  /* Of a message or a signal. */
  name text CHECK (length(name) BETWEEN 1 AND 255),
  /* Of a timer. */
  due_at {time},
  /* The run that fires the timer. */
  run_id {uuid},
  created_at {time} NOT NULL,
  CHECK ((kind = 'TIMER') = (due_at IS NOT NULL)),
  CHECK ((kind = 'TIMER') = (name IS NULL)),
  CHECK (kind = 'TIMER' OR run_id IS NULL)
)
--
CREATE INDEX event_subscription_due ON event_subscription (due_at, id) WHERE due_at IS NOT NULL AND run_id IS NULL
--
CREATE INDEX event_subscription_named ON event_subscription (kind, name, instance_id) WHERE name IS NOT NULL
--
CREATE INDEX event_subscription_of_instance ON event_subscription (instance_id, id)
--
/* Messages and signals that were told and have not been handed out yet. */
CREATE TABLE event_thrown (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL CHECK (kind IN ('MESSAGE', 'SIGNAL')),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 255),
  /* Of a message: for instances with this key. */
  business_key text CHECK (length(business_key) BETWEEN 1 AND 255),
  variables text NOT NULL,
  /* Where it is for one alone, whoever else waits. */
  subscription_id {uuid},
  created_at {time} NOT NULL,
  CHECK (kind = 'MESSAGE' OR business_key IS NULL)
)
--
/* What has reached its subscriber, so that it does once; kept for days. */
CREATE TABLE event_delivery (
  run_id {uuid} NOT NULL,
  idx integer NOT NULL CHECK (idx >= 0),
  PRIMARY KEY (run_id, idx)
)
--
/* Runs whose end is long ago, of kinds that forget them. */
CREATE INDEX engine_run_finished ON engine_run (kind, finished_at) WHERE finished_at IS NOT NULL
--
/* What could not be done for an instance, until somebody sees to it. */
CREATE TABLE incident (
  id {uuid} PRIMARY KEY,
  root_id {uuid} NOT NULL,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  node_id text NOT NULL,
  code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  message text NOT NULL,
  /* What the engine was to do, and does again when it is resolved. */
  input text NOT NULL,
  created_at {time} NOT NULL,
  resolved_at {time},
  resolved_by text,
  CHECK ((resolved_at IS NULL) = (resolved_by IS NULL))
)
--
CREATE INDEX incident_of_instance ON incident (instance_id, id)
--
CREATE INDEX incident_open ON incident (id) WHERE resolved_at IS NULL
