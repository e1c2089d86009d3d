-- Workspaces, their people, and what each person keeps there.
-- Names are the reference's (contract/tables.txt), so that an import is table to table.

CREATE TABLE workspaces (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    logo TEXT,
    slug TEXT NOT NULL,
    owner_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    organization_size TEXT,
    logo_asset_id $ID,
    timezone TEXT NOT NULL,
    background_color TEXT NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workspaces_slug_key ON workspaces (slug);
CREATE INDEX workspaces_owner ON workspaces (owner_id);
-- Slugs that differ only in case are taken; those of the reference may differ so, hence the index is not unique: see store.SlugTaken.
CREATE INDEX workspaces_slug_folded ON workspaces (LOWER(slug));

CREATE TABLE workspace_members (
    id $ID PRIMARY KEY,
    role INTEGER NOT NULL,
    member_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    company_role TEXT,
    view_props $JSON NOT NULL,
    default_props $JSON NOT NULL,
    issue_props $JSON NOT NULL,
    is_active BOOLEAN NOT NULL,
    explored_features $JSON NOT NULL,
    getting_started_checklist $JSON NOT NULL,
    tips $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workspace_members_workspace_member_key ON workspace_members (workspace_id, member_id) WHERE deleted_at IS NULL;
CREATE INDEX workspace_members_member ON workspace_members (member_id);

CREATE TABLE workspace_member_invites (
    id $ID PRIMARY KEY,
    email TEXT NOT NULL,
    accepted BOOLEAN NOT NULL,
    token TEXT NOT NULL,
    message TEXT,
    responded_at $TIME,
    role INTEGER NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workspace_member_invites_email_workspace_key ON workspace_member_invites (email, workspace_id) WHERE deleted_at IS NULL;
CREATE INDEX workspace_member_invites_workspace ON workspace_member_invites (workspace_id);

CREATE TABLE workspace_themes (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    colors $JSON NOT NULL,
    actor_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workspace_themes_workspace_name_key ON workspace_themes (workspace_id, name) WHERE deleted_at IS NULL;

CREATE TABLE workspace_user_links (
    id $ID PRIMARY KEY,
    title TEXT,
    url TEXT NOT NULL,
    metadata $JSON NOT NULL,
    owner_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX workspace_user_links_owner ON workspace_user_links (owner_id);

CREATE TABLE workspace_user_preferences (
    id $ID PRIMARY KEY,
    "key" TEXT NOT NULL,
    is_pinned BOOLEAN NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE UNIQUE INDEX workspace_user_preferences_workspace_user_key_key ON workspace_user_preferences (workspace_id, user_id, "key") WHERE deleted_at IS NULL;
CREATE INDEX workspace_user_preferences_user ON workspace_user_preferences (user_id);

CREATE TABLE workspace_user_properties (
    id $ID PRIMARY KEY,
    filters $JSON NOT NULL,
    display_filters $JSON NOT NULL,
    display_properties $JSON NOT NULL,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    rich_filters $JSON NOT NULL,
    navigation_control_preference TEXT NOT NULL,
    navigation_project_limit INTEGER NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workspace_user_properties_workspace_user_key ON workspace_user_properties (workspace_id, user_id) WHERE deleted_at IS NULL;
CREATE INDEX workspace_user_properties_user ON workspace_user_properties (user_id);

CREATE TABLE workspace_home_preferences (
    id $ID PRIMARY KEY,
    "key" TEXT NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    config $JSON NOT NULL,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    sort_order DOUBLE PRECISION NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE UNIQUE INDEX workspace_home_preferences_workspace_user_key_key ON workspace_home_preferences (workspace_id, user_id, "key") WHERE deleted_at IS NULL;
CREATE INDEX workspace_home_preferences_user ON workspace_home_preferences (user_id);

CREATE TABLE stickies (
    id $ID PRIMARY KEY,
    name TEXT,
    description $JSON NOT NULL,
    description_html TEXT NOT NULL,
    description_stripped TEXT,
    description_binary $BLOB,
    logo_props $JSON NOT NULL,
    color TEXT,
    background_color TEXT,
    owner_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    sort_order DOUBLE PRECISION NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX stickies_workspace ON stickies (workspace_id);
CREATE INDEX stickies_owner ON stickies (owner_id);

CREATE TABLE api_tokens (
    id $ID PRIMARY KEY,
    token TEXT NOT NULL,
    label TEXT NOT NULL,
    user_type INTEGER NOT NULL,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID REFERENCES workspaces (id) ON DELETE SET NULL DEFERRABLE,
    description TEXT NOT NULL,
    expired_at $TIME,
    is_active BOOLEAN NOT NULL,
    last_used $TIME,
    is_service BOOLEAN NOT NULL,
    allowed_rate_limit TEXT NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX api_tokens_token_key ON api_tokens (token);
CREATE INDEX api_tokens_workspace ON api_tokens (workspace_id);
CREATE INDEX api_tokens_user ON api_tokens (user_id);

CREATE TABLE api_activity_logs (
    id $ID PRIMARY KEY,
    token_identifier TEXT NOT NULL,
    path TEXT NOT NULL,
    method TEXT NOT NULL,
    query_params TEXT,
    headers TEXT,
    body TEXT,
    response_code INTEGER NOT NULL,
    response_body TEXT,
    ip_address TEXT,
    user_agent TEXT,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);

CREATE TABLE analytic_views (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    query $JSON NOT NULL,
    query_dict $JSON NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX analytic_views_workspace ON analytic_views (workspace_id);

CREATE TABLE webhooks (
    id $ID PRIMARY KEY,
    url TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    secret_key TEXT NOT NULL,
    project BOOLEAN NOT NULL,
    issue BOOLEAN NOT NULL,
    module BOOLEAN NOT NULL,
    cycle BOOLEAN NOT NULL,
    issue_comment BOOLEAN NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    is_internal BOOLEAN NOT NULL,
    version TEXT NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX webhooks_workspace_url_key ON webhooks (workspace_id, url) WHERE deleted_at IS NULL;

CREATE TABLE webhook_logs (
    id $ID PRIMARY KEY,
    event_type TEXT,
    request_method TEXT,
    request_headers TEXT,
    request_body TEXT,
    response_status TEXT,
    response_headers TEXT,
    response_body TEXT,
    retry_count INTEGER NOT NULL,
    webhook $ID NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
