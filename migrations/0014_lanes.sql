-- Jobs say what they wait for: the jobs of a line are done one after the other, and those with one host one at a time.
-- leased_by is the node that does a job; it says so again every few seconds (leased_until).
ALTER TABLE jobs ADD COLUMN line TEXT;
ALTER TABLE jobs ADD COLUMN host TEXT;
ALTER TABLE jobs ADD COLUMN leased_by TEXT;

UPDATE jobs SET line = payload ->> 'webhook_id' WHERE kind = 'webhook.deliver';
UPDATE jobs SET line = 'link' WHERE kind = 'link.fetch';
UPDATE jobs SET line = payload ->> 'to' WHERE kind = 'mail.send';

DROP INDEX jobs_due;
CREATE INDEX jobs_due ON jobs (kind, run_at, id) WHERE dead_at IS NULL;
CREATE INDEX jobs_line ON jobs (kind, line, id) WHERE dead_at IS NULL AND line IS NOT NULL;
CREATE INDEX jobs_host ON jobs (host) WHERE host IS NOT NULL AND leased_until IS NOT NULL;

-- Deliveries are left with the change itself now: nobody does these any more.
DELETE FROM jobs WHERE kind = 'webhook.happened';
