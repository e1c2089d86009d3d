-- Time that people have worked on work items, in minutes.
CREATE TABLE issue_worklogs (
    id $ID PRIMARY KEY,
    description TEXT NOT NULL,
    duration INTEGER NOT NULL,
    logged_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_worklogs_issue ON issue_worklogs (issue_id, created_at);
CREATE INDEX issue_worklogs_project ON issue_worklogs (project_id, issue_id);
CREATE INDEX issue_worklogs_logged_by ON issue_worklogs (logged_by_id);
CREATE INDEX issue_worklogs_deleted ON issue_worklogs (deleted_at) WHERE deleted_at IS NOT NULL;
