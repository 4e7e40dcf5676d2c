/* What machines are to do for instances, or have done. */
CREATE TABLE job (
  /* Growing with time; the same in every attempt. */
  id {uuid} PRIMARY KEY,
  root_id {uuid} NOT NULL,
  instance_id {uuid} NOT NULL REFERENCES process_instance (id) ON DELETE CASCADE,
  activity_id {uuid} NOT NULL,
  node_id text NOT NULL,
  /* EXTERNAL: a worker outside does it. HTTP: we call a server. */
  kind text NOT NULL CHECK (kind IN ('EXTERNAL', 'HTTP')),
  /* Which workers are asked. */
  topic text NOT NULL CHECK (length(topic) BETWEEN 1 AND 255),
  /* The higher goes first. */
  priority integer NOT NULL,
  /* PENDING may be claimed; WAITING may be from due_at on, or waits until then to be called back; RUNNING is a
     worker's until due_at, or the engine's; FAILED has an incident. */
  status text NOT NULL
    CHECK (status IN ('PENDING', 'WAITING', 'RUNNING', 'SUCCESS', 'FAILED', 'CANCELLED')),
  /* Its instance is suspended. */
  suspended boolean NOT NULL DEFAULT false,
  inputs text NOT NULL,
  /* How often it was claimed. */
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  /* How often it has failed since an incident of it was resolved. */
  failures integer NOT NULL DEFAULT 0 CHECK (failures BETWEEN 0 AND max_attempts),
  max_attempts integer NOT NULL CHECK (max_attempts BETWEEN 1 AND 100),
  /* The wait before another attempt, a duration of ISO 8601; null: it grows. */
  retry_after text,
  due_at {time},
  /* Whose outcome counts: that of who claimed it last. */
  lock_id {uuid},
  locked_by text,
  worker text CHECK (length(worker) BETWEEN 1 AND 128),
  /* What went wrong last, or the error of the process with which it ended. */
  error_code text CHECK (length(error_code) BETWEEN 1 AND 255),
  error_message text,
  created_at {time} NOT NULL,
  finished_at {time},
  CHECK (due_at IS NULL OR status IN ('WAITING', 'RUNNING')),
  CHECK (due_at IS NOT NULL OR status <> 'WAITING'),
  CHECK (due_at IS NOT NULL OR status <> 'RUNNING' OR kind = 'HTTP'),
  CHECK (status <> 'RUNNING' OR (lock_id IS NOT NULL AND locked_by IS NOT NULL AND worker IS NOT NULL)),
  CHECK (status NOT IN ('PENDING', 'WAITING') OR lock_id IS NULL),
  CHECK ((status IN ('SUCCESS', 'CANCELLED')) = (finished_at IS NOT NULL))
)
--
/* A token waits for one job. */
CREATE UNIQUE INDEX job_of_activity ON job (activity_id) WHERE finished_at IS NULL
--
CREATE INDEX job_to_claim ON job (topic, priority DESC, id) WHERE status = 'PENDING' AND NOT suspended AND kind = 'EXTERNAL'
--
CREATE INDEX job_to_call ON job (id) WHERE status = 'PENDING' AND NOT suspended AND kind = 'HTTP'
--
CREATE INDEX job_due ON job (due_at, id) WHERE due_at IS NOT NULL
--
CREATE INDEX job_open ON job (id) WHERE finished_at IS NULL
--
CREATE INDEX job_open_of_tree ON job (root_id) WHERE finished_at IS NULL
--
CREATE INDEX job_of_instance ON job (instance_id, id)
--
ALTER TABLE incident ADD COLUMN job_id {uuid} REFERENCES job (id) ON DELETE CASCADE
--
/* A job has failed once. */
CREATE UNIQUE INDEX incident_of_job ON incident (job_id) WHERE job_id IS NOT NULL AND resolved_at IS NULL
