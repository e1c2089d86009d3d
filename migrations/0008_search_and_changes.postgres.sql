-- What Postgres keeps by itself or by triggers: the index of names, which work items changed, and what clients asked.

-- Names of work items by the trigrams of their folded letters: see db.Fold. Where the server has no pg_trgm, searching
-- reads every name instead.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX issues_name_folded ON issues USING gin (lower(translate(name, 'İς', 'iσ')) gin_trgm_ops) WHERE deleted_at IS NULL;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'no trigram index: %', SQLERRM;
END
$$;

-- Which work items changed: outlines (store/outline) keep up by it. A work item's ties count as the work item.
-- Numbers become visible in the order of commits, not of their making: readers go by what they could see instead.
-- The sweep cuts off what is some hours old.
CREATE TABLE issue_changes (
    id bigserial PRIMARY KEY,
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    issue_id uuid NOT NULL,
    project_id uuid NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX issue_changes_xid ON issue_changes (xid);

CREATE FUNCTION note_changed_issues() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO issue_changes (issue_id, project_id) SELECT DISTINCT r.id, r.project_id FROM touched r;
    RETURN NULL;
END
$$;
CREATE FUNCTION note_tied_issues() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    INSERT INTO issue_changes (issue_id, project_id) SELECT DISTINCT r.issue_id, r.project_id FROM touched r;
    RETURN NULL;
END
$$;

DO $$
DECLARE
    tab text;
    note text;
BEGIN
    FOREACH tab IN ARRAY ARRAY['issues', 'issue_labels', 'issue_assignees', 'issue_subscribers', 'cycle_issues', 'module_issues'] LOOP
        note := CASE tab WHEN 'issues' THEN 'note_changed_issues()' ELSE 'note_tied_issues()' END;
        EXECUTE format('CREATE TRIGGER %s_changed_insert AFTER INSERT ON %s REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION %s', tab, tab, note);
        EXECUTE format('CREATE TRIGGER %s_changed_update AFTER UPDATE ON %s REFERENCING NEW TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION %s', tab, tab, note);
        EXECUTE format('CREATE TRIGGER %s_changed_delete AFTER DELETE ON %s REFERENCING OLD TABLE AS touched FOR EACH STATEMENT EXECUTE FUNCTION %s', tab, tab, note);
    END LOOP;
END
$$;

-- What clients asked in the current window of each limit, for all nodes together. Nothing is lost with it, so that it is kept
-- out of the log of the database.
CREATE UNLOGGED TABLE limits (
    key TEXT PRIMARY KEY,
    count INTEGER NOT NULL,
    ends_at $TIME NOT NULL
);
CREATE INDEX limits_ends_at ON limits (ends_at);
