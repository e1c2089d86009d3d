-- Who was reminded of which work item, of what, and for which date: nobody is reminded of the same twice, and a date that moves
-- counts anew. Our own.
CREATE TABLE reminders (
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    user_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    kind TEXT NOT NULL,
    target_date $DATE NOT NULL,
    created_at $TIME NOT NULL,
    PRIMARY KEY (issue_id, user_id, kind, target_date)
);
CREATE INDEX reminders_user ON reminders (user_id);
CREATE INDEX reminders_date ON reminders (target_date);

-- The last day on which everybody of a time zone was reminded.
CREATE TABLE reminder_zones (
    zone TEXT PRIMARY KEY,
    day $DATE NOT NULL
);

ALTER TABLE user_notification_preferences ADD COLUMN reminders_off BOOLEAN NOT NULL DEFAULT FALSE;

CREATE INDEX issues_due ON issues (target_date) WHERE target_date IS NOT NULL AND deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
