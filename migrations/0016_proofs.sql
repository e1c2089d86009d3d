-- Ours: whether somebody has proved to read what is sent to their address. The reference's is_email_verified is shown to
-- clients and follows other rules: a changed address is unverified there, though a code was sent to it.
ALTER TABLE users ADD COLUMN email_proven BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE users SET email_proven = is_email_verified;

-- Ours: where the app is, as an administrator's browser said when it signed in; letters lead there unless a setting says
-- where it is.
ALTER TABLE instances ADD COLUMN base_url TEXT NOT NULL DEFAULT '';
