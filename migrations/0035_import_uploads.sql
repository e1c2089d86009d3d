-- Files of other trackers that were sent to be imported: how they are to be read, what is being done with each, and
-- what came of it. Of a workspace one at a time is at work.
CREATE TABLE import_uploads (
    id $ID PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    size BIGINT NOT NULL,
    file TEXT NOT NULL,
    options $JSON NOT NULL,
    status TEXT NOT NULL,
    fault TEXT NOT NULL,
    progress $JSON NOT NULL,
    preview $JSON,
    report $JSON,
    began_at $TIME,
    ended_at $TIME,
    import_id $ID REFERENCES imports (id) ON DELETE SET NULL DEFERRABLE,
    initiated_by_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE INDEX import_uploads_workspace ON import_uploads (workspace_id, created_at, id);
CREATE UNIQUE INDEX import_uploads_at_work ON import_uploads (workspace_id)
    WHERE status IN ('previewing', 'running', 'cancelling', 'undoing');
CREATE INDEX import_uploads_import ON import_uploads (import_id);
CREATE INDEX import_uploads_initiated_by ON import_uploads (initiated_by_id);
CREATE INDEX import_uploads_updated ON import_uploads (updated_at);
