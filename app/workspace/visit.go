package workspace

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Visit is something that the caller looked at.
type Visit struct {
	store.RecentVisit
	Entity *store.Entity
}

// ListVisits returns the projects, issues and pages that the caller looked at, those first seen last first; kind
// narrows them to one. What is gone, or no longer for them, is left out.
func ListVisits(c *app.Call, kind string) ([]Visit, error) {
	where := []dbx.Expression{own(c), dbx.In("entity_name", "issue", "page", "project")}
	if kind != "" {
		where = append(where, dbx.HashExp{"entity_name": kind})
	}
	t := c.Read()
	rows, err := store.RecentVisits.List(t, dbx.And(where...), "created_at DESC", "id DESC")
	if err != nil {
		return nil, err
	}
	kinds := map[string][]string{}
	for _, v := range rows {
		kinds[v.EntityName] = append(kinds[v.EntityName], *v.EntityIdentifier)
	}
	found := map[string]map[string]*store.Entity{}
	for kind, ids := range kinds {
		if found[kind], err = store.Entities(t, kind, c.Workspace.ID, ids); err != nil {
			return nil, err
		}
		if err := store.NamePeople(t, kind, found[kind]); err != nil {
			return nil, err
		}
	}
	list := make([]Visit, 0, len(rows))
	for _, v := range rows {
		if e := found[v.EntityName][*v.EntityIdentifier]; e != nil && mayName(c, e) {
			list = append(list, Visit{v, e})
		}
	}
	return list, nil
}
