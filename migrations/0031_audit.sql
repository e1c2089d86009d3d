-- The audit log (app/audit): who did what that may have to be answered for. An entry is written into audit_waiting by the transaction
-- of what it tells of, so it is there exactly when the change is, and nobody waits for anybody. Shortly after it is moved into
-- audit_entries, by one at a time: it gets its number there, and a hash over itself and the hash before. Nothing else is ever written
-- there, and nothing removed but from the oldest end (retention.audit_days), where audit_seals keeps the hash that the rest begins
-- with. A row of audit_seals says, with a tag of the installation's secret, what the hash of a number was.

CREATE TABLE audit_waiting (
    id $SERIAL,
    entry TEXT NOT NULL
);

-- Texts are empty, and not NULL, where there is nothing to say: they are hashed as they are. Ids are texts because what an entry is
-- about need not be a row, and need not be there any more.
CREATE TABLE audit_entries (
    sequence INTEGER PRIMARY KEY,
    id TEXT NOT NULL,
    event_id TEXT NOT NULL,
    at $TIME NOT NULL,
    event TEXT NOT NULL,
    category TEXT NOT NULL,
    outcome TEXT NOT NULL,
    actor_id TEXT NOT NULL,
    workspace_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    target_type TEXT NOT NULL,
    target_id TEXT NOT NULL,
    target_name TEXT NOT NULL,
    ip TEXT NOT NULL,
    details TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE UNIQUE INDEX audit_entries_id ON audit_entries (id);
CREATE INDEX audit_entries_at ON audit_entries (at, sequence);
CREATE INDEX audit_entries_actor ON audit_entries (actor_id, at, sequence) WHERE actor_id <> '';
CREATE INDEX audit_entries_workspace ON audit_entries (workspace_id, at, sequence) WHERE workspace_id <> '';
CREATE INDEX audit_entries_project ON audit_entries (project_id, at, sequence) WHERE project_id <> '';
CREATE INDEX audit_entries_target ON audit_entries (target_id, at, sequence) WHERE target_id <> '';
CREATE INDEX audit_entries_target_type ON audit_entries (target_type, at, sequence);
CREATE INDEX audit_entries_name ON audit_entries (target_name) WHERE target_name <> '';
CREATE INDEX audit_entries_ip ON audit_entries (ip, at, sequence) WHERE ip <> '';
CREATE INDEX audit_entries_event ON audit_entries (event, at, sequence);
CREATE INDEX audit_entries_category ON audit_entries (category, at, sequence);
CREATE INDEX audit_entries_failure ON audit_entries (at, sequence) WHERE outcome <> 'success';

CREATE TABLE audit_seals (
    sequence INTEGER PRIMARY KEY,
    hash TEXT NOT NULL,
    at $TIME NOT NULL,
    tag TEXT NOT NULL
);

-- How far the log has been passed on to a file or a syslog.
CREATE TABLE audit_sinks (
    name TEXT PRIMARY KEY,
    sequence INTEGER NOT NULL
);

-- How long a session may last is measured from when it was opened, and from when it was used.
ALTER TABLE sessions ADD COLUMN opened_at $TIME;
ALTER TABLE sessions ADD COLUMN seen_at $TIME;
