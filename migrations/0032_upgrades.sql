-- What a new release does once to the data that is there, beyond what SQL can: a row goes when it is done.

CREATE TABLE upgrades (
    name TEXT PRIMARY KEY
);
INSERT INTO upgrades (name) VALUES ('clean-kept-text');
