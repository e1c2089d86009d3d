-- Projects, their people and vocabulary: states, labels, estimates.
-- Names are the reference's (contract/tables.txt), so that an import is table to table.

CREATE TABLE projects (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    description_text $JSON,
    description_html $JSON,
    network INTEGER NOT NULL,
    identifier TEXT NOT NULL,
    default_assignee_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    project_lead_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    emoji TEXT,
    cycle_view BOOLEAN NOT NULL,
    module_view BOOLEAN NOT NULL,
    cover_image TEXT,
    issue_views_view BOOLEAN NOT NULL,
    page_view BOOLEAN NOT NULL,
    estimate_id $ID,
    icon_prop $JSON,
    intake_view BOOLEAN NOT NULL,
    archive_in INTEGER NOT NULL,
    close_in INTEGER NOT NULL,
    default_state_id $ID,
    logo_props $JSON NOT NULL,
    archived_at $TIME,
    is_time_tracking_enabled BOOLEAN NOT NULL,
    is_issue_type_enabled BOOLEAN NOT NULL,
    guest_view_all_features BOOLEAN NOT NULL,
    timezone TEXT NOT NULL,
    cover_image_asset_id $ID,
    external_id TEXT,
    external_source TEXT,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX projects_identifier ON projects (identifier);
CREATE UNIQUE INDEX projects_identifier_workspace_key ON projects (identifier, workspace_id) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX projects_name_workspace_key ON projects (name, workspace_id) WHERE deleted_at IS NULL;
CREATE INDEX projects_workspace ON projects (workspace_id);

CREATE TABLE project_identifiers (
    id $SERIAL,
    name TEXT NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID REFERENCES workspaces (id) ON DELETE SET NULL DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX project_identifiers_name ON project_identifiers (name);
CREATE UNIQUE INDEX project_identifiers_project_key ON project_identifiers (project_id);
CREATE UNIQUE INDEX project_identifiers_name_workspace_key ON project_identifiers (name, workspace_id) WHERE deleted_at IS NULL;

CREATE TABLE project_members (
    id $ID PRIMARY KEY,
    comment TEXT,
    role INTEGER NOT NULL,
    member_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    view_props $JSON NOT NULL,
    default_props $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    preferences $JSON NOT NULL,
    is_active BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX project_members_project_member_key ON project_members (project_id, member_id) WHERE deleted_at IS NULL;
CREATE INDEX project_members_member ON project_members (member_id);

CREATE TABLE project_member_invites (
    id $ID PRIMARY KEY,
    email TEXT NOT NULL,
    accepted BOOLEAN NOT NULL,
    token TEXT NOT NULL,
    message TEXT,
    responded_at $TIME,
    role INTEGER NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX project_member_invites_project ON project_member_invites (project_id);

CREATE TABLE project_user_properties (
    id $ID PRIMARY KEY,
    display_properties $JSON NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    display_filters $JSON NOT NULL,
    filters $JSON NOT NULL,
    rich_filters $JSON NOT NULL,
    preferences $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX project_user_properties_user_project_key ON project_user_properties (user_id, project_id) WHERE deleted_at IS NULL;
CREATE INDEX project_user_properties_project ON project_user_properties (project_id);

CREATE TABLE project_public_members (
    id $ID PRIMARY KEY,
    member_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX project_public_members_project_member_key ON project_public_members (project_id, member_id) WHERE deleted_at IS NULL;
CREATE INDEX project_public_members_member ON project_public_members (member_id);

CREATE TABLE states (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    color TEXT NOT NULL,
    slug TEXT NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    sequence DOUBLE PRECISION NOT NULL,
    "group" TEXT NOT NULL,
    "default" BOOLEAN NOT NULL,
    external_id TEXT,
    external_source TEXT,
    is_triage BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX states_slug ON states (slug);
CREATE UNIQUE INDEX states_name_project_key ON states (name, project_id) WHERE deleted_at IS NULL;
CREATE INDEX states_project ON states (project_id);

CREATE TABLE labels (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    parent_id $ID REFERENCES labels (id) ON DELETE SET NULL DEFERRABLE,
    color TEXT NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    external_id TEXT,
    external_source TEXT,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX labels_parent ON labels (parent_id);
CREATE UNIQUE INDEX labels_name_key ON labels (name) WHERE deleted_at IS NULL AND project_id IS NULL;
CREATE UNIQUE INDEX labels_project_name_key ON labels (project_id, name) WHERE deleted_at IS NULL AND project_id IS NOT NULL;

CREATE TABLE estimates (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    "type" TEXT NOT NULL,
    last_used BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX estimates_name_project_key ON estimates (name, project_id) WHERE deleted_at IS NULL;
CREATE INDEX estimates_project ON estimates (project_id);

CREATE TABLE estimate_points (
    id $ID PRIMARY KEY,
    "key" INTEGER NOT NULL,
    description TEXT NOT NULL,
    value TEXT NOT NULL,
    estimate_id $ID NOT NULL REFERENCES estimates (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX estimate_points_estimate ON estimate_points (estimate_id);

CREATE TABLE issue_types (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    logo_props $JSON NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    is_active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    level DOUBLE PRECISION NOT NULL,
    external_id TEXT,
    external_source TEXT,
    is_epic BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_types_workspace ON issue_types (workspace_id);

CREATE TABLE project_issue_types (
    id $ID PRIMARY KEY,
    level INTEGER NOT NULL,
    is_default BOOLEAN NOT NULL,
    issue_type_id $ID NOT NULL REFERENCES issue_types (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE UNIQUE INDEX project_issue_types_project_issue_type_key ON project_issue_types (project_id, issue_type_id) WHERE deleted_at IS NULL;
