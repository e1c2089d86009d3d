package store

import "github.com/pocketbase/dbx"

// OwnOnly narrows work items to what a person may read: where a project shows guests no more, only those that they
// made. Whatever reads work items for somebody narrows by it; the zero value narrows nothing.
type OwnOnly struct {
	Projects []string // of which the person sees only the own work items
	User     string
}

// Issues holds for the rows of issues, by their alias, that the person may read; nil when nothing is narrowed.
func (o OwnOnly) Issues(alias string) dbx.Expression {
	if len(o.Projects) == 0 {
		return nil
	}
	return dbx.Or(dbx.Not(In(alias+".project_id", o.Projects)), dbx.HashExp{alias + ".created_by_id": o.User})
}

// Around holds for rows that hang on a work item which the person may read; project and issue are their columns.
func (o OwnOnly) Around(project, issue string) dbx.Expression {
	if len(o.Projects) == 0 {
		return nil
	}
	return dbx.Or(dbx.Not(In(project, o.Projects)), dbx.NewExp("EXISTS (SELECT 1 FROM issues oi WHERE oi.id = [["+issue+
		"]] AND oi.created_by_id = {:ownonly})", dbx.Params{"ownonly": o.User}))
}

// IsOthers says whether a work item, named by its id or by that of a comment on it, is one that the person may not
// read. What is not there is nobody's.
func IsOthers(t *Tx, o OwnOnly, issue, comment string) (bool, error) {
	if len(o.Projects) == 0 || issue == "" && comment == "" {
		return false, nil
	}
	which, id := "i.id = ?", issue
	if issue == "" {
		which, id = "i.id = (SELECT m.issue_id FROM issue_comments m WHERE m.id = ?)", comment
	}
	in, ids := t.In("i.project_id", o.Projects)
	var others bool
	err := t.One("SELECT EXISTS (SELECT 1 FROM issues i WHERE "+which+" AND "+in+
		" AND (i.created_by_id IS NULL OR i.created_by_id <> ?))", []any{id, ids, o.User}, &others)
	return others, err
}

// and is Issues as text that is added to a condition with ? placeholders.
func (o OwnOnly) and(t *Tx, alias string) (string, []any) {
	if len(o.Projects) == 0 {
		return "", nil
	}
	in, ids := t.In(alias+".project_id", o.Projects)
	return " AND (NOT (" + in + ") OR " + alias + ".created_by_id = ?)", []any{ids, o.User}
}

// named is Issues as text that is added to a condition with named parameters.
func (o OwnOnly) named(t *Tx, alias string, params dbx.Params) string {
	if len(o.Projects) == 0 {
		return ""
	}
	return " AND (" + t.Build(o.Issues(alias), params) + ")"
}
