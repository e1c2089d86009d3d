-- Pages that work items refer to, and what other programs call pages.
CREATE TABLE issue_pages (
    id $ID PRIMARY KEY,
    page_id $ID NOT NULL REFERENCES pages (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_pages_issue_page_key ON issue_pages (issue_id, page_id) WHERE deleted_at IS NULL;
CREATE INDEX issue_pages_issue ON issue_pages (issue_id);
CREATE INDEX issue_pages_page ON issue_pages (page_id);
CREATE INDEX issue_pages_project ON issue_pages (project_id);
CREATE INDEX issue_pages_deleted ON issue_pages (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX pages_external ON pages (external_id, external_source) WHERE external_id IS NOT NULL;
