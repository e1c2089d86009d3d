-- Which work items changed, in order: outlines (store/outline) keep up by it. A work item's ties count as the work item.
-- It only grows at its end; the sweep cuts off what is some hours old.
CREATE TABLE issue_changes (
    id INTEGER PRIMARY KEY,
    issue_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);
CREATE TRIGGER issues_changed_insert AFTER INSERT ON issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.id, NEW.project_id); END;
CREATE TRIGGER issues_changed_update AFTER UPDATE ON issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.id, NEW.project_id); END;
CREATE TRIGGER issues_changed_delete AFTER DELETE ON issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (OLD.id, OLD.project_id); END;
CREATE TRIGGER issue_labels_changed_insert AFTER INSERT ON issue_labels BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_labels_changed_update AFTER UPDATE ON issue_labels BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_labels_changed_delete AFTER DELETE ON issue_labels BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (OLD.issue_id, OLD.project_id); END;
CREATE TRIGGER issue_assignees_changed_insert AFTER INSERT ON issue_assignees BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_assignees_changed_update AFTER UPDATE ON issue_assignees BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_assignees_changed_delete AFTER DELETE ON issue_assignees BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (OLD.issue_id, OLD.project_id); END;
CREATE TRIGGER issue_subscribers_changed_insert AFTER INSERT ON issue_subscribers BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_subscribers_changed_update AFTER UPDATE ON issue_subscribers BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER issue_subscribers_changed_delete AFTER DELETE ON issue_subscribers BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (OLD.issue_id, OLD.project_id); END;
CREATE TRIGGER cycle_issues_changed_insert AFTER INSERT ON cycle_issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER cycle_issues_changed_update AFTER UPDATE ON cycle_issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER cycle_issues_changed_delete AFTER DELETE ON cycle_issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (OLD.issue_id, OLD.project_id); END;
CREATE TRIGGER module_issues_changed_insert AFTER INSERT ON module_issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER module_issues_changed_update AFTER UPDATE ON module_issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (NEW.issue_id, NEW.project_id); END;
CREATE TRIGGER module_issues_changed_delete AFTER DELETE ON module_issues BEGIN INSERT INTO issue_changes (issue_id, project_id) VALUES (OLD.issue_id, OLD.project_id); END;

-- Followers of a work item, those who left too: without it a work item's followers are looked for in the whole table.
CREATE INDEX issue_subscribers_issue ON issue_subscribers (issue_id, subscriber_id, deleted_at);
