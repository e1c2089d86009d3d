-- Work items (issues) and what hangs on them.
-- Names are the reference's (contract/tables.txt), so that an import is table to table.

CREATE TABLE issues (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description_json $JSON NOT NULL,
    priority TEXT NOT NULL,
    start_date $DATE,
    target_date $DATE,
    sequence_id INTEGER NOT NULL,
    parent_id $ID REFERENCES issues (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    state_id $ID REFERENCES states (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    description_html TEXT NOT NULL,
    description_stripped TEXT,
    completed_at $TIME,
    sort_order DOUBLE PRECISION NOT NULL,
    point INTEGER,
    archived_at $DATE,
    is_draft BOOLEAN NOT NULL,
    external_id TEXT,
    external_source TEXT,
    description_binary $BLOB,
    estimate_point_id $ID REFERENCES estimate_points (id) ON DELETE SET NULL DEFERRABLE,
    type_id $ID REFERENCES issue_types (id) ON DELETE SET NULL DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issues_parent ON issues (parent_id) WHERE parent_id IS NOT NULL;
CREATE INDEX issues_created_by ON issues (created_by_id, workspace_id);
-- Lists: one index an order that people work in. Each ends with what settles ties, and holds what is filtered by most.
CREATE INDEX issues_list_created ON issues (project_id, created_at, id, state_id, priority) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_sort ON issues (project_id, sort_order, created_at DESC, id DESC, state_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_state ON issues (project_id, state_id, sort_order, created_at DESC, id DESC, priority) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_priority ON issues (project_id, priority, created_at, id, state_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_rank ON issues (project_id, (CASE priority WHEN 'none' THEN 0 WHEN 'low' THEN 1 WHEN 'medium' THEN 2 WHEN 'high' THEN 3 WHEN 'urgent' THEN 4 ELSE 9 END), created_at, id, state_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_name ON issues (project_id, name, created_at DESC, id DESC, state_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_start ON issues (project_id, start_date, created_at DESC, id DESC, state_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_target ON issues (project_id, target_date, created_at DESC, id DESC, state_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_updated ON issues (project_id, updated_at, created_at DESC, id DESC, state_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
CREATE INDEX issues_list_workspace ON issues (workspace_id, created_at, id, project_id, state_id, created_by_id) WHERE deleted_at IS NULL AND archived_at IS NULL AND NOT is_draft;
-- The next place in a column: archived ones count.
CREATE INDEX issues_place ON issues (state_id, sort_order) WHERE deleted_at IS NULL;
CREATE INDEX issues_gone ON issues (project_id, created_at, id) WHERE archived_at IS NOT NULL OR deleted_at IS NOT NULL;
-- It begins with the number: with the project first, lists would be counted over it, which reads the table.
CREATE INDEX issues_number ON issues (sequence_id, project_id);
-- What the other indexes of work items leave out, beside what is gone.
CREATE INDEX issues_drafts ON issues (project_id) WHERE is_draft;

CREATE TABLE issue_sequences (
    id $ID PRIMARY KEY,
    sequence BIGINT NOT NULL,
    deleted BOOLEAN NOT NULL,
    issue_id $ID REFERENCES issues (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_sequences_issue ON issue_sequences (issue_id);
CREATE INDEX issue_sequences_project ON issue_sequences (project_id, sequence);

CREATE TABLE issue_assignees (
    id $ID PRIMARY KEY,
    assignee_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_assignees_issue ON issue_assignees (issue_id, assignee_id, deleted_at);
CREATE INDEX issue_assignees_assignee ON issue_assignees (assignee_id, issue_id, deleted_at);
CREATE UNIQUE INDEX issue_assignees_issue_assignee_key ON issue_assignees (issue_id, assignee_id) WHERE deleted_at IS NULL;

CREATE TABLE issue_labels (
    id $ID PRIMARY KEY,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    label_id $ID NOT NULL REFERENCES labels (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_labels_issue ON issue_labels (issue_id, label_id, deleted_at);
CREATE INDEX issue_labels_label ON issue_labels (label_id, issue_id, deleted_at);

CREATE TABLE issue_links (
    id $ID PRIMARY KEY,
    title TEXT,
    url TEXT NOT NULL,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    metadata $JSON NOT NULL,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_links_issue ON issue_links (issue_id);

CREATE TABLE issue_mentions (
    id $ID PRIMARY KEY,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    mention_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_mentions_issue_mention_key ON issue_mentions (issue_id, mention_id) WHERE deleted_at IS NULL;
-- Mentions that were taken back count in the older filter.
CREATE INDEX issue_mentions_issue ON issue_mentions (issue_id, mention_id, deleted_at);
CREATE INDEX issue_mentions_mention ON issue_mentions (mention_id, issue_id, deleted_at);

CREATE TABLE issue_reactions (
    id $ID PRIMARY KEY,
    reaction TEXT NOT NULL,
    actor_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_reactions_issue_actor_reaction_key ON issue_reactions (issue_id, actor_id, reaction) WHERE deleted_at IS NULL;

CREATE TABLE issue_relations (
    id $ID PRIMARY KEY,
    relation_type TEXT NOT NULL,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    related_issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_relations_issue_related_issue_key ON issue_relations (issue_id, related_issue_id) WHERE deleted_at IS NULL;
-- Relations are asked for from either side in one breath, for which SQLite wants an index of all rows for each.
CREATE INDEX issue_relations_issue ON issue_relations (issue_id, related_issue_id, deleted_at);
CREATE INDEX issue_relations_related ON issue_relations (related_issue_id, issue_id, deleted_at);

CREATE TABLE issue_subscribers (
    id $ID PRIMARY KEY,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    subscriber_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_subscribers_subscriber ON issue_subscribers (subscriber_id, issue_id);
CREATE UNIQUE INDEX issue_subscribers_issue_subscriber_key ON issue_subscribers (issue_id, subscriber_id) WHERE deleted_at IS NULL;
-- Those who left too: without it a work item's followers are looked for in the whole table.
CREATE INDEX issue_subscribers_issue ON issue_subscribers (issue_id, subscriber_id, deleted_at);

CREATE TABLE issue_votes (
    id $ID PRIMARY KEY,
    vote INTEGER NOT NULL,
    actor_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_votes_issue_actor_key ON issue_votes (issue_id, actor_id) WHERE deleted_at IS NULL;

CREATE TABLE descriptions (
    id $ID PRIMARY KEY,
    description_json $JSON NOT NULL,
    description_html TEXT NOT NULL,
    description_binary $BLOB,
    description_stripped TEXT,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);

CREATE TABLE description_versions (
    id $ID PRIMARY KEY,
    description_json $JSON NOT NULL,
    description_html TEXT NOT NULL,
    description_binary $BLOB,
    description_stripped TEXT,
    description_id $ID NOT NULL REFERENCES descriptions (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX description_versions_description ON description_versions (description_id);

CREATE TABLE issue_comments (
    id $ID PRIMARY KEY,
    comment_stripped TEXT NOT NULL,
    attachments $JSON NOT NULL,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    actor_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    comment_html TEXT NOT NULL,
    comment_json $JSON NOT NULL,
    access TEXT NOT NULL,
    external_id TEXT,
    external_source TEXT,
    edited_at $TIME,
    description_id $ID REFERENCES descriptions (id) ON DELETE SET NULL DEFERRABLE,
    parent_id $ID REFERENCES issue_comments (id) ON DELETE SET NULL DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_comments_issue ON issue_comments (issue_id);
CREATE INDEX issue_comments_parent ON issue_comments (parent_id);
CREATE UNIQUE INDEX issue_comments_description_key ON issue_comments (description_id);

CREATE TABLE comment_reactions (
    id $ID PRIMARY KEY,
    reaction TEXT NOT NULL,
    actor_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    comment_id $ID NOT NULL REFERENCES issue_comments (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX comment_reactions_comment_actor_reaction_key ON comment_reactions (comment_id, actor_id, reaction) WHERE deleted_at IS NULL;

CREATE TABLE issue_activities (
    id $ID PRIMARY KEY,
    verb TEXT NOT NULL,
    field TEXT,
    old_value TEXT,
    new_value TEXT,
    comment TEXT NOT NULL,
    attachments $JSON NOT NULL,
    issue_id $ID REFERENCES issues (id) ON DELETE SET NULL DEFERRABLE,
    issue_comment_id $ID REFERENCES issue_comments (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    actor_id $ID REFERENCES users (id) ON DELETE SET NULL DEFERRABLE,
    new_identifier $ID,
    old_identifier $ID,
    epoch DOUBLE PRECISION,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_activities_issue ON issue_activities (issue_id);
CREATE INDEX issue_activities_actor ON issue_activities (actor_id, created_at);

CREATE TABLE issue_versions (
    id $ID PRIMARY KEY,
    parent $ID,
    state $ID,
    estimate_point $ID,
    name TEXT NOT NULL,
    priority TEXT NOT NULL,
    start_date $DATE,
    target_date $DATE,
    sequence_id INTEGER NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    completed_at $TIME,
    archived_at $DATE,
    is_draft BOOLEAN NOT NULL,
    external_source TEXT,
    external_id TEXT,
    "type" $ID,
    last_saved_at $TIME NOT NULL,
    owned_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    assignees $JSON NOT NULL,
    labels $JSON NOT NULL,
    cycle $ID,
    modules $JSON NOT NULL,
    properties $JSON NOT NULL,
    meta $JSON NOT NULL,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    activity_id $ID REFERENCES issue_activities (id) ON DELETE SET NULL DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX issue_versions_issue ON issue_versions (issue_id);

CREATE TABLE issue_description_versions (
    id $ID PRIMARY KEY,
    description_binary $BLOB,
    description_html TEXT NOT NULL,
    description_stripped TEXT,
    description_json $JSON NOT NULL,
    last_saved_at $TIME NOT NULL,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    owned_by_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX issue_description_versions_issue ON issue_description_versions (issue_id);

CREATE TABLE draft_issues (
    id $ID PRIMARY KEY,
    name TEXT,
    description_json $JSON NOT NULL,
    description_html TEXT NOT NULL,
    description_stripped TEXT,
    description_binary $BLOB,
    priority TEXT NOT NULL,
    start_date $DATE,
    target_date $DATE,
    sort_order DOUBLE PRECISION NOT NULL,
    completed_at $TIME,
    external_source TEXT,
    external_id TEXT,
    estimate_point_id $ID REFERENCES estimate_points (id) ON DELETE SET NULL DEFERRABLE,
    parent_id $ID REFERENCES issues (id) ON DELETE SET NULL DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    state_id $ID REFERENCES states (id) ON DELETE SET NULL DEFERRABLE,
    type_id $ID REFERENCES issue_types (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX draft_issues_parent ON draft_issues (parent_id);
CREATE INDEX draft_issues_project ON draft_issues (project_id);
-- One's own drafts.
CREATE INDEX draft_issues_created_by ON draft_issues (created_by_id, workspace_id, created_at);

CREATE TABLE draft_issue_assignees (
    id $ID PRIMARY KEY,
    assignee_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    draft_issue_id $ID NOT NULL REFERENCES draft_issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE UNIQUE INDEX draft_issue_assignees_draft_issue_assignee_key ON draft_issue_assignees (draft_issue_id, assignee_id) WHERE deleted_at IS NULL;

CREATE TABLE draft_issue_labels (
    id $ID PRIMARY KEY,
    draft_issue_id $ID NOT NULL REFERENCES draft_issues (id) ON DELETE CASCADE DEFERRABLE,
    label_id $ID NOT NULL REFERENCES labels (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE SET NULL DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    deleted_at $TIME,
    created_by_id $ID,
    updated_by_id $ID
);
CREATE INDEX draft_issue_labels_draft_issue ON draft_issue_labels (draft_issue_id);
CREATE INDEX draft_issue_labels_label ON draft_issue_labels (label_id);
