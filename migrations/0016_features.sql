-- What a project and a workspace have switched on, beside the switches that projects themselves have. No row: nothing.
CREATE TABLE project_features (
    id $ID PRIMARY KEY,
    epics BOOLEAN NOT NULL,
    workflows BOOLEAN NOT NULL,
    parallel_cycles BOOLEAN NOT NULL,
    project_updates BOOLEAN NOT NULL,
    manual_cycles BOOLEAN NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX project_features_project_key ON project_features (project_id) WHERE deleted_at IS NULL;
CREATE INDEX project_features_workspace ON project_features (workspace_id);

CREATE TABLE workspace_features (
    id $ID PRIMARY KEY,
    project_grouping BOOLEAN NOT NULL,
    initiatives BOOLEAN NOT NULL,
    teams BOOLEAN NOT NULL,
    customers BOOLEAN NOT NULL,
    wiki BOOLEAN NOT NULL,
    pi BOOLEAN NOT NULL,
    releases BOOLEAN NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workspace_features_workspace_key ON workspace_features (workspace_id) WHERE deleted_at IS NULL;
