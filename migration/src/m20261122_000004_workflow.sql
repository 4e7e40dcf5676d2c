CREATE TABLE process_definition (
  id {uuid} PRIMARY KEY,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 128),
  version integer NOT NULL CHECK (version >= 1),
  name text NOT NULL,
  bpmn_xml text NOT NULL,
  deployed_by text NOT NULL,
  created_at {time} NOT NULL,
  UNIQUE (key, version)
)
--
CREATE TABLE process_instance (
  id {uuid} PRIMARY KEY,
  definition_id {uuid} NOT NULL REFERENCES process_definition (id),
  /* Whose lock is everything's of one tree of instances. */
  root_id {uuid} NOT NULL REFERENCES process_instance (id) DEFERRABLE INITIALLY DEFERRED,
  parent_id {uuid} REFERENCES process_instance (id),
  parent_activity {uuid},
  /* How many instances are above it, each of which has called the next. */
  depth smallint NOT NULL DEFAULT 0 CHECK (depth BETWEEN 0 AND 63),
  business_key text CHECK (length(business_key) BETWEEN 1 AND 255),
  started_by text,
  /* RUNNING 1, APPROVE 2, REJECT 3, CANCEL 4. */
  status smallint NOT NULL CHECK (status BETWEEN 1 AND 4),
  reason text,
  suspended boolean NOT NULL DEFAULT false,
  format integer NOT NULL CHECK (format >= 1),
  state text NOT NULL,
  variables text NOT NULL,
  revision bigint NOT NULL CHECK (revision >= 1),
  started_at {time} NOT NULL,
  ended_at {time},
  CHECK ((status = 1) = (ended_at IS NULL)),
  CHECK ((parent_id IS NULL) = (root_id = id)),
  CHECK ((parent_id IS NULL) = (parent_activity IS NULL)),
  CHECK ((parent_id IS NULL) = (depth = 0)),
  CHECK (ended_at IS NULL OR NOT suspended)
)
--
CREATE INDEX process_instance_of_starter ON process_instance (started_by, id)
--
CREATE INDEX process_instance_of_definition ON process_instance (definition_id, id)
--
/* How often somebody without a name has started it of late. */
CREATE INDEX process_instance_nameless ON process_instance (definition_id, id) WHERE started_by IS NULL
--
CREATE INDEX process_instance_children ON process_instance (parent_id) WHERE parent_id IS NOT NULL
--
CREATE INDEX process_instance_tree ON process_instance (root_id)
--
CREATE INDEX process_instance_business ON process_instance (business_key, id) WHERE business_key IS NOT NULL
--
CREATE TABLE process_activity (
  id {uuid} PRIMARY KEY,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  root_id {uuid} NOT NULL,
  /* Its place among all that has happened in the tree of its instance. */
  revision bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  node_id text NOT NULL,
  token integer NOT NULL,
  came_by text,
  outer_id {uuid},
  body integer,
  entered_at {time} NOT NULL,
  left_at {time},
  outcome text CHECK (outcome IN
    ('COMPLETED', 'SKIPPED', 'JOINED', 'REJECTED', 'RETURNED', 'WITHDRAWN', 'CANCELLED')),
  CHECK ((left_at IS NULL) = (outcome IS NULL))
)
--
CREATE UNIQUE INDEX process_activity_of_tree ON process_activity (root_id, revision, ordinal)
--
CREATE INDEX process_activity_of_instance ON process_activity (instance_id, revision, ordinal)
--
/* A token is at one node at a time. */
CREATE UNIQUE INDEX process_activity_open ON process_activity (instance_id, token) WHERE left_at IS NULL
--
CREATE TABLE task (
  /* Growing with time. */
  id {uuid} PRIMARY KEY,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  activity_id {uuid} NOT NULL REFERENCES process_activity (id) DEFERRABLE INITIALLY DEFERRED,
  node_id text NOT NULL,
  name text NOT NULL,
  /* SKIP -2, WAIT 0, RUNNING 1, APPROVE 2, REJECT 3, CANCEL 4, RETURN 5, APPROVING 7. */
  status smallint NOT NULL CHECK (status IN (-2, 0, 1, 2, 3, 4, 5, 7)),
  /* Its place among those of its round. */
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  assignee text,
  /* Whoever of its candidates takes it has it. */
  claimable boolean NOT NULL DEFAULT false,
  /* Whose it was before it was delegated or transferred. */
  owner text,
  /* Delegated: whoever has it gives it back to the owner. */
  delegated boolean NOT NULL DEFAULT false,
  /* Who is absent and whom the assignee acts for. */
  instead_of text,
  /* A signer that was added to a task, before or after it. */
  parent_id {uuid} REFERENCES task (id),
  sign text CHECK (sign IN ('BEFORE', 'AFTER')),
  /* The starter's, to mend what was sent back to them. */
  resubmission boolean NOT NULL DEFAULT false,
  form_key text,
  draft text,
  due_at {time},
  urged_at {time},
  locked_by {uuid},
  decided_by text,
  reason text,
  revision bigint NOT NULL,
  created_at {time} NOT NULL,
  finished_at {time},
  CHECK ((status IN (-2, 2, 3, 4, 5)) = (finished_at IS NOT NULL)),
  CHECK ((parent_id IS NULL) = (sign IS NULL)),
  CHECK (NOT delegated OR owner IS NOT NULL),
  CHECK (status <> 7 OR decided_by IS NOT NULL)
)
--
CREATE INDEX task_of_activity ON task (activity_id, ordinal, id)
--
CREATE INDEX task_open_of_instance ON task (instance_id) WHERE finished_at IS NULL
--
CREATE UNIQUE INDEX task_changed ON task (instance_id, revision)
--
CREATE INDEX task_of_parent ON task (parent_id) WHERE parent_id IS NOT NULL
--
/* Who may claim a task that nobody has. */
CREATE TABLE task_candidate (
  task_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  principal text NOT NULL CHECK (length(principal) BETWEEN 1 AND 160),
  PRIMARY KEY (task_id, principal)
)
--
CREATE TABLE inbox (
  principal text PRIMARY KEY CHECK (length(principal) BETWEEN 1 AND 160),
  stream {uuid} NOT NULL UNIQUE,
  revision bigint NOT NULL CHECK (revision >= 0)
)
--
/* What a task is to a principal: theirs to do, done by them, theirs no more, or shown to them. */
CREATE TABLE inbox_entry (
  principal text NOT NULL REFERENCES inbox (principal),
  task_id {uuid} NOT NULL REFERENCES task (id) ON DELETE CASCADE,
  state text NOT NULL CHECK (state IN ('TODO', 'DONE', 'GONE', 'NONE')),
  copied_at {time},
  copied_by text,
  /* The inbox's revision in which it was last shown to them. */
  copied_revision bigint CHECK (copied_revision >= 1),
  /* And that in which the state last changed; where there is none, that in which it was first shown. */
  revision bigint NOT NULL CHECK (revision >= 1),
  PRIMARY KEY (principal, task_id),
  CHECK ((copied_at IS NULL) = (copied_by IS NULL)),
  CHECK ((copied_at IS NULL) = (copied_revision IS NULL)),
  CHECK (state <> 'NONE' OR copied_at IS NOT NULL)
)
--
CREATE INDEX inbox_entry_todo ON inbox_entry (principal, task_id) WHERE state = 'TODO'
--
CREATE INDEX inbox_entry_done ON inbox_entry (principal, task_id) WHERE state = 'DONE'
--
CREATE INDEX inbox_entry_copied ON inbox_entry (principal, task_id) WHERE copied_at IS NOT NULL
--
CREATE INDEX inbox_entry_of_task ON inbox_entry (task_id)
--
CREATE UNIQUE INDEX inbox_entry_changed ON inbox_entry (principal, revision)
--
CREATE UNIQUE INDEX inbox_entry_shown ON inbox_entry (principal, copied_revision) WHERE copied_at IS NOT NULL
--
CREATE TABLE process_history (
  root_id {uuid} NOT NULL,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  revision bigint NOT NULL,
  ordinal integer NOT NULL CHECK (ordinal >= 0),
  kind text NOT NULL,
  actor text,
  task_id {uuid} REFERENCES task (id),
  node_id text,
  from_status smallint,
  to_status smallint,
  reason text,
  data text,
  at {time} NOT NULL,
  PRIMARY KEY (root_id, revision, ordinal)
)
--
CREATE INDEX process_history_of_instance ON process_history (instance_id, revision, ordinal)
--
CREATE TABLE variable_history (
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  revision bigint NOT NULL,
  name text NOT NULL,
  value text NOT NULL,
  changed_by text,
  task_id {uuid},
  at {time} NOT NULL,
  PRIMARY KEY (instance_id, name, revision)
)
--
CREATE TABLE business_record (
  kind text NOT NULL CHECK (length(kind) BETWEEN 1 AND 128),
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  version integer NOT NULL CHECK (version >= 1),
  /* As an instance's. */
  approval_status smallint NOT NULL CHECK (approval_status BETWEEN 1 AND 4),
  business_status text,
  data text NOT NULL,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id),
  created_at {time} NOT NULL,
  PRIMARY KEY (kind, key, version),
  /* One RUNNING and one result an instance. */
  UNIQUE (instance_id, approval_status)
)
--
/* What has happened and is to be told outside; each once. */
CREATE TABLE outbox (
  number {serial},
  operation_key text NOT NULL UNIQUE,
  kind text NOT NULL,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id),
  payload text NOT NULL,
  created_at {time} NOT NULL,
  sent_at {time}
)
--
CREATE INDEX outbox_waiting ON outbox (number) WHERE sent_at IS NULL
