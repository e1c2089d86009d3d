-- What each webhook is told, and what became of it: an event is written down here in the transaction in which it happened, and the job
-- that sends it names it. Its id is the same for every attempt. Our own; webhook_logs stays what the reference has, a row an attempt.
CREATE TABLE webhook_deliveries (
    id $ID PRIMARY KEY,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    webhook_id $ID NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    event TEXT NOT NULL,
    action TEXT NOT NULL,
    body TEXT NOT NULL,
    status TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    response_status INTEGER,
    duration_ms BIGINT NOT NULL,
    fault TEXT NOT NULL,
    ended_at $TIME
);
CREATE INDEX webhook_deliveries_told ON webhook_deliveries (webhook_id, created_at, id);
CREATE INDEX webhook_deliveries_status ON webhook_deliveries (webhook_id, status, created_at, id);
CREATE INDEX webhook_deliveries_old ON webhook_deliveries (created_at);
CREATE INDEX webhook_deliveries_workspace ON webhook_deliveries (workspace_id);

-- What waits to be sent was in the jobs themselves.
INSERT INTO webhook_deliveries (id, created_at, updated_at, webhook_id, workspace_id, event, action, body, status, attempts, duration_ms, fault)
SELECT CAST(CAST(j.payload AS $JSON) ->> 'id' AS $ID), j.created_at, j.created_at, w.id, w.workspace_id,
    CAST(j.payload AS $JSON) ->> 'event', CAST(j.payload AS $JSON) ->> 'action', CAST(j.payload AS $JSON) ->> 'body',
    CASE WHEN j.dead_at IS NULL THEN 'waiting' ELSE 'failed' END, CAST(CAST(j.payload AS $JSON) ->> 'attempt' AS INTEGER), 0, j.last_error
FROM jobs j JOIN webhooks w ON w.id = CAST(CAST(j.payload AS $JSON) ->> 'webhook_id' AS $ID)
WHERE j.kind = 'webhook.deliver';

ALTER TABLE webhooks ADD COLUMN failing_since $TIME;
ALTER TABLE webhook_logs ADD COLUMN delivery_id $ID;
ALTER TABLE webhook_logs ADD COLUMN duration_ms BIGINT NOT NULL DEFAULT 0;
CREATE INDEX webhook_logs_told ON webhook_logs (webhook, created_at);
CREATE INDEX webhook_logs_delivery ON webhook_logs (delivery_id);
