-- What waited for a job that somebody dropped, or that failed for good, waits no longer: it can be sent again, and is cleaned.
UPDATE webhook_deliveries SET status = 'dropped', ended_at = updated_at
WHERE status = 'waiting' AND id NOT IN (
    SELECT CAST(CAST(payload AS $JSON) ->> 'id' AS $ID) FROM jobs
    WHERE kind = 'webhook.deliver' AND dead_at IS NULL AND CAST(payload AS $JSON) ->> 'id' IS NOT NULL);
UPDATE exporters SET status = 'failed', reason = 'The export could not be written.'
WHERE status IN ('queued', 'processing') AND id NOT IN (
    SELECT CAST(CAST(payload AS $JSON) ->> 'id' AS $ID) FROM jobs
    WHERE kind = 'export.write' AND dead_at IS NULL AND CAST(payload AS $JSON) ->> 'id' IS NOT NULL);
