-- Kinds of relations that a workspace makes itself, and the relations of those kinds: from a work item to another one.
CREATE TABLE issue_relation_definitions (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    outward TEXT NOT NULL,
    inward TEXT NOT NULL,
    color TEXT,
    is_default BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_relation_definitions_name_key ON issue_relation_definitions (workspace_id, name) WHERE deleted_at IS NULL;
CREATE INDEX issue_relation_definitions_workspace ON issue_relation_definitions (workspace_id);

CREATE TABLE issue_typed_relations (
    id $ID PRIMARY KEY,
    definition_id $ID NOT NULL REFERENCES issue_relation_definitions (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    related_issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_typed_relations_key ON issue_typed_relations (definition_id, issue_id, related_issue_id) WHERE deleted_at IS NULL;
CREATE INDEX issue_typed_relations_definition ON issue_typed_relations (definition_id);
-- As with issue_relations: both sides are asked for in one breath.
CREATE INDEX issue_typed_relations_issue ON issue_typed_relations (issue_id, related_issue_id, deleted_at);
CREATE INDEX issue_typed_relations_related ON issue_typed_relations (related_issue_id, issue_id, deleted_at);
CREATE INDEX issue_typed_relations_deleted ON issue_typed_relations (deleted_at) WHERE deleted_at IS NOT NULL;
