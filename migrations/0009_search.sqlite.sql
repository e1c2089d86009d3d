-- Names of work items by their trigrams: what a text is part of is found without reading every name.
-- A document's number is its project's number times 2^32, plus a count: a project is a range of documents, newest last.

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
        SELECT COALESCE((SELECT MAX(d.doc) FROM search_issues d WHERE d.doc > p.id << 32 AND d.doc < (p.id + 1) << 32), p.id << 32) + 1, NEW.id
        FROM search_projects p WHERE p.project_id = NEW.project_id;
    INSERT INTO issue_names (rowid, name) SELECT doc, NEW.name FROM search_issues WHERE issue_id = NEW.id;
END;
CREATE TRIGGER issues_search_update AFTER UPDATE OF name ON issues WHEN OLD.name IS NOT NEW.name BEGIN
    DELETE FROM issue_names WHERE rowid = (SELECT doc FROM search_issues WHERE issue_id = NEW.id);
    INSERT INTO issue_names (rowid, name) SELECT doc, NEW.name FROM search_issues WHERE issue_id = NEW.id;
END;
CREATE TRIGGER issues_search_delete AFTER DELETE ON issues BEGIN
    DELETE FROM issue_names WHERE rowid = (SELECT doc FROM search_issues WHERE issue_id = OLD.id);
    DELETE FROM search_issues WHERE issue_id = OLD.id;
END;

CREATE INDEX issues_number ON issues (project_id, sequence_id);
