CREATE TABLE engine_run (
  id {uuid} PRIMARY KEY,
  kind text NOT NULL,
  priority smallint NOT NULL DEFAULT 0,
  status text NOT NULL DEFAULT 'PENDING'
    CHECK (status IN ('PENDING', 'PROCESSING', 'SUCCESS', 'PARTIAL_SUCCESS', 'FAILED', 'CANCELLED')),
  generation integer NOT NULL DEFAULT 1 CHECK (generation >= 1),
  concurrency integer NOT NULL CHECK (concurrency >= 1),
  max_attempts integer NOT NULL CHECK (max_attempts >= 1),
  context text NOT NULL,
  total bigint NOT NULL CHECK (total >= 0),
  succeeded bigint NOT NULL DEFAULT 0 CHECK (succeeded >= 0),
  failed bigint NOT NULL DEFAULT 0 CHECK (failed >= 0),
  ignored bigint NOT NULL DEFAULT 0 CHECK (ignored >= 0),
  cancelled bigint NOT NULL DEFAULT 0 CHECK (cancelled >= 0),
  in_flight bigint NOT NULL DEFAULT 0,
  revision bigint NOT NULL DEFAULT 0 CHECK (revision >= 0),
  span bigint NOT NULL CHECK (span >= 0),
  head bigint NOT NULL DEFAULT 0,
  tail bigint NOT NULL,
  next_due_at {time},
  served_at {time} NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  started_at {time},
  finished_at {time},
  CHECK (head >= 0 AND head <= tail AND tail >= span),
  CHECK (in_flight >= 0 AND in_flight <= concurrency),
  CHECK (succeeded + failed + ignored + cancelled + in_flight <= total),
  CHECK ((finished_at IS NULL) = (status IN ('PENDING', 'PROCESSING'))),
  CHECK (finished_at IS NULL OR succeeded + failed + ignored + cancelled = total)
)
--
CREATE INDEX engine_run_open ON engine_run (priority DESC, served_at) WHERE finished_at IS NULL
--
CREATE TABLE engine_item (
  run_id {uuid} NOT NULL REFERENCES engine_run (id) ON DELETE CASCADE,
  idx integer NOT NULL CHECK (idx >= 0),
  status text NOT NULL DEFAULT 'PENDING'
    CHECK (status IN ('PENDING', 'SUCCESS', 'FAILED', 'IGNORED', 'CANCELLED')),
  generation integer NOT NULL DEFAULT 1,
  attempt integer NOT NULL DEFAULT 0 CHECK (attempt >= 0),
  spent integer NOT NULL DEFAULT 0 CHECK (spent >= 0 AND spent <= attempt),
  revision bigint NOT NULL DEFAULT 0 CHECK (revision >= 0),
  input text NOT NULL,
  result text,
  error_code text,
  error_message text,
  started_at {time},
  finished_at {time},
  PRIMARY KEY (run_id, idx),
  CHECK ((status = 'PENDING') = (finished_at IS NULL)),
  CHECK (status NOT IN ('FAILED', 'IGNORED') OR error_code IS NOT NULL)
)
--
CREATE UNIQUE INDEX engine_item_changed ON engine_item (run_id, revision) WHERE revision > 0
--
CREATE INDEX engine_item_troubled ON engine_item (run_id, idx) WHERE status IN ('FAILED', 'IGNORED')
--
CREATE TABLE engine_lease (
  id {uuid} PRIMARY KEY,
  run_id {uuid} NOT NULL REFERENCES engine_run (id) ON DELETE CASCADE,
  lo bigint NOT NULL,
  hi bigint NOT NULL,
  holder text NOT NULL,
  expires_at {time} NOT NULL,
  CHECK (lo >= 0 AND lo < hi),
  UNIQUE (run_id, lo)
)
--
CREATE INDEX engine_lease_expiry ON engine_lease (expires_at)
--
CREATE INDEX engine_lease_holder ON engine_lease (holder)
--
CREATE TABLE engine_requeue (
  run_id {uuid} NOT NULL,
  idx integer NOT NULL,
  position bigint,
  due_at {time} NOT NULL,
  PRIMARY KEY (run_id, idx),
  UNIQUE (run_id, position),
  FOREIGN KEY (run_id, idx) REFERENCES engine_item (run_id, idx) ON DELETE CASCADE
)
--
CREATE INDEX engine_requeue_due ON engine_requeue (run_id, due_at) WHERE position IS NULL
--
CREATE TABLE engine_attempt (
  run_id {uuid} NOT NULL,
  idx integer NOT NULL,
  number integer NOT NULL CHECK (number >= 1),
  generation integer NOT NULL,
  error_code text NOT NULL,
  error_message text NOT NULL,
  started_at {time},
  finished_at {time} NOT NULL,
  PRIMARY KEY (run_id, idx, number),
  FOREIGN KEY (run_id, idx) REFERENCES engine_item (run_id, idx) ON DELETE CASCADE
)
--
CREATE TABLE account (
  user_id text PRIMARY KEY CHECK (length(user_id) BETWEEN 1 AND 128),
  name text CHECK (length(name) BETWEEN 1 AND 200),
  balance bigint NOT NULL DEFAULT 0 CHECK (balance >= 0),
  created_at {time} NOT NULL
)
--
CREATE TABLE feature (
  key text PRIMARY KEY CHECK (length(key) BETWEEN 1 AND 64),
  name text NOT NULL,
  description text,
  quota_cost bigint NOT NULL CHECK (quota_cost >= 0),
  is_enabled boolean NOT NULL,
  allowed_roles text NOT NULL,
  plan text,
  rate_max integer CHECK (rate_max >= 1),
  rate_per_seconds integer CHECK (rate_per_seconds >= 1),
  concurrency integer NOT NULL CHECK (concurrency >= 1),
  max_items integer NOT NULL CHECK (max_items BETWEEN 1 AND 100000),
  steps text NOT NULL,
  created_at {time} NOT NULL,
  updated_at {time} NOT NULL,
  deleted_at {time},
  CHECK ((rate_max IS NULL) = (rate_per_seconds IS NULL))
)
--
CREATE TABLE file (
  id {uuid} PRIMARY KEY,
  /* No reference to account: who only uploads has none yet. */
  owner text NOT NULL,
  name text NOT NULL,
  content_type text NOT NULL,
  size bigint NOT NULL CHECK (size >= 0),
  storage_key text NOT NULL UNIQUE,
  created_at {time} NOT NULL
)
--
CREATE INDEX file_of_owner ON file (owner, created_at)
--
CREATE TABLE batch (
  number {serial},
  id {uuid} NOT NULL UNIQUE REFERENCES engine_run (id) ON DELETE CASCADE,
  kind text NOT NULL CHECK (kind IN ('PIPELINE', 'APPROVAL')),
  created_by text NOT NULL REFERENCES account (user_id),
  feature_key text REFERENCES feature (key),
  input_data text,
  item_cost bigint NOT NULL CHECK (item_cost >= 0),
  quota_cost bigint NOT NULL DEFAULT 0 CHECK (quota_cost BETWEEN 0 AND 2147483647),
  quota_refunded bigint NOT NULL DEFAULT 0 CHECK (quota_refunded >= 0),
  created_at {time} NOT NULL,
  CHECK ((kind = 'PIPELINE') = (feature_key IS NOT NULL)),
  CHECK (quota_refunded <= quota_cost)
)
--
CREATE INDEX batch_of_creator ON batch (created_by, number)
--
CREATE INDEX batch_created ON batch (created_at, number)
--
CREATE INDEX batch_of_creator_created ON batch (created_by, created_at, number)
--
CREATE INDEX batch_of_feature ON batch (created_by, feature_key, created_at, number)
--
CREATE TABLE ledger_entry (
  id {serial},
  user_id text NOT NULL REFERENCES account (user_id),
  kind text NOT NULL CHECK (kind IN ('GRANT', 'CHARGE', 'REFUND')),
  amount bigint NOT NULL CHECK (amount <> 0),
  balance_after bigint NOT NULL CHECK (balance_after >= 0),
  operation_key text NOT NULL UNIQUE,
  reason text,
  /* The charge is booked before its batch is written, in one transaction: checked at its end. */
  batch_id {uuid} REFERENCES batch (id) DEFERRABLE INITIALLY DEFERRED,
  created_at {time} NOT NULL,
  CHECK ((kind = 'CHARGE') = (amount < 0))
)
--
CREATE INDEX ledger_entry_of_user ON ledger_entry (user_id, id)
--
CREATE TABLE idempotency_key (
  user_id text NOT NULL,
  mutation text NOT NULL,
  key text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
  input_hash text NOT NULL,
  result text NOT NULL,
  created_at {time} NOT NULL,
  PRIMARY KEY (user_id, mutation, key)
)
