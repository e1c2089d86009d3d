-- The second factor: what makes somebody's codes, sealed with the installation's secret, and the last thirty seconds of which a code was
-- taken, so that none is good twice.
CREATE TABLE second_factors (
    id $ID PRIMARY KEY,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    secret TEXT NOT NULL,
    last_step BIGINT NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE UNIQUE INDEX second_factors_user ON second_factors (user_id);

-- What gets somebody in once whose telephone is gone. A code that was used is no row any more.
CREATE TABLE recovery_codes (
    id $ID PRIMARY KEY,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    hash TEXT NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE UNIQUE INDEX recovery_codes_user ON recovery_codes (user_id, hash);

-- Browsers in which somebody is not asked for the second factor. password_tag is a mark of the password that they had then: with another
-- one they are asked again.
CREATE TABLE remembered_browsers (
    id $ID PRIMARY KEY,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    token_hash TEXT NOT NULL,
    password_tag TEXT NOT NULL,
    user_agent TEXT NOT NULL,
    ip TEXT NOT NULL,
    seen_at $TIME NOT NULL,
    expires_at $TIME NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE INDEX remembered_browsers_user ON remembered_browsers (user_id, token_hash);
CREATE INDEX remembered_browsers_expires ON remembered_browsers (expires_at);

-- Sign-ins that wait for the second factor: nobody is signed in by one. administers says that the session is to be one of the
-- administrators' pages; secret is of a factor that is being set up on the way, sealed.
CREATE TABLE halfway_sign_ins (
    id $ID PRIMARY KEY,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    token_hash TEXT NOT NULL,
    password_tag TEXT NOT NULL,
    administers BOOLEAN NOT NULL,
    medium TEXT NOT NULL,
    site TEXT NOT NULL,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    onward TEXT NOT NULL,
    secret TEXT NOT NULL,
    provider_issuer TEXT NOT NULL,
    provider_subject TEXT NOT NULL,
    provider_sid TEXT NOT NULL,
    provider_sign_out TEXT NOT NULL,
    provider_began_at $TIME,
    expires_at $TIME NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL
);
CREATE UNIQUE INDEX halfway_sign_ins_token ON halfway_sign_ins (token_hash);
CREATE INDEX halfway_sign_ins_user ON halfway_sign_ins (user_id);
CREATE INDEX halfway_sign_ins_expires ON halfway_sign_ins (expires_at);

-- A workspace may ask its members for a second factor.
ALTER TABLE workspace_features ADD COLUMN second_factor BOOLEAN NOT NULL DEFAULT FALSE;
