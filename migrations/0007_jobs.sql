-- The queue of what happens after a change, who may run the schedule, and what is to be done once. All are our own.

-- Jobs say what they wait for: the jobs of a line are done one after the other, and those with one host one at a time.
-- leased_by is the node that does a job; it says so again every few seconds (leased_until).
CREATE TABLE jobs (
    id $SERIAL,
    kind TEXT NOT NULL,
    payload $JSON NOT NULL,
    run_at $TIME NOT NULL,
    attempts INTEGER NOT NULL,
    leased_until $TIME,
    last_error TEXT NOT NULL,
    dead_at $TIME,
    created_at $TIME NOT NULL,
    line TEXT,
    host TEXT,
    leased_by TEXT
);
CREATE INDEX jobs_dead ON jobs (dead_at) WHERE dead_at IS NOT NULL;
CREATE INDEX jobs_due ON jobs (kind, run_at, id) WHERE dead_at IS NULL;
CREATE INDEX jobs_line ON jobs (kind, line, id) WHERE dead_at IS NULL AND line IS NOT NULL;
CREATE INDEX jobs_host ON jobs (host) WHERE host IS NOT NULL AND leased_until IS NOT NULL;

CREATE TABLE job_locks (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until $TIME NOT NULL
);

-- What commands beside a running server on SQLite make wrong in its cache (Postgres has NOTIFY for that).
CREATE TABLE cache_notices (
    id $SERIAL,
    keys TEXT NOT NULL
);

-- What a release does once to the data that is there, beyond what SQL can: a row goes when it is done. The texts of a new store
-- are looked at as well: they may come from elsewhere (see app/upgrade).
CREATE TABLE upgrades (
    name TEXT PRIMARY KEY
);
INSERT INTO upgrades (name) VALUES ('clean-kept-text');
