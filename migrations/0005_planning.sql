-- Cycles, modules, views, pages, intake, boards.
-- Names are the reference's (contract/tables.txt), so that an import is table to table.

CREATE TABLE cycles (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    start_date $TIME,
    end_date $TIME,
    owned_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    view_props $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    external_id TEXT,
    external_source TEXT,
    progress_snapshot $JSON NOT NULL,
    archived_at $TIME,
    logo_props $JSON NOT NULL,
    timezone TEXT NOT NULL,
    version INTEGER NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX cycles_project ON cycles (project_id);

CREATE TABLE cycle_issues (
    id $ID PRIMARY KEY,
    cycle_id $ID NOT NULL REFERENCES cycles (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX cycle_issues_issue ON cycle_issues (issue_id, cycle_id, deleted_at);
CREATE UNIQUE INDEX cycle_issues_cycle_issue_key ON cycle_issues (cycle_id, issue_id) WHERE deleted_at IS NULL;

CREATE TABLE cycle_user_properties (
    id $ID PRIMARY KEY,
    filters $JSON NOT NULL,
    display_filters $JSON NOT NULL,
    display_properties $JSON NOT NULL,
    cycle_id $ID NOT NULL REFERENCES cycles (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    rich_filters $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX cycle_user_properties_cycle_user_key ON cycle_user_properties (cycle_id, user_id) WHERE deleted_at IS NULL;
CREATE INDEX cycle_user_properties_user ON cycle_user_properties (user_id);

CREATE TABLE modules (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    description_text $JSON,
    description_html $JSON,
    start_date $DATE,
    target_date $DATE,
    status TEXT NOT NULL,
    lead_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    view_props $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    external_id TEXT,
    external_source TEXT,
    archived_at $TIME,
    logo_props $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX modules_name_project_key ON modules (name, project_id) WHERE deleted_at IS NULL;
CREATE INDEX modules_project ON modules (project_id);

CREATE TABLE module_issues (
    id $ID PRIMARY KEY,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    module_id $ID NOT NULL REFERENCES modules (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX module_issues_module ON module_issues (module_id);
CREATE INDEX module_issues_issue ON module_issues (issue_id, module_id, deleted_at);
CREATE UNIQUE INDEX module_issues_issue_module_key ON module_issues (issue_id, module_id) WHERE deleted_at IS NULL;

CREATE TABLE module_links (
    id $ID PRIMARY KEY,
    title TEXT,
    url TEXT NOT NULL,
    module_id $ID NOT NULL REFERENCES modules (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    metadata $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX module_links_module ON module_links (module_id);

CREATE TABLE module_members (
    id $ID PRIMARY KEY,
    member_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    module_id $ID NOT NULL REFERENCES modules (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX module_members_module_member_key ON module_members (module_id, member_id) WHERE deleted_at IS NULL;
CREATE INDEX module_members_member ON module_members (member_id);

CREATE TABLE module_user_properties (
    id $ID PRIMARY KEY,
    filters $JSON NOT NULL,
    display_filters $JSON NOT NULL,
    display_properties $JSON NOT NULL,
    module_id $ID NOT NULL REFERENCES modules (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    rich_filters $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX module_user_properties_module_user_key ON module_user_properties (module_id, user_id) WHERE deleted_at IS NULL;
CREATE INDEX module_user_properties_user ON module_user_properties (user_id);

CREATE TABLE draft_issue_cycles (
    id $ID PRIMARY KEY,
    cycle_id $ID NOT NULL REFERENCES cycles (id) ON DELETE CASCADE DEFERRABLE,
    draft_issue_id $ID NOT NULL REFERENCES draft_issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX draft_issue_cycles_cycle ON draft_issue_cycles (cycle_id);
CREATE UNIQUE INDEX draft_issue_cycles_draft_issue_cycle_key ON draft_issue_cycles (draft_issue_id, cycle_id) WHERE deleted_at IS NULL;

CREATE TABLE draft_issue_modules (
    id $ID PRIMARY KEY,
    draft_issue_id $ID NOT NULL REFERENCES draft_issues (id) ON DELETE CASCADE DEFERRABLE,
    module_id $ID NOT NULL REFERENCES modules (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX draft_issue_modules_module ON draft_issue_modules (module_id);
CREATE UNIQUE INDEX draft_issue_modules_draft_issue_module_key ON draft_issue_modules (draft_issue_id, module_id) WHERE deleted_at IS NULL;

CREATE TABLE issue_views (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    query $JSON NOT NULL,
    access INTEGER NOT NULL,
    filters $JSON NOT NULL,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    display_filters $JSON NOT NULL,
    display_properties $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    logo_props $JSON NOT NULL,
    is_locked BOOLEAN NOT NULL,
    owned_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    rich_filters $JSON NOT NULL,
    archived_at $TIME,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_views_project ON issue_views (project_id);

CREATE TABLE pages (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description_json $JSON NOT NULL,
    description_html TEXT NOT NULL,
    description_stripped TEXT,
    access INTEGER NOT NULL,
    owned_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    color TEXT NOT NULL,
    archived_at $DATE,
    is_locked BOOLEAN NOT NULL,
    parent_id $ID REFERENCES pages (id) ON DELETE SET NULL DEFERRABLE,
    view_props $JSON NOT NULL,
    logo_props $JSON NOT NULL,
    description_binary $BLOB,
    is_global BOOLEAN NOT NULL,
    moved_to_page $ID,
    moved_to_project $ID,
    external_id TEXT,
    external_source TEXT,
    sort_order DOUBLE PRECISION NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX pages_parent ON pages (parent_id);
CREATE INDEX pages_workspace ON pages (workspace_id);

CREATE TABLE page_labels (
    id $ID PRIMARY KEY,
    label_id $ID NOT NULL REFERENCES labels (id) ON DELETE CASCADE DEFERRABLE,
    page_id $ID NOT NULL REFERENCES pages (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX page_labels_label ON page_labels (label_id);
CREATE INDEX page_labels_page ON page_labels (page_id);

CREATE TABLE page_logs (
    id $ID PRIMARY KEY,
    "transaction" $ID NOT NULL,
    entity_identifier $ID,
    entity_name TEXT NOT NULL,
    page_id $ID NOT NULL REFERENCES pages (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    entity_type TEXT,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX page_logs_entity_identifier ON page_logs (entity_identifier);
CREATE INDEX page_logs_entity_name ON page_logs (entity_name);
CREATE INDEX page_logs_entity_type ON page_logs (entity_type);
CREATE INDEX page_logs_entity_name_entity_identifier ON page_logs (entity_name, entity_identifier);
CREATE INDEX page_logs_entity_type_entity_identifier ON page_logs (entity_type, entity_identifier);
CREATE UNIQUE INDEX page_logs_page_transaction_key ON page_logs (page_id, "transaction");

CREATE TABLE page_versions (
    id $ID PRIMARY KEY,
    last_saved_at $TIME NOT NULL,
    description_binary $BLOB,
    description_html TEXT NOT NULL,
    description_stripped TEXT,
    description_json $JSON NOT NULL,
    owned_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    page_id $ID NOT NULL REFERENCES pages (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    sub_pages_data $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX page_versions_page ON page_versions (page_id);

CREATE TABLE project_pages (
    id $ID PRIMARY KEY,
    page_id $ID NOT NULL REFERENCES pages (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX project_pages_page ON project_pages (page_id);
CREATE UNIQUE INDEX project_pages_project_page_key ON project_pages (project_id, page_id) WHERE deleted_at IS NULL;

CREATE TABLE intakes (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    is_default BOOLEAN NOT NULL,
    view_props $JSON NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    logo_props $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX intakes_name_project_key ON intakes (name, project_id) WHERE deleted_at IS NULL;
CREATE INDEX intakes_project ON intakes (project_id);

CREATE TABLE intake_issues (
    id $ID PRIMARY KEY,
    status INTEGER NOT NULL,
    snoozed_till $TIME,
    source TEXT,
    duplicate_to_id $ID REFERENCES issues (id) ON DELETE SET NULL DEFERRABLE,
    intake_id $ID NOT NULL REFERENCES intakes (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    external_id TEXT,
    external_source TEXT,
    extra $JSON NOT NULL,
    source_email TEXT,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX intake_issues_intake ON intake_issues (intake_id);
-- How much of an intake waits, and a work item's place in one.
CREATE INDEX intake_issues_project ON intake_issues (project_id, status);
CREATE INDEX intake_issues_issue ON intake_issues (issue_id, project_id);

CREATE TABLE deploy_boards (
    id $ID PRIMARY KEY,
    entity_identifier $ID,
    entity_name TEXT,
    anchor TEXT NOT NULL,
    is_comments_enabled BOOLEAN NOT NULL,
    is_reactions_enabled BOOLEAN NOT NULL,
    is_votes_enabled BOOLEAN NOT NULL,
    view_props $JSON NOT NULL,
    intake_id $ID REFERENCES intakes (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    is_activity_enabled BOOLEAN NOT NULL,
    is_disabled BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX deploy_boards_intake ON deploy_boards (intake_id);
CREATE UNIQUE INDEX deploy_boards_entity_name_entity_identifier_key ON deploy_boards (entity_name, entity_identifier) WHERE deleted_at IS NULL;
CREATE UNIQUE INDEX deploy_boards_anchor_key ON deploy_boards (anchor);
CREATE INDEX deploy_boards_project ON deploy_boards (project_id);
