package module

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// orders are what lists can be ordered by.
var orders = map[string]string{"name": "name", "created_at": "created_at", "updated_at": "updated_at",
	"start_date": "start_date", "target_date": "target_date", "sort_order": "sort_order", "status": "status", "id": "id"}

// ListLite returns a part of the modules that are not archived, without how far they are, by name or -name (empty: the
// newest first), and how many there are in all.
func ListLite(c *app.Call, s store.ListPart, by string) ([]WithCounts, int, error) {
	order, err := app.OrderBy(by, "-created_at", orders)
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	rows, total, err := store.Modules.Page(t, dbx.And(here(c), dbx.HashExp{"archived_at": nil}), s, order, "id")
	if err != nil {
		return nil, 0, err
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	people, err := store.ModulePeople(t, ids)
	list := make([]WithCounts, len(rows))
	for i, row := range rows {
		list[i] = WithCounts{Module: row, Members: append([]string{}, people[row.ID]...)}
	}
	return list, total, err
}
