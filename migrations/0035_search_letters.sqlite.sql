-- Names are indexed with i for İ, which the index does not fold: see store/fold.go.
DROP TRIGGER issues_search_insert;
DROP TRIGGER issues_search_update;
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
DELETE FROM issue_names WHERE rowid IN (SELECT d.doc FROM search_issues d JOIN issues i ON i.id = d.issue_id WHERE i.name LIKE '%İ%');
INSERT INTO issue_names (rowid, name)
    SELECT d.doc, replace(i.name, 'İ', 'i') FROM search_issues d JOIN issues i ON i.id = d.issue_id WHERE i.name LIKE '%İ%';
