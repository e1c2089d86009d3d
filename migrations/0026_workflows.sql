-- How work items of a project may move: its workflows, the states that each has, and the transitions between them.
CREATE TABLE workflows (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workflows_default_key ON workflows (project_id) WHERE is_default AND deleted_at IS NULL;
CREATE INDEX workflows_project ON workflows (project_id, created_at);
CREATE INDEX workflows_workspace ON workflows (workspace_id);

-- Which types of work items a workflow is for: of all others the default one is.
CREATE TABLE workflow_types (
    id $ID PRIMARY KEY,
    workflow_id $ID NOT NULL REFERENCES workflows (id) ON DELETE CASCADE DEFERRABLE,
    type_id $ID NOT NULL REFERENCES issue_types (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workflow_types_key ON workflow_types (project_id, type_id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_types_workflow ON workflow_types (workflow_id);
CREATE INDEX workflow_types_type ON workflow_types (type_id);
CREATE INDEX workflow_types_workspace ON workflow_types (workspace_id);

CREATE TABLE workflow_states (
    id $ID PRIMARY KEY,
    type TEXT NOT NULL,
    allow_issue_creation BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    workflow_id $ID NOT NULL REFERENCES workflows (id) ON DELETE CASCADE DEFERRABLE,
    state_id $ID NOT NULL REFERENCES states (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workflow_states_key ON workflow_states (workflow_id, state_id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_states_workflow ON workflow_states (workflow_id, created_at);
CREATE INDEX workflow_states_state ON workflow_states (state_id);
CREATE INDEX workflow_states_project ON workflow_states (project_id);
CREATE INDEX workflow_states_workspace ON workflow_states (workspace_id);

-- From a state of a workflow to another state. From one that waits for approval: where what is approved goes, and what
-- is rejected.
CREATE TABLE workflow_transitions (
    id $ID PRIMARY KEY,
    required_approvals INTEGER,
    restricted BOOLEAN NOT NULL,
    workflow_id $ID NOT NULL REFERENCES workflows (id) ON DELETE CASCADE DEFERRABLE,
    workflow_state_id $ID NOT NULL REFERENCES workflow_states (id) ON DELETE CASCADE DEFERRABLE,
    transition_state_id $ID NOT NULL REFERENCES states (id) ON DELETE CASCADE DEFERRABLE,
    rejection_state_id $ID REFERENCES states (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workflow_transitions_key ON workflow_transitions (workflow_state_id, transition_state_id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_transitions_workflow ON workflow_transitions (workflow_id, created_at);
CREATE INDEX workflow_transitions_from ON workflow_transitions (workflow_state_id);
CREATE INDEX workflow_transitions_to ON workflow_transitions (transition_state_id);
CREATE INDEX workflow_transitions_rejection ON workflow_transitions (rejection_state_id);
CREATE INDEX workflow_transitions_project ON workflow_transitions (project_id);
CREATE INDEX workflow_transitions_workspace ON workflow_transitions (workspace_id);

-- Who may make a transition, or approve it, where not everybody may.
CREATE TABLE workflow_transition_members (
    id $ID PRIMARY KEY,
    transition_id $ID NOT NULL REFERENCES workflow_transitions (id) ON DELETE CASCADE DEFERRABLE,
    member_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workflow_transition_members_key ON workflow_transition_members (transition_id, member_id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_transition_members_transition ON workflow_transition_members (transition_id);
CREATE INDEX workflow_transition_members_member ON workflow_transition_members (member_id);
CREATE INDEX workflow_transition_members_project ON workflow_transition_members (project_id);
CREATE INDEX workflow_transition_members_workspace ON workflow_transition_members (workspace_id);

-- Who has approved that a work item, which waits for that, makes a transition.
CREATE TABLE workflow_approvals (
    id $ID PRIMARY KEY,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    transition_id $ID NOT NULL REFERENCES workflow_transitions (id) ON DELETE CASCADE DEFERRABLE,
    actor_id $ID NOT NULL REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX workflow_approvals_key ON workflow_approvals (issue_id, transition_id, actor_id) WHERE deleted_at IS NULL;
CREATE INDEX workflow_approvals_issue ON workflow_approvals (issue_id);
CREATE INDEX workflow_approvals_transition ON workflow_approvals (transition_id);
CREATE INDEX workflow_approvals_actor ON workflow_approvals (actor_id);
CREATE INDEX workflow_approvals_project ON workflow_approvals (project_id);
CREATE INDEX workflow_approvals_workspace ON workflow_approvals (workspace_id);
CREATE INDEX workflow_approvals_deleted ON workflow_approvals (deleted_at) WHERE deleted_at IS NOT NULL;

-- Who changed what of a workflow.
CREATE TABLE workflow_activities (
    id $ID PRIMARY KEY,
    verb TEXT NOT NULL,
    field TEXT,
    old_value TEXT,
    new_value TEXT,
    workflow_id $ID NOT NULL REFERENCES workflows (id) ON DELETE CASCADE DEFERRABLE,
    actor_id $ID REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX workflow_activities_workflow ON workflow_activities (workflow_id, created_at);
CREATE INDEX workflow_activities_actor ON workflow_activities (actor_id);
CREATE INDEX workflow_activities_project ON workflow_activities (project_id);
CREATE INDEX workflow_activities_workspace ON workflow_activities (workspace_id);
CREATE INDEX workflow_activities_deleted ON workflow_activities (deleted_at) WHERE deleted_at IS NOT NULL;
