// Package export writes work items as files that people take away.
package export

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Result is an export that is to be written.
type Result struct {
	ID       string `json:"id"`
	Multiple bool   `json:"multiple"` // a file for each project
}

const (
	kind    = "issue_exports"
	goodFor = 7 * 24 * time.Hour // an export's address
)

// IsFormat says whether there are exports in that format.
func IsFormat(format string) bool { return slices.Contains([]string{"csv", "xlsx", "json"}, format) }

// Order leaves an export of the projects (none: all of the caller's) to be written. Plane: app/views/exporter/base.py
func Order(c *app.Call, format string, projects []string, multiple bool) error {
	if len(projects) == 0 {
		ids := make([]string, 0, len(c.Access.Projects))
		for id := range c.Access.Projects {
			ids = append(ids, id)
		}
		rows, err := store.Projects.List(c.Read(),
			dbx.And(store.In("id", ids), dbx.HashExp{"workspace_id": c.Workspace.ID, "archived_at": nil}), "created_at DESC",
			"id DESC")
		if err != nil {
			return err
		}
		for _, p := range rows {
			projects = append(projects, p.ID)
		}
	}
	list, err := list(projects)
	if err != nil {
		return err
	}
	row := &store.Exporter{Project: list, Provider: format, Status: store.ExportQueued,
		Token: strings.ReplaceAll(uuid.NewString(), "-", ""), InitiatedByID: c.User.ID, WorkspaceID: c.Workspace.ID,
		Type: kind, RichFilters: store.NullJSON("{}")}
	return c.Write(func(t *store.Tx) error {
		if err := store.Exporters.Insert(t, row); err != nil {
			return err
		}
		return store.Enqueue(t, store.JobExport, Result{row.ID, multiple})
	})
}

// WithLink is a page of the workspace's exports.
type WithLink struct {
	Rows   []store.Exporter
	People map[string]*store.User // who ordered them
	Total  int
	left   []string // the projects that the caller was put out of, or left
}

// orders are the columns by which exports can be asked for.
var orders = []string{"created_at", "updated_at", "provider", "status", "id", "token"}

// List returns a page of the exports of the workspace.
func List(c *app.Call, order string, offset, limit int) (*WithLink, error) {
	column, down := strings.CutPrefix(order, "-")
	if !slices.Contains(orders, column) {
		return nil, app.Field("order_by", "There is no such field.")
	}
	by := []string{column, "id"}
	if down {
		by = []string{column + " DESC", "id DESC"}
	}
	t, where := c.Read(), dbx.HashExp{"workspace_id": c.Workspace.ID, "type": kind}
	l := &WithLink{Rows: []store.Exporter{}}
	var err error
	if l.Total, err = store.Exporters.Count(t, where); err != nil {
		return nil, err
	}
	q := store.Exporters.Query(t).AndWhere(where).OrderBy(by...).Offset(int64(offset)).Limit(int64(limit))
	if err := q.All(&l.Rows); err != nil {
		return nil, err
	}
	ids := make([]string, len(l.Rows))
	for i, row := range l.Rows {
		ids[i] = row.InitiatedByID
	}
	if l.left, err = store.ProjectsLeft(t, c.Workspace.ID, c.UserID()); err != nil {
		return nil, err
	}
	l.People, err = store.Users.ByID(t, ids)
	return l, err
}

// Until says until when the caller may fetch an export; false: not at all. The reference shows the address to the whole
// workspace, though others may not see what is in it; neither may who was put out of one of its projects since.
func (l *WithLink) Until(c *app.Call, row *store.Exporter) (time.Time, bool) {
	until := row.CreatedAt.Add(goodFor)
	var of []string
	if json.Unmarshal(row.Project, &of) != nil || slices.ContainsFunc(of,
		func(id string) bool { return slices.Contains(l.left, id) }) {
		return until, false
	}
	whole := row.Status == store.ExportCompleted && row.Key != ""
	return until, whole && row.InitiatedByID == c.UserID() && c.DB.Now().Before(until)
}
