-- States and labels of projects: a workspace's own catalogue.
CREATE TABLE catalogue_states (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    color TEXT NOT NULL,
    "group" TEXT NOT NULL,
    sequence DOUBLE PRECISION NOT NULL,
    "default" BOOLEAN NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX catalogue_states_name_key ON catalogue_states (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX catalogue_states_workspace ON catalogue_states (workspace_id);

CREATE TABLE catalogue_labels (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    color TEXT NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX catalogue_labels_name_key ON catalogue_labels (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX catalogue_labels_workspace ON catalogue_labels (workspace_id);

-- Teamspaces: people and projects that work together.
CREATE TABLE teamspaces (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description_json $JSON NOT NULL,
    description_html TEXT NOT NULL,
    description_stripped TEXT,
    logo_props $JSON NOT NULL,
    lead_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX teamspaces_workspace ON teamspaces (workspace_id, created_at);
CREATE INDEX teamspaces_lead ON teamspaces (lead_id);

CREATE TABLE teamspace_members (
    id $ID PRIMARY KEY,
    teamspace_id $ID NOT NULL REFERENCES teamspaces (id) ON DELETE CASCADE DEFERRABLE,
    member_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX teamspace_members_key ON teamspace_members (teamspace_id, member_id) WHERE deleted_at IS NULL;
CREATE INDEX teamspace_members_teamspace ON teamspace_members (teamspace_id);
CREATE INDEX teamspace_members_member ON teamspace_members (member_id);
CREATE INDEX teamspace_members_workspace ON teamspace_members (workspace_id);

CREATE TABLE teamspace_projects (
    id $ID PRIMARY KEY,
    teamspace_id $ID NOT NULL REFERENCES teamspaces (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX teamspace_projects_key ON teamspace_projects (teamspace_id, project_id) WHERE deleted_at IS NULL;
CREATE INDEX teamspace_projects_teamspace ON teamspace_projects (teamspace_id);
CREATE INDEX teamspace_projects_project ON teamspace_projects (project_id);
CREATE INDEX teamspace_projects_workspace ON teamspace_projects (workspace_id);

-- Templates: what a new work item, page or project begins with; of a project, or of the workspace for all of them.
CREATE TABLE templates (
    id $ID PRIMARY KEY,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    description_html TEXT NOT NULL,
    template_data $JSON NOT NULL,
    logo_props $JSON NOT NULL,
    project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX templates_workspace ON templates (workspace_id, kind, created_at);
CREATE INDEX templates_project ON templates (project_id);

-- Work items that are made again and again, by the clock. Ours.
CREATE TABLE recurring_issues (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    item $JSON NOT NULL,
    rule TEXT NOT NULL,
    start_date $DATE NOT NULL,
    end_date $DATE,
    clock TEXT NOT NULL,
    due_in_days INTEGER,
    is_active BOOLEAN NOT NULL,
    next_day $DATE,
    next_at $TIME,
    last_day $DATE,
    last_issue_id $ID REFERENCES issues (id) ON DELETE SET NULL DEFERRABLE,
    made INTEGER NOT NULL,
    fault TEXT NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX recurring_issues_project ON recurring_issues (project_id, created_at);
CREATE INDEX recurring_issues_workspace ON recurring_issues (workspace_id);
CREATE INDEX recurring_issues_last_issue ON recurring_issues (last_issue_id);
CREATE INDEX recurring_issues_due ON recurring_issues (next_at) WHERE next_at IS NOT NULL AND is_active AND deleted_at IS NULL;
