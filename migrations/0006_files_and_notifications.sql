-- Files, notifications, favourites, visits, exports.
-- Names are the reference's (contract/tables.txt), so that an import is table to table.

CREATE TABLE file_assets (
    id $ID PRIMARY KEY,
    attributes $JSON NOT NULL,
    asset TEXT NOT NULL,
    workspace_id $ID REFERENCES workspaces (id) ON DELETE SET NULL DEFERRABLE,
    is_deleted BOOLEAN NOT NULL,
    is_archived BOOLEAN NOT NULL,
    comment_id $ID REFERENCES issue_comments (id) ON DELETE SET NULL DEFERRABLE,
    entity_type TEXT,
    external_id TEXT,
    external_source TEXT,
    is_uploaded BOOLEAN NOT NULL,
    issue_id $ID REFERENCES issues (id) ON DELETE SET NULL DEFERRABLE,
    page_id $ID REFERENCES pages (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    size DOUBLE PRECISION NOT NULL,
    storage_metadata $JSON,
    user_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    draft_issue_id $ID REFERENCES draft_issues (id) ON DELETE SET NULL DEFERRABLE,
    entity_identifier TEXT,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX file_assets_comment ON file_assets (comment_id);
CREATE INDEX file_assets_page ON file_assets (page_id);
CREATE INDEX file_assets_draft_issue ON file_assets (draft_issue_id);
CREATE INDEX file_assets_asset ON file_assets (asset);
CREATE INDEX file_assets_entity_identifier ON file_assets (entity_identifier);
CREATE INDEX file_assets_entity_type_entity_identifier ON file_assets (entity_type, entity_identifier);
CREATE INDEX file_assets_project ON file_assets (project_id);
CREATE INDEX file_assets_user ON file_assets (user_id);
-- Lists count the files of each of their work items. Nothing is asked for by kind alone, and there is no index by kind alone:
-- SQLite keeps no statistics, and would take it for as good as this one.
CREATE INDEX file_assets_issue ON file_assets (issue_id, entity_type, deleted_at);

CREATE TABLE notifications (
    id $ID PRIMARY KEY,
    data $JSON,
    entity_identifier $ID,
    entity_name TEXT NOT NULL,
    title TEXT NOT NULL,
    message $JSON,
    message_html TEXT NOT NULL,
    message_stripped TEXT,
    sender TEXT NOT NULL,
    read_at $TIME,
    snoozed_till $TIME,
    archived_at $TIME,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    receiver_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    triggered_by_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX notifications_entity_identifier ON notifications (entity_identifier);
CREATE INDEX notifications_receiver_workspace_snoozed_till_archived_at ON notifications (receiver_id, workspace_id, snoozed_till, archived_at);
CREATE INDEX notifications_receiver_workspace_read_at_created_at ON notifications (receiver_id, workspace_id, read_at, created_at);

CREATE TABLE email_notification_logs (
    id $ID PRIMARY KEY,
    entity_identifier $ID,
    entity_name TEXT NOT NULL,
    data $JSON,
    processed_at $TIME,
    sent_at $TIME,
    entity TEXT NOT NULL,
    old_value TEXT,
    new_value TEXT,
    receiver_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    triggered_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX email_notification_logs_receiver ON email_notification_logs (receiver_id);

CREATE TABLE user_notification_preferences (
    id $ID PRIMARY KEY,
    property_change BOOLEAN NOT NULL,
    state_change BOOLEAN NOT NULL,
    comment BOOLEAN NOT NULL,
    mention BOOLEAN NOT NULL,
    issue_completed BOOLEAN NOT NULL,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID REFERENCES workspaces (id) ON DELETE SET NULL DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX user_notification_preferences_user ON user_notification_preferences (user_id);

CREATE TABLE user_favorites (
    id $ID PRIMARY KEY,
    entity_type TEXT NOT NULL,
    entity_identifier $ID,
    name TEXT,
    is_folder BOOLEAN NOT NULL,
    sequence DOUBLE PRECISION NOT NULL,
    parent_id $ID REFERENCES user_favorites (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX user_favorites_parent ON user_favorites (parent_id);
CREATE UNIQUE INDEX user_favorites_entity_type_entity_identifier_user_key ON user_favorites (entity_type, entity_identifier, user_id) WHERE deleted_at IS NULL;
CREATE INDEX user_favorites_user ON user_favorites (user_id);

CREATE TABLE user_recent_visits (
    id $ID PRIMARY KEY,
    entity_identifier $ID,
    entity_name TEXT NOT NULL,
    visited_at $TIME NOT NULL,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX user_recent_visits_user ON user_recent_visits (user_id);

CREATE TABLE exporters (
    id $ID PRIMARY KEY,
    project $JSON,
    provider TEXT NOT NULL,
    status TEXT NOT NULL,
    reason TEXT NOT NULL,
    "key" TEXT NOT NULL,
    url TEXT,
    token TEXT NOT NULL,
    initiated_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    filters $JSON,
    name TEXT,
    "type" TEXT NOT NULL,
    rich_filters $JSON,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX exporters_token_key ON exporters (token);
CREATE INDEX exporters_workspace ON exporters (workspace_id);
