-- What clients asked in the current window of each limit, for all nodes together. Nothing is lost with it, so that it is kept
-- out of the log of the database.
CREATE UNLOGGED TABLE limits (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    ends_at $TIME NOT NULL
);
CREATE INDEX limits_ends_at ON limits (ends_at);
