-- What happened to work items, comments, cycles, modules, pages and the like, for those who listen (app/stream): no more than that it
-- did. One transaction writes at a time, so that numbers are in the order of commits; none is given twice.
CREATE TABLE stream_events (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    workspace_id $ID NOT NULL,
    kind TEXT NOT NULL,
    action TEXT NOT NULL,
    entity_id $ID NOT NULL,
    actor_id $ID,
    fields TEXT NOT NULL,
    at $TIME NOT NULL
);
CREATE INDEX stream_events_workspace ON stream_events (workspace_id, number);
