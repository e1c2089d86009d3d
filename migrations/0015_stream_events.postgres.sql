-- What happened to work items, comments, cycles, modules, pages and the like, for those who listen (app/stream): no more than that it
-- did. Numbers of a sequence become visible in no order, so that an event gets its number only once it can be seen, by one who
-- gives numbers at a time: who has read up to a number has missed nothing before it, however long a transaction takes.
CREATE TABLE stream_events (
    id bigserial PRIMARY KEY,
    number bigint UNIQUE,
    workspace_id $ID NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    entity_id $ID NOT NULL,
    actor_id $ID,
    fields TEXT NOT NULL,
    at $TIME NOT NULL
);
CREATE INDEX stream_events_unnumbered ON stream_events (id) WHERE number IS NULL;
CREATE INDEX stream_events_workspace ON stream_events (workspace_id, number);
