-- The installation: its one row, its administrators, its settings.
-- Names are the reference's (contract/tables.txt), so that an import is table to table.

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
    deleted_at $TIME
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
