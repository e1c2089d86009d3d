package cycle

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// orders are what lists can be ordered by.
var orders = map[string]string{"name": "name", "created_at": "created_at", "updated_at": "updated_at",
	"start_date": "start_date", "end_date": "end_date", "sort_order": "sort_order", "id": "id"}

// ListLite returns a part of the cycles of a view (empty: of all) that are not archived, without how far they are, by
// name or -name (empty: the newest first), and how many there are in all.
func ListLite(c *app.Call, s store.ListPart, by, view string) ([]store.Cycle, int, error) {
	order, err := app.OrderBy(by, "-created_at", orders)
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	narrowed := views(view, t.Now)
	if view != "" && narrowed == nil {
		return nil, 0, app.Field("status", `"`+view+`" is not a valid choice.`)
	}
	rows, total, err := store.Cycles.Page(t, dbx.And(here(c), dbx.HashExp{"archived_at": nil}, narrowed), s, order, "id")
	for i := range rows {
		narrow(c, &rows[i])
	}
	return rows, total, err
}
