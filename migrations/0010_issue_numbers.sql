-- The largest number of a project and the last place of a state are asked for by every new work item.
DROP INDEX issue_sequences_project;
CREATE INDEX issue_sequences_largest ON issue_sequences (project_id, sequence);
CREATE INDEX issues_place ON issues (state_id, sort_order) WHERE deleted_at IS NULL;
