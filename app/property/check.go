package property

import (
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Check says what is wrong with values that name other rows: options that are there and switched on, people and files
// of the project, work items that the caller may see. project is that of the work item; empty for what the workspace
// has.
func Check(c *app.Call, t *store.Tx, project string, p *store.ItemProperty, values []store.PropertyValue) (fault string,
	err error) {
	ids := refers(values)
	if len(ids) == 0 {
		return "", nil
	}
	there := map[string]bool{}
	switch {
	case p.PropertyType == store.PropertyOption:
		err = known(there, func() ([]store.PropertyOptionRow, error) {
			return store.PropertyOptions.List(t, dbx.And(dbx.HashExp{"property_id": p.ID, "is_active": true},
				store.In("id", ids)))
		}, func(o store.PropertyOptionRow) string { return o.ID })
	case p.PropertyType == store.PropertyFile:
		there, err = store.FilesThere(t, c.Workspace.ID, project, ids)
	case p.Relates() == store.ToUser && project == "":
		there, err = store.WorkspacePeople(t, c.Workspace.ID, ids)
	case p.Relates() == store.ToUser:
		people, failed := store.MembersAmong(t, project, ids)
		for id := range people {
			there[id] = true
		}
		err = failed
	default:
		rows, failed := store.Issues.ByID(t, ids)
		for id, i := range rows {
			there[id] = i.WorkspaceID == c.Workspace.ID && c.Sees(i.ProjectID, i.CreatedByID)
		}
		err = failed
	}
	for _, id := range ids {
		if !there[id] {
			return app.NoObject(id), err
		}
	}
	return "", err
}

func known[T any](there map[string]bool, read func() ([]T, error), id func(T) string) error {
	rows, err := read()
	for _, r := range rows {
		there[id(r)] = true
	}
	return err
}

func refers(values []store.PropertyValue) (ids []string) {
	for i := range values {
		if id := values[i].Refers(); id != "" {
			ids = append(ids, id)
		}
	}
	return ids
}

// Words says each of several values of a property of work items of a project in words, as the history has it.
func Words(t *store.Tx, project string, p *store.ItemProperty, lists ...[]store.PropertyValue) ([]string, error) {
	var ids []string
	for _, values := range lists {
		ids = append(ids, refers(values)...)
	}
	names, err := namesOf(t, project, p, ids)
	said := make([]string, len(lists))
	for n, values := range lists {
		var words []string
		for i := range values {
			words = append(words, word(p, &values[i], names))
		}
		said[n] = strings.Join(words, ", ")
	}
	return said, err
}

func namesOf(t *store.Tx, project string, p *store.ItemProperty, ids []string) (map[string]string, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	names := map[string]string{}
	switch {
	case p.PropertyType == store.PropertyOption:
		rows, err := store.PropertyOptions.List(t, store.In("id", ids))
		for _, o := range rows {
			names[o.ID] = o.Name
		}
		return names, err
	case p.Relates() == store.ToUser:
		rows, err := store.Users.ByID(t, ids)
		for id, u := range rows {
			names[id] = u.DisplayName
		}
		return names, err
	case p.Relates() == store.ToIssue:
		return store.NumbersIn(t, project, ids)
	}
	return names, nil
}

func word(p *store.ItemProperty, v *store.PropertyValue, names map[string]string) string {
	switch shown := Show(p.PropertyType, v).(type) {
	case bool:
		return strconv.FormatBool(shown)
	case float64:
		return strconv.FormatFloat(shown, 'f', -1, 64)
	case string:
		if name := names[shown]; name != "" {
			return name
		}
		return shown
	}
	return ""
}
