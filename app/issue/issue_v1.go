package issue

import (
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Work items as programs write them: with origins, in somebody else's name and at another time if they say so, and with
// a text that is brought into one element before it is cleaned.

// ExternalInput is what only programs may say of a work item.
type ExternalInput struct {
	CreatedBy  app.Opt[string]     `json:"created_by" check:"pk,null"` // of a new one
	CreatedAt  app.Opt[time.Time]  `json:"created_at"`                 // of a new one
	ArchivedAt app.Opt[store.Date] `json:"archived_at" check:"date,null"`
}

// v1Keys are what programs call the fields that name other rows.
var v1Keys = Keys{
	State: "state", Parent: "parent", Point: "estimate_point", Type: "type_id", Assignees: "assignees",
	Labels: "labels",
}

func (in *Input) fromV1(c *app.Call) (origin app.ExternalRef, err error) {
	in.Keys, in.NoNotifications = v1Keys, c.Quiet()
	if in.DescriptionHTML.Set && len(in.Faults) == 0 {
		if in.DescriptionHTML.V, err = richtext.Normalise(in.DescriptionHTML.V); richtext.Excessive(err) {
			err = app.Field("description_html", err.Error())
		} else if err != nil {
			err = app.Field("non_field_errors", "Invalid HTML passed")
		}
	}
	return app.ExternalRef{ExternalID: in.ExternalID, ExternalSource: in.ExternalSource}, err
}

// CreateV1 is Create for programs. What it returns still has the caller and the moment as the maker and the time.
func CreateV1(c *app.Call, in Input, more ExternalInput) (*store.PublicIssue, error) {
	origin, err := in.fromV1(c)
	if err != nil {
		return nil, err
	}
	refs, err := in.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return nil, err
	}
	var made *store.PublicIssue
	err = c.Write(func(t *store.Tx) error {
		if err := more.allow(c, t); err != nil {
			return err
		}
		if err := origin.CheckNew(t, "issues", "Issue", c.ProjectID); err != nil {
			return err
		}
		d, err := create(c, t, &in, refs)
		if err != nil {
			return err
		}
		made = &store.PublicIssue{Issue: d.Issue, AssigneeIDs: d.AssigneeIDs, LabelIDs: d.LabelIDs}
		return more.sign(t, d.Issue)
	})
	return made, err
}

// allow passes over who made something, and when, unless the caller administers the project: importers say so of
// others, and nobody else speaks in another's name. Whoever is named has to be a member of the workspace.
func (more *ExternalInput) allow(c *app.Call, t *store.Tx) error {
	if !c.Access.InProject(c.ProjectID, app.Admin) {
		more.CreatedBy, more.CreatedAt = app.Opt[string]{}, app.Opt[time.Time]{}
		return nil
	}
	maker := more.CreatedBy.Ptr()
	if maker == nil {
		return nil
	}
	known, err := store.WorkspacePeople(t, c.Workspace.ID, []string{*maker})
	if err == nil && !known[*maker] {
		err = app.Field("created_by", app.NoObject(*maker))
	}
	return err
}

// sign writes who is said to have made a work item, and when.
func (more ExternalInput) sign(t *store.Tx, i store.Issue) error {
	var cols []string
	app.ChangePtr(&cols, "created_by_id", more.CreatedBy, &i.CreatedByID)
	app.Change(&cols, "created_at", more.CreatedAt, &i.CreatedAt)
	if len(cols) == 0 {
		return nil
	}
	return store.Issues.Set(t, &i, cols...)
}

// ChangeV1 is Change for programs: it also reaches what is archived, and archives.
func ChangeV1(c *app.Call, id string, in Input, more ExternalInput) (*store.PublicIssue, error) {
	origin, err := in.fromV1(c)
	if err != nil {
		return nil, err
	}
	refs, err := in.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return nil, err
	}
	var now *store.PublicIssue
	err = moving(c, &in, func(t *store.Tx) error {
		if in.ParentID.V != "" {
			if err := store.LockLineages(t, c.Workspace.ID); err != nil {
				return err
			}
		}
		h, err := in.take(c, t, id)
		if err != nil {
			return err
		}
		if err := origin.CheckChange(t, "issues", "Issue", c.ProjectID, id, h.ExternalID, h.ExternalSource); err != nil {
			return err
		}
		if err := change(c, t, h, &in, refs); err != nil {
			return err
		}
		if err := more.archive(c, t, h); err != nil {
			return err
		}
		now, err = store.PublicScope{Workspace: c.Workspace.ID, Project: c.ProjectID, All: true}.ByID(t, id)
		return err
	})
	return now, err
}

// archive puts a work item away that is done, as Archive does, or takes it back.
func (more ExternalInput) archive(c *app.Call, t *store.Tx, h *store.IssueForUpdate) error {
	day := more.ArchivedAt.Ptr()
	switch {
	case !more.ArchivedAt.Set || value(day) == value(h.ArchivedAt):
		return nil
	case day == nil:
		return keepArchived(t, h, nil, restored(c, h))
	case !done(h):
		return app.Field("archived_at", "Can only archive completed or cancelled state group issue")
	}
	return keepArchived(t, h, day, putAway(c, h, day))
}

// DeleteV1 is Delete for programs: who made the work item may, and the project's administrators.
func DeleteV1(c *app.Call, id string) error {
	i, err := store.PublicScope{Workspace: c.Workspace.ID, Project: c.ProjectID, All: true}.ByID(c.Read(), id)
	if err != nil {
		return err
	}
	if c.Role() != app.Admin && value(i.CreatedByID) != c.UserID() {
		return app.Refuse(app.Forbidden, "Only admin or creator can delete the work item")
	}
	return Delete(c, id)
}

// GetV1 returns a work item of the call's project.
func GetV1(c *app.Call, id string) (*store.PublicIssue, error) {
	return publicScope(c, false).ByID(c.Read(), id)
}

// GetByNumberV1 returns PROJ-12, in letters of either case. Who is not in the project is denied, unless it is secret:
// then it is not there.
func GetByNumberV1(c *app.Call, identifier string, number int) (*store.PublicIssue, error) {
	p, err := store.Projects.Get(c.Read(),
		dbx.HashExp{"workspace_id": c.Workspace.ID, "identifier": strings.ToUpper(identifier)})
	if err != nil {
		return nil, err
	}
	if _, mine := c.Access.Projects[p.ID]; !mine {
		if p.Network == 0 || !c.Within(p.ID) {
			return nil, store.ErrNotFound
		}
		return nil, app.ErrDenied
	}
	c.ProjectID = p.ID
	return publicScope(c, false).ByNumber(c.Read(), number)
}

// GetManyV1 returns those work items of the call's project, archived ones and drafts as well.
func GetManyV1(c *app.Call, ids []string) ([]store.PublicIssue, error) {
	return publicScope(c, true).ByIDs(c.Read(), ids)
}
