-- Workflows of a workspace belong to no project: projects give them to types. Their states are those of that name in each
-- project; state_id is one of them, by which programs name it.
DROP INDEX workflows_project;
DROP INDEX workflows_default_key;
ALTER TABLE workflows RENAME COLUMN project_id TO former_project_id;
ALTER TABLE workflows ADD COLUMN project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE;
UPDATE workflows SET project_id = former_project_id;
ALTER TABLE workflows DROP COLUMN former_project_id;
CREATE INDEX workflows_project ON workflows (project_id, created_at);
CREATE UNIQUE INDEX workflows_default_key ON workflows (project_id) WHERE is_default AND deleted_at IS NULL;
DROP INDEX workflow_states_project;
ALTER TABLE workflow_states RENAME COLUMN project_id TO former_project_id;
ALTER TABLE workflow_states ADD COLUMN project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE;
UPDATE workflow_states SET project_id = former_project_id;
ALTER TABLE workflow_states DROP COLUMN former_project_id;
CREATE INDEX workflow_states_project ON workflow_states (project_id);
DROP INDEX workflow_transitions_project;
ALTER TABLE workflow_transitions RENAME COLUMN project_id TO former_project_id;
ALTER TABLE workflow_transitions ADD COLUMN project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE;
UPDATE workflow_transitions SET project_id = former_project_id;
ALTER TABLE workflow_transitions DROP COLUMN former_project_id;
CREATE INDEX workflow_transitions_project ON workflow_transitions (project_id);
DROP INDEX workflow_transition_members_project;
ALTER TABLE workflow_transition_members RENAME COLUMN project_id TO former_project_id;
ALTER TABLE workflow_transition_members ADD COLUMN project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE;
UPDATE workflow_transition_members SET project_id = former_project_id;
ALTER TABLE workflow_transition_members DROP COLUMN former_project_id;
CREATE INDEX workflow_transition_members_project ON workflow_transition_members (project_id);
DROP INDEX workflow_activities_project;
ALTER TABLE workflow_activities RENAME COLUMN project_id TO former_project_id;
ALTER TABLE workflow_activities ADD COLUMN project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE;
UPDATE workflow_activities SET project_id = former_project_id;
ALTER TABLE workflow_activities DROP COLUMN former_project_id;
CREATE INDEX workflow_activities_project ON workflow_activities (project_id);

-- The name of a state of a workflow of a workspace; of one of a project the state itself has it.
ALTER TABLE workflow_states ADD COLUMN name TEXT;

-- What happens on a transition: before it, where one that fails holds it up, or after it.
CREATE TABLE workflow_hooks (
    id $ID PRIMARY KEY,
    phase TEXT NOT NULL,
    handler_name TEXT NOT NULL,
    config $JSON NOT NULL,
    secret TEXT NOT NULL DEFAULT '',
    execution_order INTEGER NOT NULL,
    is_enabled BOOLEAN NOT NULL,
    workflow_id $ID NOT NULL REFERENCES workflows (id) ON DELETE CASCADE DEFERRABLE,
    transition_id $ID NOT NULL REFERENCES workflow_transitions (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX workflow_hooks_transition ON workflow_hooks (transition_id, execution_order);
CREATE INDEX workflow_hooks_workflow ON workflow_hooks (workflow_id);
CREATE INDEX workflow_hooks_project ON workflow_hooks (project_id);
CREATE INDEX workflow_hooks_workspace ON workflow_hooks (workspace_id);

-- What became of hooks, each time: it is told after a hook is deleted, too.
CREATE TABLE workflow_hook_runs (
    id $ID PRIMARY KEY,
    hook_id $ID NOT NULL,
    phase TEXT NOT NULL,
    handler_name TEXT NOT NULL,
    status TEXT NOT NULL,
    input $JSON NOT NULL,
    output $JSON NOT NULL,
    fault TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    duration_ms INTEGER NOT NULL,
    ended_at $TIME,
    transition_id $ID NOT NULL REFERENCES workflow_transitions (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    actor_id $ID REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX workflow_hook_runs_hook ON workflow_hook_runs (hook_id, created_at, id);
CREATE INDEX workflow_hook_runs_transition ON workflow_hook_runs (transition_id);
CREATE INDEX workflow_hook_runs_issue ON workflow_hook_runs (issue_id);
CREATE INDEX workflow_hook_runs_actor ON workflow_hook_runs (actor_id);
CREATE INDEX workflow_hook_runs_project ON workflow_hook_runs (project_id);
CREATE INDEX workflow_hook_runs_workspace ON workflow_hook_runs (workspace_id);
CREATE INDEX workflow_hook_runs_deleted ON workflow_hook_runs (deleted_at) WHERE deleted_at IS NOT NULL;
