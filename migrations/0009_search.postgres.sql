-- Names of work items by their trigrams. Where the server has no pg_trgm, searching reads every name instead.
DO $$
BEGIN
    CREATE EXTENSION IF NOT EXISTS pg_trgm;
    CREATE INDEX issues_name ON issues USING gin (name gin_trgm_ops) WHERE deleted_at IS NULL;
EXCEPTION WHEN OTHERS THEN
    RAISE NOTICE 'no trigram index: %', SQLERRM;
END
$$;

CREATE INDEX issues_number ON issues (project_id, sequence_id);
