-- The index for numbers begins with the number: with the project first, lists were counted over it, which reads the table.
DROP INDEX issues_number;
CREATE INDEX issues_number ON issues (sequence_id, project_id);
