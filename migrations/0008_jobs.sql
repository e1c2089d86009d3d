-- The queue of what happens after a change, and who may run the schedule. Both are our own.

CREATE TABLE jobs (
    id $SERIAL,
    kind TEXT NOT NULL,
    payload $JSON NOT NULL,
    run_at $TIME NOT NULL,
    attempts INTEGER NOT NULL,
    leased_until $TIME,
    last_error TEXT NOT NULL,
    dead_at $TIME,
    created_at $TIME NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at, id) WHERE dead_at IS NULL;
CREATE INDEX jobs_dead ON jobs (dead_at) WHERE dead_at IS NOT NULL;

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
