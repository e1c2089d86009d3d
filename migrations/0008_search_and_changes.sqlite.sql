-- What SQLite keeps up by triggers: the index of names, and which work items changed.

-- Names of work items by their trigrams: what a text is part of is found without reading every name. Names are indexed with i
-- for İ, which the index does not fold: see db.Fold.
-- A document's number is its project's number times 2^32, plus a number that counts down: a project is a range of documents,
-- its newest first, since the index is read forwards ten times faster than backwards.
CREATE TABLE search_projects (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    project_id TEXT NOT NULL UNIQUE
);
CREATE TABLE search_issues (
    doc INTEGER PRIMARY KEY,
    issue_id TEXT NOT NULL UNIQUE
);
CREATE VIRTUAL TABLE issue_names USING fts5(name, content='', contentless_delete=1, tokenize='trigram');

CREATE TRIGGER issues_search_insert AFTER INSERT ON issues BEGIN
    INSERT INTO search_projects (project_id)
        SELECT NEW.project_id WHERE NOT EXISTS (SELECT 1 FROM search_projects WHERE project_id = NEW.project_id);
    INSERT INTO search_issues (doc, issue_id)
        SELECT COALESCE((SELECT MIN(d.doc) FROM search_issues d WHERE d.doc > p.id << 32 AND d.doc < (p.id + 1) << 32), (p.id + 1) << 32) - 1, NEW.id
        FROM search_projects p WHERE p.project_id = NEW.project_id;
    INSERT INTO issue_names (rowid, name) SELECT doc, replace(NEW.name, 'İ', 'i') FROM search_issues WHERE issue_id = NEW.id;
END;
CREATE TRIGGER issues_search_update AFTER UPDATE OF name ON issues WHEN OLD.name IS NOT NEW.name BEGIN
    DELETE FROM issue_names WHERE rowid = (SELECT doc FROM search_issues WHERE issue_id = NEW.id);
    INSERT INTO issue_names (rowid, name) SELECT doc, replace(NEW.name, 'İ', 'i') FROM search_issues WHERE issue_id = NEW.id;
END;
CREATE TRIGGER issues_search_delete AFTER DELETE ON issues BEGIN
    DELETE FROM issue_names WHERE rowid = (SELECT doc FROM search_issues WHERE issue_id = OLD.id);
    DELETE FROM search_issues WHERE issue_id = OLD.id;
END;

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
