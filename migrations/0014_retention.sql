-- What cleaning has done, by rule. Ours. "all" is a round over all rules.
CREATE TABLE cleanings (
    rule TEXT PRIMARY KEY,
    began_at $TIME NOT NULL,
    ended_at $TIME,
    rows_removed BIGINT NOT NULL,
    rows_total BIGINT NOT NULL,
    fault TEXT NOT NULL
);

-- What is looked for by its age.
CREATE INDEX api_activity_logs_created ON api_activity_logs (created_at);
CREATE INDEX api_activity_logs_maker ON api_activity_logs (created_by_id, created_at);
CREATE INDEX webhook_logs_created ON webhook_logs (created_at);
CREATE INDEX email_notification_logs_created ON email_notification_logs (created_at);
CREATE INDEX notifications_created ON notifications (created_at);
CREATE INDEX page_versions_saved ON page_versions (page_id, last_saved_at);
CREATE INDEX issue_description_versions_saved ON issue_description_versions (issue_id, last_saved_at);
CREATE INDEX exporters_created ON exporters (created_at);
CREATE INDEX file_assets_awaited ON file_assets (created_at) WHERE NOT is_uploaded;
CREATE INDEX issue_activities_alone ON issue_activities (created_at) WHERE issue_id IS NULL;
CREATE INDEX issue_sequences_alone ON issue_sequences (project_id, sequence) WHERE issue_id IS NULL;
CREATE INDEX descriptions_created ON descriptions (created_at);
CREATE INDEX codes_expires ON codes (expires_at);
DROP INDEX page_versions_page;
DROP INDEX issue_description_versions_issue;

-- What was deleted, of the tables that grow.
CREATE INDEX issues_deleted ON issues (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_sequences_deleted ON issue_sequences (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_assignees_deleted ON issue_assignees (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_labels_deleted ON issue_labels (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_links_deleted ON issue_links (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_mentions_deleted ON issue_mentions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_reactions_deleted ON issue_reactions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_relations_deleted ON issue_relations (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_subscribers_deleted ON issue_subscribers (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_votes_deleted ON issue_votes (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_comments_deleted ON issue_comments (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX comment_reactions_deleted ON comment_reactions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX descriptions_deleted ON descriptions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_activities_deleted ON issue_activities (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX issue_description_versions_deleted ON issue_description_versions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX cycle_issues_deleted ON cycle_issues (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX module_issues_deleted ON module_issues (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX intake_issues_deleted ON intake_issues (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX pages_deleted ON pages (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX page_versions_deleted ON page_versions (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX page_logs_deleted ON page_logs (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX file_assets_deleted ON file_assets (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX notifications_deleted ON notifications (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX email_notification_logs_deleted ON email_notification_logs (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX webhook_logs_deleted ON webhook_logs (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX api_activity_logs_deleted ON api_activity_logs (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX user_recent_visits_deleted ON user_recent_visits (deleted_at) WHERE deleted_at IS NOT NULL;

-- What the database asks for when a row goes that others refer to.
CREATE INDEX issue_activities_comment ON issue_activities (issue_comment_id) WHERE issue_comment_id IS NOT NULL;
CREATE INDEX comment_reactions_comment ON comment_reactions (comment_id);
CREATE INDEX issue_reactions_issue ON issue_reactions (issue_id);
CREATE INDEX issue_votes_issue ON issue_votes (issue_id);
CREATE INDEX intake_issues_duplicate ON intake_issues (duplicate_to_id) WHERE duplicate_to_id IS NOT NULL;
CREATE INDEX issue_versions_activity ON issue_versions (activity_id) WHERE activity_id IS NOT NULL;
CREATE INDEX cycle_issues_cycle ON cycle_issues (cycle_id);
CREATE INDEX cycle_user_properties_cycle ON cycle_user_properties (cycle_id);
CREATE INDEX module_members_module ON module_members (module_id);
CREATE INDEX module_user_properties_module ON module_user_properties (module_id);
CREATE INDEX draft_issue_assignees_draft ON draft_issue_assignees (draft_issue_id);
CREATE INDEX draft_issue_cycles_draft ON draft_issue_cycles (draft_issue_id);
CREATE INDEX draft_issue_modules_draft ON draft_issue_modules (draft_issue_id);
