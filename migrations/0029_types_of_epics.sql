-- The type of epics that a project made for itself is its own, and none of the workspace's.
UPDATE issue_types SET project_id = (SELECT p.project_id FROM project_issue_types p
        WHERE p.issue_type_id = issue_types.id AND p.deleted_at IS NULL LIMIT 1)
    WHERE is_epic AND project_id IS NULL AND name = 'Epic' AND EXISTS (SELECT 1 FROM project_issue_types p
            WHERE p.issue_type_id = issue_types.id AND p.deleted_at IS NULL AND p.created_at = issue_types.created_at AND p.level = 1)
        AND (SELECT COUNT(*) FROM project_issue_types p WHERE p.issue_type_id = issue_types.id AND p.deleted_at IS NULL) = 1;
