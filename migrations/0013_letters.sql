-- Letters about work are gathered from the rows that no letter has taken yet: a few of the last minutes among all.
CREATE INDEX email_notification_logs_waiting ON email_notification_logs (receiver_id, entity_identifier, created_at) WHERE processed_at IS NULL;
