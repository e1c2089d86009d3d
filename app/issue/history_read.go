package issue

import (
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// FullHistory is what happened to one work item, and what shows beside each entry.
type FullHistory struct {
	Issue      *store.Issue // deleted or not
	Project    *store.Project
	Activities []store.IssueActivity
	People     map[string]*store.User
	Intake     *store.IntakeIssue // how the work item came in; nil when it was made here
}

// History returns the entries of a work item of the call's project, oldest first; since leaves out what is older.
// Comments, votes and reactions are told elsewhere. In an archived project there is none, as in the reference.
// Plane: app/views/issue/activity.py
func History(c *app.Call, id string, since *time.Time) (*FullHistory, error) {
	t := c.Read()
	rows, err := store.HistoryOf(t, placeOf(c, id), since)
	if err != nil || len(rows) == 0 {
		return &FullHistory{}, err
	}
	trail := &FullHistory{Issue: &store.Issue{}, Activities: rows}
	if err := store.Issues.QueryAll(t).AndWhere(dbx.HashExp{"id": id}).One(trail.Issue); err != nil {
		return nil, fmt.Errorf("work item of a history: %w", err)
	}
	if trail.Project, err = store.Projects.Find(t, c.ProjectID); err != nil {
		return nil, err
	}
	actors := make([]string, 0, len(rows))
	for _, r := range rows {
		actors = append(actors, value(r.ActorID))
	}
	if trail.People, err = store.Users.ByID(t, distinct(actors)); err != nil {
		return nil, err
	}
	trail.Intake, err = store.IntakeIssues.First(t, dbx.HashExp{"issue_id": id}, "created_at DESC")
	if errors.Is(err, store.ErrNotFound) {
		trail.Intake, err = nil, nil
	}
	return trail, err
}

// Page is a part of a list that is read with cursors of size:page:0.
type Page[T any] struct {
	Size, Number, Total int
	Rows                []T
}

// ListVersions returns a page of the versions of a work item's text, newest first or oldest first.
// Guests see those of their own work items only, unless the project shows them everything.
func ListVersions(c *app.Call, id, cursor string, newest bool) (*Page[store.IssueDescriptionVersion], error) {
	if err := mayReadVersions(c, id); err != nil {
		return nil, err
	}
	order := "created_at"
	if newest {
		order = "created_at DESC"
	}
	return versionPage(c, store.IssueDescriptionVersions, id, cursor, order)
}

// ListStates returns a page of the states a work item was in as a whole. The reference keeps none, and so do we: an
// import may.
func ListStates(c *app.Call, id, cursor string) (*Page[store.IssueVersion], error) {
	return versionPage(c, store.IssueVersions, id, cursor, "created_at DESC")
}

// GetVersion returns one version of a work item's text; store.ErrNotFound without one.
func GetVersion(c *app.Call, id, version string) (*store.IssueDescriptionVersion, error) {
	if err := mayReadVersions(c, id); err != nil {
		return nil, err
	}
	return store.IssueDescriptionVersions.Get(c.Read(), ofIssue(c, id, dbx.HashExp{"id": version}))
}

// GetState returns one state a work item was in as a whole; store.ErrNotFound without one.
func GetState(c *app.Call, id, version string) (*store.IssueVersion, error) {
	return store.IssueVersions.Get(c.Read(), ofIssue(c, id, dbx.HashExp{"id": version}))
}

func mayReadVersions(c *app.Call, id string) error {
	i, err := store.Issues.Get(c.Read(), dbx.HashExp{"id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID})
	if err != nil {
		return err
	}
	return mayRead(c, i.CreatedByID)
}

// mayRead refuses a guest what others made, unless the project shows guests everything.
func mayRead(c *app.Call, creator *string) error {
	if c.SeesOwnOnly(c.ProjectID) && value(creator) != c.UserID() {
		return app.ErrNotForGuests
	}
	return nil
}

func ofIssue(c *app.Call, id string, more dbx.HashExp) dbx.Expression {
	return dbx.And(dbx.HashExp{"issue_id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID}, more)
}

func versionPage[T any](c *app.Call, table store.Table[T], id, cursor, order string) (*Page[T], error) {
	p := &Page[T]{Size: 1000, Rows: []T{}}
	if cursor != "" {
		var ok bool
		if p.Size, p.Number, ok = syncCursor(cursor); !ok || p.Number < 0 {
			return nil, app.BadParam("cursor", "Invalid cursor parameter.")
		}
	}
	where := ofIssue(c, id, nil)
	var err error
	if p.Total, err = table.Count(c.Read(), where); err != nil {
		return nil, err
	}
	err = table.Query(c.Read()).AndWhere(where).OrderBy(order,
		"id").Limit(int64(p.Size)).Offset(int64(p.Size) * int64(p.Number)).All(&p.Rows)
	return p, err
}
