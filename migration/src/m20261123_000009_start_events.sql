/* By the start events of which version a process begins: the newest, where that has any. */
CREATE TABLE process_start (
  definition_key text PRIMARY KEY,
  definition_id {uuid} NOT NULL REFERENCES process_definition (id),
  UNIQUE (definition_key, definition_id)
)
--
/* What begins processes: start events that wait. All of a process are of one version. */
CREATE TABLE start_subscription (
  id {uuid} PRIMARY KEY,
  definition_key text NOT NULL,
  definition_id {uuid} NOT NULL,
  node_id text NOT NULL,
  kind text NOT NULL CHECK (kind IN ('TIMER', 'MESSAGE', 'SIGNAL')),
  /* Of a message or a signal. */
  name text CHECK (length(name) BETWEEN 1 AND 255),
  /* Of a timer: when it begins the next instance. */
  due_at {time},
  /* Of a timer that does so again: the time between, and how often; without end where that is null. */
  every text CHECK (length(every) BETWEEN 1 AND 256),
  more integer CHECK (more >= 0),
  /* The run that begins the instance. */
  run_id {uuid},
  created_at {time} NOT NULL,
  FOREIGN KEY (definition_key, definition_id)
    REFERENCES process_start (definition_key, definition_id) ON DELETE CASCADE,
  UNIQUE (definition_key, node_id),
  UNIQUE (definition_key, kind, name),
  CHECK ((kind = 'TIMER') = (due_at IS NOT NULL)),
  CHECK ((kind = 'TIMER') = (name IS NULL)),
  CHECK (kind = 'TIMER' OR run_id IS NULL),
  CHECK (kind = 'TIMER' OR every IS NULL),
  CHECK (every IS NOT NULL OR more IS NULL)
)
--
CREATE INDEX start_subscription_due ON start_subscription (due_at, id) WHERE due_at IS NOT NULL AND run_id IS NULL
--
CREATE INDEX start_subscription_named ON start_subscription (kind, name, created_at, id) WHERE name IS NOT NULL
--
CREATE INDEX start_subscription_of_definition ON start_subscription (definition_id)
--
/* What could not begin, until somebody sees to it. */
CREATE TABLE start_incident (
  id {uuid} PRIMARY KEY,
  definition_id {uuid} NOT NULL REFERENCES process_definition (id),
  node_id text NOT NULL,
  code text NOT NULL CHECK (length(code) BETWEEN 1 AND 64),
  message text NOT NULL,
  /* What the engine was to do, and does again when it is resolved. */
  input text NOT NULL,
  /* It was resolved, and is to be handed out again. */
  again boolean NOT NULL DEFAULT false,
  created_at {time} NOT NULL,
  resolved_at {time},
  resolved_by text,
  CHECK ((resolved_at IS NULL) = (resolved_by IS NULL)),
  CHECK (resolved_at IS NOT NULL OR NOT again)
)
--
CREATE INDEX start_incident_open ON start_incident (id) WHERE resolved_at IS NULL
--
CREATE INDEX start_incident_again ON start_incident (id) WHERE again
--
CREATE INDEX start_incident_of_definition ON start_incident (definition_id, id)
