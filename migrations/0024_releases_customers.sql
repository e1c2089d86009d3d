-- Customers of a workspace: who they are, in properties that the workspace makes too, what they ask for, and the work
-- items that this is about.
CREATE TABLE customers (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description $JSON,
    description_html TEXT NOT NULL,
    description_stripped TEXT NOT NULL,
    email TEXT,
    website_url TEXT,
    domain TEXT,
    employees INTEGER,
    stage TEXT,
    contract_status TEXT,
    revenue TEXT,
    logo_props $JSON NOT NULL,
    logo_asset_id $ID,
    archived_at $TIME,
    external_source TEXT,
    external_id TEXT,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX customers_name_key ON customers (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX customers_workspace ON customers (workspace_id, created_at);
CREATE INDEX customers_external ON customers (workspace_id, external_id, external_source) WHERE external_id IS NOT NULL;
CREATE INDEX customers_deleted ON customers (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE customer_properties (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT NOT NULL,
    logo_props $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    property_type TEXT NOT NULL,
    relation_type TEXT,
    is_required BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_multi BOOLEAN NOT NULL,
    default_value $JSON NOT NULL,
    settings $JSON NOT NULL,
    validation_rules $JSON,
    external_source TEXT,
    external_id TEXT,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX customer_properties_name_key ON customer_properties (workspace_id, display_name) WHERE deleted_at IS NULL;
CREATE INDEX customer_properties_workspace ON customer_properties (workspace_id);

CREATE TABLE customer_property_options (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    is_default BOOLEAN NOT NULL,
    property_id $ID NOT NULL REFERENCES customer_properties (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX customer_property_options_name_key ON customer_property_options (property_id, name) WHERE deleted_at IS NULL;
CREATE INDEX customer_property_options_property ON customer_property_options (property_id, sort_order);
CREATE INDEX customer_property_options_workspace ON customer_property_options (workspace_id);

-- What is another row is named in a column of its own; value is empty then.
CREATE TABLE customer_property_values (
    id $ID PRIMARY KEY,
    position INTEGER NOT NULL,
    value TEXT NOT NULL,
    option_id $ID REFERENCES customer_property_options (id) ON DELETE CASCADE DEFERRABLE,
    related_user_id $ID REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    related_issue_id $ID REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    file_asset_id $ID,
    property_id $ID NOT NULL REFERENCES customer_properties (id) ON DELETE CASCADE DEFERRABLE,
    customer_id $ID NOT NULL REFERENCES customers (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX customer_property_values_customer ON customer_property_values (customer_id, property_id, position);
CREATE INDEX customer_property_values_property ON customer_property_values (property_id);
CREATE INDEX customer_property_values_option ON customer_property_values (option_id) WHERE option_id IS NOT NULL;
CREATE INDEX customer_property_values_user ON customer_property_values (related_user_id) WHERE related_user_id IS NOT NULL;
CREATE INDEX customer_property_values_issue ON customer_property_values (related_issue_id) WHERE related_issue_id IS NOT NULL;
CREATE INDEX customer_property_values_workspace ON customer_property_values (workspace_id);
CREATE INDEX customer_property_values_deleted ON customer_property_values (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE customer_requests (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description $JSON,
    description_html TEXT NOT NULL,
    description_stripped TEXT NOT NULL,
    link TEXT,
    customer_id $ID NOT NULL REFERENCES customers (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX customer_requests_customer ON customer_requests (customer_id, created_at);
CREATE INDEX customer_requests_workspace ON customer_requests (workspace_id);
CREATE INDEX customer_requests_deleted ON customer_requests (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE customer_issues (
    id $ID PRIMARY KEY,
    customer_id $ID NOT NULL REFERENCES customers (id) ON DELETE CASCADE DEFERRABLE,
    request_id $ID REFERENCES customer_requests (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX customer_issues_key ON customer_issues (customer_id, issue_id) WHERE request_id IS NULL AND deleted_at IS NULL;
CREATE UNIQUE INDEX customer_issues_request_key ON customer_issues (request_id, issue_id) WHERE deleted_at IS NULL;
CREATE INDEX customer_issues_customer ON customer_issues (customer_id, issue_id);
CREATE INDEX customer_issues_request ON customer_issues (request_id) WHERE request_id IS NOT NULL;
CREATE INDEX customer_issues_issue ON customer_issues (issue_id);
CREATE INDEX customer_issues_project ON customer_issues (project_id);
CREATE INDEX customer_issues_workspace ON customer_issues (workspace_id);
CREATE INDEX customer_issues_deleted ON customer_issues (deleted_at) WHERE deleted_at IS NOT NULL;

-- Releases of a workspace: the versions that they have, what they are labelled with, what is said of them, and the work
-- items that they bring.
CREATE TABLE release_tags (
    id $ID PRIMARY KEY,
    version TEXT NOT NULL,
    description TEXT NOT NULL,
    commit_hash TEXT,
    git_tag TEXT,
    color TEXT,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX release_tags_version_key ON release_tags (workspace_id, version) WHERE deleted_at IS NULL;
CREATE INDEX release_tags_workspace ON release_tags (workspace_id, created_at);

CREATE TABLE release_labels (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    color TEXT NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX release_labels_name_key ON release_labels (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX release_labels_workspace ON release_labels (workspace_id, sort_order);

CREATE TABLE releases (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description_html TEXT NOT NULL,
    description_stripped TEXT NOT NULL,
    description_json $JSON NOT NULL,
    status TEXT NOT NULL,
    start_date $DATE,
    target_date $DATE,
    release_date $DATE,
    lead_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    tag_id $ID REFERENCES release_tags (id) ON DELETE SET NULL DEFERRABLE,
    is_prerelease BOOLEAN NOT NULL,
    logo_props $JSON NOT NULL,
    external_source TEXT,
    external_id TEXT,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX releases_workspace ON releases (workspace_id, created_at);
CREATE INDEX releases_lead ON releases (lead_id) WHERE lead_id IS NOT NULL;
CREATE INDEX releases_tag ON releases (tag_id) WHERE tag_id IS NOT NULL;
CREATE INDEX releases_out ON releases (workspace_id, release_date) WHERE status = 'released' AND deleted_at IS NULL;
CREATE INDEX releases_external ON releases (workspace_id, external_id, external_source) WHERE external_id IS NOT NULL;
CREATE INDEX releases_deleted ON releases (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE release_changelogs (
    id $ID PRIMARY KEY,
    description_html TEXT NOT NULL,
    description_stripped TEXT NOT NULL,
    description_json $JSON NOT NULL,
    release_id $ID NOT NULL REFERENCES releases (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX release_changelogs_key ON release_changelogs (release_id) WHERE deleted_at IS NULL;
CREATE INDEX release_changelogs_release ON release_changelogs (release_id);
CREATE INDEX release_changelogs_workspace ON release_changelogs (workspace_id);
CREATE INDEX release_changelogs_deleted ON release_changelogs (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE release_item_labels (
    id $ID PRIMARY KEY,
    release_id $ID NOT NULL REFERENCES releases (id) ON DELETE CASCADE DEFERRABLE,
    label_id $ID NOT NULL REFERENCES release_labels (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX release_item_labels_key ON release_item_labels (release_id, label_id) WHERE deleted_at IS NULL;
CREATE INDEX release_item_labels_release ON release_item_labels (release_id);
CREATE INDEX release_item_labels_label ON release_item_labels (label_id);
CREATE INDEX release_item_labels_workspace ON release_item_labels (workspace_id);
CREATE INDEX release_item_labels_deleted ON release_item_labels (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE release_comments (
    id $ID PRIMARY KEY,
    comment_html TEXT NOT NULL,
    comment_stripped TEXT NOT NULL,
    comment_json $JSON NOT NULL,
    is_resolved BOOLEAN NOT NULL,
    edited_at $TIME,
    parent_id $ID REFERENCES release_comments (id) ON DELETE CASCADE DEFERRABLE,
    release_id $ID NOT NULL REFERENCES releases (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX release_comments_release ON release_comments (release_id, created_at);
CREATE INDEX release_comments_parent ON release_comments (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX release_comments_workspace ON release_comments (workspace_id);
CREATE INDEX release_comments_deleted ON release_comments (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE release_links (
    id $ID PRIMARY KEY,
    title TEXT,
    url TEXT NOT NULL,
    metadata $JSON NOT NULL,
    release_id $ID NOT NULL REFERENCES releases (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX release_links_release ON release_links (release_id, created_at);
CREATE INDEX release_links_workspace ON release_links (workspace_id);
CREATE INDEX release_links_deleted ON release_links (deleted_at) WHERE deleted_at IS NOT NULL;

CREATE TABLE release_issues (
    id $ID PRIMARY KEY,
    release_id $ID NOT NULL REFERENCES releases (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX release_issues_key ON release_issues (release_id, issue_id) WHERE deleted_at IS NULL;
CREATE INDEX release_issues_release ON release_issues (release_id, issue_id);
CREATE INDEX release_issues_issue ON release_issues (issue_id);
CREATE INDEX release_issues_project ON release_issues (project_id);
CREATE INDEX release_issues_workspace ON release_issues (workspace_id);
CREATE INDEX release_issues_deleted ON release_issues (deleted_at) WHERE deleted_at IS NOT NULL;
