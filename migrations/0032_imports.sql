-- What was imported from files of other trackers, and what each row of that was in its source.
CREATE TABLE imports (
    id $ID PRIMARY KEY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    file TEXT NOT NULL,
    status TEXT NOT NULL,
    report $JSON NOT NULL,
    initiated_by_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    ended_at $TIME,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE INDEX imports_workspace ON imports (workspace_id, created_at);
CREATE INDEX imports_initiated_by ON imports (initiated_by_id);

-- scope is the project that a key is of, or empty; taken is what each field was when it was taken from the source last,
-- as a mark of it: what differs here since was changed by people.
CREATE TABLE import_rows (
    id $ID PRIMARY KEY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    scope TEXT NOT NULL,
    external_id TEXT NOT NULL,
    row_id $ID NOT NULL,
    taken TEXT NOT NULL,
    import_id $ID NOT NULL REFERENCES imports (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE UNIQUE INDEX import_rows_key ON import_rows (workspace_id, source, kind, scope, external_id);
CREATE INDEX import_rows_import ON import_rows (import_id, kind, id);
