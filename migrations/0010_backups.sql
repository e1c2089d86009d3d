-- What became of each backup: when it was made, how large it is, and whether it was read back and found whole. Our own.
CREATE TABLE backups (
    id $ID PRIMARY KEY,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    name TEXT NOT NULL,
    place TEXT NOT NULL,
    kind TEXT NOT NULL,
    began_at $TIME NOT NULL,
    ended_at $TIME NOT NULL,
    size BIGINT NOT NULL,
    sha256 TEXT NOT NULL,
    rows_kept BIGINT NOT NULL,
    files_kept BIGINT NOT NULL,
    files_missing BIGINT NOT NULL,
    encrypted BOOLEAN NOT NULL,
    verified_at $TIME,
    fault TEXT NOT NULL,
    told_at $TIME
);
CREATE INDEX backups_ended ON backups (ended_at);
CREATE INDEX backups_whole ON backups (began_at) WHERE verified_at IS NOT NULL AND fault = '';
CREATE INDEX backups_name ON backups (place, name, ended_at);
CREATE INDEX backups_told ON backups (told_at) WHERE told_at IS NOT NULL;
