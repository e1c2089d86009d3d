-- Dates that work items of a project are due for together, and what whole projects and their epics are done for.
-- Epics themselves are work items: of a type that is one of epics.
CREATE TABLE milestones (
    id $ID PRIMARY KEY,
    title TEXT NOT NULL,
    target_date $DATE,
    external_id TEXT,
    external_source TEXT,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX milestones_project ON milestones (project_id, target_date, created_at, id);
CREATE INDEX milestones_deleted ON milestones (deleted_at) WHERE deleted_at IS NOT NULL;

-- A work item is in one milestone at most.
CREATE TABLE milestone_issues (
    id $ID PRIMARY KEY,
    milestone_id $ID NOT NULL REFERENCES milestones (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX milestone_issues_issue_key ON milestone_issues (issue_id) WHERE deleted_at IS NULL;
CREATE INDEX milestone_issues_issue ON milestone_issues (issue_id, milestone_id);
CREATE INDEX milestone_issues_milestone ON milestone_issues (milestone_id, created_at, id);
CREATE INDEX milestone_issues_project ON milestone_issues (project_id);
CREATE INDEX milestone_issues_deleted ON milestone_issues (deleted_at) WHERE deleted_at IS NOT NULL;

-- The epics of a project, among its work items: few have a type.
CREATE INDEX issues_of_type ON issues (type_id, project_id, created_at, id) WHERE type_id IS NOT NULL;

CREATE TABLE initiatives (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    description_html TEXT NOT NULL,
    description_stripped TEXT NOT NULL,
    start_date $DATE,
    end_date $DATE,
    state TEXT NOT NULL,
    logo_props $JSON NOT NULL,
    lead_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX initiatives_workspace ON initiatives (workspace_id, created_at, id);
CREATE INDEX initiatives_lead ON initiatives (lead_id);
CREATE INDEX initiatives_deleted ON initiatives (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE initiative_labels (
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
CREATE UNIQUE INDEX initiative_labels_name_key ON initiative_labels (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX initiative_labels_workspace ON initiative_labels (workspace_id, sort_order);
CREATE INDEX initiative_labels_deleted ON initiative_labels (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE initiative_label_links (
    id $ID PRIMARY KEY,
    initiative_id $ID NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE DEFERRABLE,
    label_id $ID NOT NULL REFERENCES initiative_labels (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX initiative_label_links_key ON initiative_label_links (initiative_id, label_id) WHERE deleted_at IS NULL;
CREATE INDEX initiative_label_links_initiative ON initiative_label_links (initiative_id);
CREATE INDEX initiative_label_links_label ON initiative_label_links (label_id);
CREATE INDEX initiative_label_links_workspace ON initiative_label_links (workspace_id);
CREATE INDEX initiative_label_links_deleted ON initiative_label_links (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE initiative_projects (
    id $ID PRIMARY KEY,
    initiative_id $ID NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX initiative_projects_key ON initiative_projects (initiative_id, project_id) WHERE deleted_at IS NULL;
CREATE INDEX initiative_projects_initiative ON initiative_projects (initiative_id);
CREATE INDEX initiative_projects_project ON initiative_projects (project_id);
CREATE INDEX initiative_projects_workspace ON initiative_projects (workspace_id);
CREATE INDEX initiative_projects_deleted ON initiative_projects (deleted_at) WHERE deleted_at IS NOT NULL;

-- Epics and other work items.
CREATE TABLE initiative_issues (
    id $ID PRIMARY KEY,
    initiative_id $ID NOT NULL REFERENCES initiatives (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX initiative_issues_key ON initiative_issues (initiative_id, issue_id) WHERE deleted_at IS NULL;
CREATE INDEX initiative_issues_initiative ON initiative_issues (initiative_id, issue_id);
CREATE INDEX initiative_issues_issue ON initiative_issues (issue_id);
CREATE INDEX initiative_issues_project ON initiative_issues (project_id);
CREATE INDEX initiative_issues_workspace ON initiative_issues (workspace_id);
CREATE INDEX initiative_issues_deleted ON initiative_issues (deleted_at) WHERE deleted_at IS NOT NULL;
