-- Names of work items by the trigrams of their folded letters: see store/fold.go. Without pg_trgm every name is read.
DO $$
BEGIN
    IF EXISTS (SELECT 1 FROM pg_extension WHERE extname = 'pg_trgm') THEN
        DROP INDEX IF EXISTS issues_name;
        CREATE INDEX issues_name_folded ON issues USING gin (lower(translate(name, 'İς', 'iσ')) gin_trgm_ops) WHERE deleted_at IS NULL;
    END IF;
END
$$;
