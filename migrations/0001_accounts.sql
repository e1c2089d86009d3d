-- Accounts, what signs them in, the profile that goes with each; the installation, its administrators, its settings.
-- Names are the reference's (contract/tables.txt), so that an import is table to table.

CREATE TABLE users (
    id $ID PRIMARY KEY,
    password TEXT NOT NULL,
    last_login $TIME,
    username TEXT NOT NULL,
    mobile_number TEXT,
    email TEXT,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    avatar TEXT NOT NULL,
    date_joined $TIME NOT NULL,
    last_location TEXT NOT NULL,
    created_location TEXT NOT NULL,
    is_superuser BOOLEAN NOT NULL,
    is_managed BOOLEAN NOT NULL,
    is_password_expired BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_staff BOOLEAN NOT NULL,
    is_email_verified BOOLEAN NOT NULL,
    is_password_autoset BOOLEAN NOT NULL,
    token TEXT NOT NULL,
    user_timezone TEXT NOT NULL,
    last_active $TIME,
    last_login_time $TIME,
    last_logout_time $TIME,
    last_login_ip TEXT NOT NULL,
    last_logout_ip TEXT NOT NULL,
    last_login_medium TEXT NOT NULL,
    last_login_uagent TEXT NOT NULL,
    token_updated_at $TIME,
    is_bot BOOLEAN NOT NULL,
    cover_image TEXT,
    display_name TEXT NOT NULL,
    avatar_asset_id $ID,
    cover_image_asset_id $ID,
    bot_type TEXT,
    is_email_valid BOOLEAN NOT NULL,
    masked_at $TIME,
    is_password_reset_required BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    -- Ours: whether somebody has proved to read what is sent to their address. The reference's is_email_verified is shown to
    -- clients and follows other rules: a changed address is unverified there, though a code was sent to it.
    email_proven BOOLEAN NOT NULL DEFAULT FALSE
);
CREATE UNIQUE INDEX users_email_key ON users (email);
CREATE UNIQUE INDEX users_username_key ON users (username);

CREATE TABLE profiles (
    id $ID PRIMARY KEY,
    theme $JSON NOT NULL,
    is_tour_completed BOOLEAN NOT NULL,
    onboarding_step $JSON NOT NULL,
    use_case TEXT,
    role TEXT,
    is_onboarded BOOLEAN NOT NULL,
    last_workspace_id $ID,
    billing_address_country TEXT NOT NULL,
    billing_address $JSON,
    has_billing_address BOOLEAN NOT NULL,
    company_name TEXT NOT NULL,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    is_mobile_onboarded BOOLEAN NOT NULL,
    mobile_onboarding_step $JSON NOT NULL,
    mobile_timezone_auto_set BOOLEAN NOT NULL,
    language TEXT NOT NULL,
    is_smooth_cursor_enabled BOOLEAN NOT NULL,
    start_of_the_week INTEGER NOT NULL,
    is_app_rail_docked BOOLEAN NOT NULL,
    background_color TEXT NOT NULL,
    goals $JSON NOT NULL,
    has_marketing_email_consent BOOLEAN NOT NULL,
    is_navigation_tour_completed BOOLEAN NOT NULL,
    is_subscribed_to_changelog BOOLEAN NOT NULL,
    notification_view_mode TEXT NOT NULL,
    product_tour $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE UNIQUE INDEX profiles_user_key ON profiles (user_id);

CREATE TABLE accounts (
    id $ID PRIMARY KEY,
    provider_account_id TEXT NOT NULL,
    provider TEXT NOT NULL,
    access_token TEXT NOT NULL,
    access_token_expired_at $TIME,
    refresh_token TEXT,
    refresh_token_expired_at $TIME,
    last_connected_at $TIME NOT NULL,
    metadata $JSON NOT NULL,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    id_token TEXT NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE UNIQUE INDEX accounts_provider_provider_account_key ON accounts (provider, provider_account_id);
CREATE INDEX accounts_user ON accounts (user_id);

CREATE TABLE sessions (
    session_key TEXT PRIMARY KEY,
    session_data TEXT NOT NULL,
    expire_date $TIME NOT NULL,
    device_info $JSON,
    user_id TEXT
);
CREATE INDEX sessions_expire_date ON sessions (expire_date);
CREATE INDEX sessions_user ON sessions (user_id);

-- Codes of six digits that were sent to an address; ours: the reference keeps them in Redis.
CREATE TABLE codes (
    purpose TEXT PRIMARY KEY,
    hash TEXT NOT NULL,
    sent INTEGER NOT NULL,
    missed INTEGER NOT NULL,
    expires_at $TIME NOT NULL
);

-- The installation: one row.
CREATE TABLE instances (
    id $ID PRIMARY KEY,
    instance_name TEXT NOT NULL,
    whitelist_emails TEXT,
    instance_id TEXT NOT NULL,
    current_version TEXT NOT NULL,
    last_checked_at $TIME NOT NULL,
    namespace TEXT,
    is_telemetry_enabled BOOLEAN NOT NULL,
    is_support_required BOOLEAN NOT NULL,
    is_setup_done BOOLEAN NOT NULL,
    is_signup_screen_visited BOOLEAN NOT NULL,
    is_verified BOOLEAN NOT NULL,
    domain TEXT NOT NULL,
    latest_version TEXT,
    edition TEXT NOT NULL,
    is_test BOOLEAN NOT NULL,
    is_current_version_deprecated BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME,
    -- Ours: where the app is, as an administrator's browser said when it signed in; letters lead there unless a setting says
    -- where it is.
    base_url TEXT NOT NULL DEFAULT ''
);
CREATE UNIQUE INDEX instances_instance_key ON instances (instance_id);

CREATE TABLE instance_admins (
    id $ID PRIMARY KEY,
    role INTEGER NOT NULL,
    is_verified BOOLEAN NOT NULL,
    instance_id $ID NOT NULL REFERENCES instances (id) ON DELETE CASCADE DEFERRABLE,
    user_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX instance_admins_instance_user_key ON instance_admins (instance_id, user_id);
CREATE INDEX instance_admins_user ON instance_admins (user_id);

CREATE TABLE instance_configurations (
    id $ID PRIMARY KEY,
    "key" TEXT NOT NULL,
    value TEXT,
    category TEXT NOT NULL,
    is_encrypted BOOLEAN NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX instance_configurations_key_key ON instance_configurations ("key");
