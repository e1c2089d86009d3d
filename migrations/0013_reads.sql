-- What reads asked for and no index had; the plans of all that the API reads are tested now (web/routes/plans_test.go).

-- Lists count the files of each of their work items. SQLite keeps no statistics, took every index for as good and chose the
-- one by kind: every list read all files of the installation for every work item. Nothing is asked for by kind alone.
DROP INDEX file_assets_entity_type;
DROP INDEX file_assets_issue;
CREATE INDEX file_assets_issue ON file_assets (issue_id, entity_type, deleted_at);

-- Relations are asked for from either side in one breath, for which SQLite wants an index of all rows for each.
CREATE INDEX issue_relations_issue ON issue_relations (issue_id, related_issue_id, deleted_at);
CREATE INDEX issue_relations_related ON issue_relations (related_issue_id, issue_id, deleted_at);

-- Mentions that were taken back count in the older filter.
CREATE INDEX issue_mentions_issue ON issue_mentions (issue_id, mention_id, deleted_at);
CREATE INDEX issue_mentions_mention ON issue_mentions (mention_id, issue_id, deleted_at);

-- One's own drafts.
CREATE INDEX draft_issues_created_by ON draft_issues (created_by_id, workspace_id, created_at);

-- How much of an intake waits, and a work item's place in one.
DROP INDEX intake_issues_project;
CREATE INDEX intake_issues_project ON intake_issues (project_id, status);
DROP INDEX intake_issues_issue;
CREATE INDEX intake_issues_issue ON intake_issues (issue_id, project_id);

-- What the other indexes of work items leave out, beside what is gone.
CREATE INDEX issues_drafts ON issues (project_id) WHERE is_draft;
