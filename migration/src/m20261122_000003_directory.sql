CREATE TABLE directory_person (
  id {bytes} PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key {bytes} NOT NULL,
  email text CHECK (length(email) BETWEEN 3 AND 254),
  grade text CHECK (length(grade) BETWEEN 1 AND 64),
  profession text CHECK (length(profession) BETWEEN 1 AND 200),
  manager {bytes} REFERENCES directory_person (id) DEFERRABLE INITIALLY DEFERRED,
  is_active boolean NOT NULL,
  updated_at {time} NOT NULL,
  deleted_at {time},
  CHECK (manager <> id),
  CHECK (deleted_at IS NULL OR NOT is_active)
)
--
CREATE INDEX directory_person_named ON directory_person (name_key, id) WHERE is_active
--
/* As the others on what refers to something: SQLite looks there for each row that is written while
   deferred references are open. */
CREATE INDEX directory_person_reporting ON directory_person (manager)
--
CREATE TABLE directory_department (
  id {bytes} PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
  parent {bytes} REFERENCES directory_department (id) DEFERRABLE INITIALLY DEFERRED,
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key {bytes} NOT NULL,
  leader {bytes} REFERENCES directory_person (id) DEFERRABLE INITIALLY DEFERRED,
  updated_at {time} NOT NULL,
  deleted_at {time},
  CHECK (parent <> id)
)
--
CREATE INDEX directory_department_named ON directory_department (name_key, id) WHERE deleted_at IS NULL
--
CREATE INDEX directory_department_below ON directory_department (parent)
--
CREATE INDEX directory_department_led ON directory_department (leader)
--
CREATE TABLE directory_position (
  id {bytes} PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
  department {bytes} REFERENCES directory_department (id) DEFERRABLE INITIALLY DEFERRED,
  /* Its title; called as in the other tables that pickers list. */
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key {bytes} NOT NULL,
  grade text CHECK (length(grade) BETWEEN 1 AND 64),
  updated_at {time} NOT NULL,
  deleted_at {time}
)
--
CREATE INDEX directory_position_named ON directory_position (name_key, id) WHERE deleted_at IS NULL
--
CREATE INDEX directory_position_of_department ON directory_position (department)
--
CREATE TABLE directory_tag (
  id {bytes} PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key {bytes} NOT NULL,
  updated_at {time} NOT NULL,
  deleted_at {time}
)
--
CREATE INDEX directory_tag_named ON directory_tag (name_key, id) WHERE deleted_at IS NULL
--
CREATE TABLE directory_role (
  id {bytes} PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 128),
  name text NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
  name_key {bytes} NOT NULL,
  updated_at {time} NOT NULL,
  deleted_at {time}
)
--
CREATE INDEX directory_role_named ON directory_role (name_key, id) WHERE deleted_at IS NULL
--
CREATE TABLE directory_person_department (
  person {bytes} NOT NULL REFERENCES directory_person (id) ON DELETE CASCADE,
  department {bytes} NOT NULL REFERENCES directory_department (id) ON DELETE CASCADE,
  is_primary boolean NOT NULL,
  PRIMARY KEY (person, department)
)
--
CREATE UNIQUE INDEX directory_person_department_primary ON directory_person_department (person) WHERE is_primary
--
CREATE INDEX directory_person_department_members ON directory_person_department (department, person)
--
CREATE TABLE directory_person_position (
  person {bytes} NOT NULL REFERENCES directory_person (id) ON DELETE CASCADE,
  position {bytes} NOT NULL REFERENCES directory_position (id) ON DELETE CASCADE,
  PRIMARY KEY (person, position)
)
--
CREATE INDEX directory_person_position_members ON directory_person_position (position, person)
--
CREATE TABLE directory_person_tag (
  person {bytes} NOT NULL REFERENCES directory_person (id) ON DELETE CASCADE,
  tag {bytes} NOT NULL REFERENCES directory_tag (id) ON DELETE CASCADE,
  PRIMARY KEY (person, tag)
)
--
CREATE INDEX directory_person_tag_members ON directory_person_tag (tag, person)
--
CREATE TABLE directory_person_role (
  person {bytes} NOT NULL REFERENCES directory_person (id) ON DELETE CASCADE,
  role {bytes} NOT NULL REFERENCES directory_role (id) ON DELETE CASCADE,
  PRIMARY KEY (person, role)
)
--
CREATE INDEX directory_person_role_members ON directory_person_role (role, person)
--
CREATE TABLE directory_external_id (
  source text NOT NULL CHECK (length(source) BETWEEN 1 AND 64),
  kind text NOT NULL CHECK (kind IN ('PERSON', 'DEPARTMENT', 'POSITION', 'TAG', 'ROLE')),
  external_id {bytes} NOT NULL CHECK (length(external_id) BETWEEN 1 AND 255),
  /* No reference: which table it is in follows from the kind. */
  our_id {bytes} NOT NULL CHECK (length(our_id) BETWEEN 1 AND 128),
  updated_at {time} NOT NULL,
  PRIMARY KEY (source, kind, external_id)
)
--
CREATE INDEX directory_external_id_of ON directory_external_id (kind, our_id)
--
CREATE TABLE directory_absence (
  id {serial},
  person {bytes} NOT NULL REFERENCES directory_person (id) ON DELETE CASCADE,
  starts_at {time} NOT NULL,
  ends_at {time} NOT NULL,
  substitute {bytes} REFERENCES directory_person (id),
  created_by text NOT NULL,
  created_at {time} NOT NULL,
  CHECK (starts_at < ends_at),
  CHECK (substitute <> person)
)
--
CREATE INDEX directory_absence_of ON directory_absence (person, ends_at)
--
CREATE INDEX directory_absence_for ON directory_absence (substitute)
