-- Types of work items beside the tables of 0003, the properties that types have, and the values that work items have of
-- them.

-- A project's own type names it; the others are the workspace's, which projects take over.
ALTER TABLE issue_types ADD COLUMN project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE;
UPDATE issue_types SET project_id = (SELECT p.project_id FROM project_issue_types p
        WHERE p.issue_type_id = issue_types.id AND p.deleted_at IS NULL LIMIT 1)
    WHERE (SELECT COUNT(*) FROM project_issue_types p WHERE p.issue_type_id = issue_types.id AND p.deleted_at IS NULL) = 1;
CREATE INDEX issue_types_project ON issue_types (project_id);
CREATE INDEX project_issue_types_type ON project_issue_types (issue_type_id);
CREATE INDEX issues_type ON issues (type_id) WHERE type_id IS NOT NULL;

-- The workspace's projects make no types of their own.
ALTER TABLE workspace_features ADD COLUMN work_item_types BOOLEAN NOT NULL DEFAULT FALSE;

CREATE TABLE issue_properties (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    display_name TEXT NOT NULL,
    description TEXT NOT NULL,
    logo_props $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    property_type TEXT NOT NULL,
    relation_type TEXT,
    is_required BOOLEAN NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_multi BOOLEAN NOT NULL,
    default_value $JSON NOT NULL,
    settings $JSON NOT NULL,
    validation_rules $JSON NOT NULL,
    external_id TEXT,
    external_source TEXT,
    project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_properties_project ON issue_properties (project_id);
CREATE INDEX issue_properties_workspace ON issue_properties (workspace_id);

CREATE TABLE issue_property_options (
    id $ID PRIMARY KEY,
    name TEXT NOT NULL,
    description TEXT NOT NULL,
    logo_props $JSON NOT NULL,
    sort_order DOUBLE PRECISION NOT NULL,
    is_active BOOLEAN NOT NULL,
    is_default BOOLEAN NOT NULL,
    external_id TEXT,
    external_source TEXT,
    parent_id $ID REFERENCES issue_property_options (id) ON DELETE SET NULL DEFERRABLE,
    property_id $ID NOT NULL REFERENCES issue_properties (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_property_options_property ON issue_property_options (property_id);
CREATE INDEX issue_property_options_parent ON issue_property_options (parent_id);
CREATE INDEX issue_property_options_project ON issue_property_options (project_id);
CREATE INDEX issue_property_options_workspace ON issue_property_options (workspace_id);

-- Which types have a property.
CREATE TABLE issue_type_properties (
    id $ID PRIMARY KEY,
    issue_type_id $ID NOT NULL REFERENCES issue_types (id) ON DELETE CASCADE DEFERRABLE,
    property_id $ID NOT NULL REFERENCES issue_properties (id) ON DELETE CASCADE DEFERRABLE,
    project_id $ID REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE UNIQUE INDEX issue_type_properties_key ON issue_type_properties (issue_type_id, property_id) WHERE deleted_at IS NULL;
CREATE INDEX issue_type_properties_type ON issue_type_properties (issue_type_id);
CREATE INDEX issue_type_properties_property ON issue_type_properties (property_id);
CREATE INDEX issue_type_properties_project ON issue_type_properties (project_id);
CREATE INDEX issue_type_properties_workspace ON issue_type_properties (workspace_id);

-- A value is in the one column that fits its property; a day or a time is a text, and a number to compare: the seconds
-- since 1970. What asks for a value has an index for each column, in which the work items stand in their order.
CREATE TABLE issue_property_values (
    id $ID PRIMARY KEY,
    property_id $ID NOT NULL REFERENCES issue_properties (id) ON DELETE CASCADE DEFERRABLE,
    issue_id $ID NOT NULL REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    text TEXT,
    number DOUBLE PRECISION,
    option_id $ID REFERENCES issue_property_options (id) ON DELETE CASCADE DEFERRABLE,
    user_id $ID REFERENCES users (id) ON DELETE CASCADE DEFERRABLE,
    related_issue_id $ID REFERENCES issues (id) ON DELETE CASCADE DEFERRABLE,
    file_id $ID REFERENCES file_assets (id) ON DELETE CASCADE DEFERRABLE,
    external_id TEXT,
    external_source TEXT,
    project_id $ID NOT NULL REFERENCES projects (id) ON DELETE CASCADE DEFERRABLE,
    workspace_id $ID NOT NULL REFERENCES workspaces (id) ON DELETE CASCADE DEFERRABLE,
    created_at $TIME NOT NULL,
    updated_at $TIME NOT NULL,
    created_by_id $ID,
    updated_by_id $ID,
    deleted_at $TIME
);
CREATE INDEX issue_property_values_issue ON issue_property_values (issue_id, property_id);
CREATE INDEX issue_property_values_property ON issue_property_values (property_id, issue_id);
CREATE INDEX issue_property_values_number ON issue_property_values (property_id, number, issue_id)
    WHERE number IS NOT NULL AND deleted_at IS NULL;
CREATE INDEX issue_property_values_text ON issue_property_values (property_id, substr(text, 1, 64), issue_id)
    WHERE text IS NOT NULL AND number IS NULL AND deleted_at IS NULL;
CREATE INDEX issue_property_values_option ON issue_property_values (option_id, issue_id) WHERE option_id IS NOT NULL;
CREATE INDEX issue_property_values_user ON issue_property_values (user_id, property_id, issue_id) WHERE user_id IS NOT NULL;
CREATE INDEX issue_property_values_related ON issue_property_values (related_issue_id, property_id, issue_id)
    WHERE related_issue_id IS NOT NULL;
CREATE INDEX issue_property_values_file ON issue_property_values (file_id) WHERE file_id IS NOT NULL;
CREATE INDEX issue_property_values_project ON issue_property_values (project_id);
CREATE INDEX issue_property_values_deleted ON issue_property_values (deleted_at) WHERE deleted_at IS NOT NULL;

-- A work item whose values change counts as changed: see 0008.
CREATE TRIGGER issue_property_values_changed_insert AFTER INSERT ON issue_property_values BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_property_values_changed_update AFTER UPDATE ON issue_property_values BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_property_values_changed_delete AFTER DELETE ON issue_property_values BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (OLD.issue_id, OLD.project_id); END;
