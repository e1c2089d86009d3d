-- At whose session of which provider a session here began, and where to end that one: what signs out there ends it here.
ALTER TABLE sessions ADD COLUMN provider_issuer TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN provider_subject TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN provider_sid TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN provider_sign_out TEXT NOT NULL DEFAULT '';
ALTER TABLE sessions ADD COLUMN provider_began_at $TIME;
CREATE INDEX sessions_provider_subject ON sessions (provider_issuer, provider_subject) WHERE provider_issuer <> '';
CREATE INDEX sessions_provider_sid ON sessions (provider_issuer, provider_sid) WHERE provider_sid <> '';

-- What people have because of their groups elsewhere: a role in a workspace, or, without one, that they administer
-- the installation. It is taken away when the groups no longer give it; before is the role that somebody gave by hand.
CREATE TABLE granted_roles (
    id $ID PRIMARY KEY,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    source TEXT NOT NULL,
    workspace_id $ID REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    role INTEGER NOT NULL,
    before INTEGER NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE INDEX granted_roles_user ON granted_roles (user_id, source);
CREATE INDEX granted_roles_workspace ON granted_roles (workspace_id);
