-- What tells one installation's nodes from another's: a tag of the secret that its rows are sealed and signed with, and the name of
-- the place where its files are kept. Each start compares them with its own.
CREATE TABLE marks (
    name TEXT PRIMARY KEY,
    value TEXT NOT NULL,
    noted_at $TIME NOT NULL
);
