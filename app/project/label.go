// Package project holds projects, their people and their vocabulary: states, labels, estimates.
package project

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// LabelInput is what a request may say of a label.
type LabelInput struct {
	Name      app.Opt[string]  `json:"name" check:"required,max=255"`
	Color     app.Opt[string]  `json:"color" check:"max=255,blank"`
	Parent    app.Opt[string]  `json:"parent" alias:"parent_id" check:"pk,null"`
	SortOrder app.Opt[float64] `json:"sort_order"`

	Faults app.Fields `body:"faults"` // what is wrong already; it is refused together with what the database knows
}

func (in *LabelInput) put(l *store.Label) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &l.Name)
	app.Change(&cols, "color", in.Color, &l.Color)
	app.ChangePtr(&cols, "parent_id", in.Parent, &l.ParentID)
	app.Change(&cols, "sort_order", in.SortOrder, &l.SortOrder)
	return cols
}

// check refuses a name that another label of the project has in letters of either case, and a parent that can't be one.
func (in *LabelInput) check(c *app.Call, t *store.Tx, id string) error {
	faults := in.faults()
	if in.Name.Set && faults["name"] == nil {
		taken, err := store.LabelNamed(t, c.ProjectID, in.Name.V, id)
		if err != nil {
			return err
		}
		if taken {
			faults.Add("name", "LABEL_NAME_ALREADY_EXISTS")
		}
	}
	return in.checkParent(c, t, id)
}

func (in *LabelInput) faults() app.Fields {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	return in.Faults
}

// checkParent refuses what is wrong already, and a parent that is not of the project or stands below the label.
func (in *LabelInput) checkParent(c *app.Call, t *store.Tx, id string) error {
	faults := in.faults()
	if parent := in.Parent.Ptr(); parent != nil && faults["parent"] == nil {
		if err := t.Lock("labels:" + c.ProjectID); err != nil {
			return err
		}
		there, err := store.Labels.Exists(t, dbx.HashExp{"id": *parent, "project_id": c.ProjectID})
		if err != nil {
			return err
		}
		line, err := store.Lineage(t, "labels", *parent)
		if err != nil {
			return err
		}
		switch {
		case !there:
			faults.Add("parent", app.NoObject(*parent))
		case slices.Contains(line, id):
			faults.Add("parent", app.Circle)
		}
	}
	return faults.Err()
}

// ListLabels returns the labels of the call's project, lowest sort_order first; none to who is not in it.
func ListLabels(c *app.Call) ([]store.Label, error) {
	if c.Role() == 0 {
		return nil, nil
	}
	return store.Labels.List(c.Read(), dbx.HashExp{"project_id": c.ProjectID}, "sort_order", "created_at")
}

// GetLabel returns a label of the call's project.
func GetLabel(c *app.Call, id string) (store.Label, error) {
	l, err := findLabel(c, c.Read(), id)
	if err != nil {
		return store.Label{}, err
	}
	return *l, nil
}

func findLabel(c *app.Call, t *store.Tx, id string) (*store.Label, error) {
	if c.Role() == 0 {
		return nil, app.NoMatch("Label")
	}
	l, err := store.Labels.Get(t, dbx.HashExp{"id": id, "project_id": c.ProjectID})
	if errors.Is(err, store.ErrNotFound) {
		return nil, app.NoMatch("Label")
	}
	return l, err
}

// CreateLabel writes a new label of the call's project, after all others; only the first one's own place counts.
func CreateLabel(c *app.Call, in LabelInput) (store.Label, error) {
	l := store.Label{WorkspaceID: c.Workspace.ID, ProjectID: &c.ProjectID, SortOrder: 65535}
	err := c.Write(func(t *store.Tx) error {
		if err := holdLabels(t, c.ProjectID); err != nil {
			return err
		}
		if err := in.check(c, t, ""); err != nil {
			return err
		}
		in.put(&l)
		return addLabel(t, &l)
	})
	return l, err
}

// holdLabels keeps others from naming labels of a project until the transaction ends: names differ in more than case.
func holdLabels(t *store.Tx, project string) error { return t.Lock("labels of " + project) }

func addLabel(t *store.Tx, l *store.Label) error {
	last, err := store.Labels.First(t, dbx.HashExp{"project_id": *l.ProjectID}, "sort_order DESC")
	if err == nil {
		l.SortOrder = last.SortOrder + 10000
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return store.Labels.Insert(t, l)
}

// ErrLabelName is said of a name that another label of the project has.
var ErrLabelName = app.Refuse(app.Invalid, "Label with the same name already exists in the project")

// ChangeLabel writes what a request says of a label. A name that is taken letter for letter has a refusal of its own.
func ChangeLabel(c *app.Call, id string, in LabelInput) (store.Label, error) {
	var l *store.Label
	err := c.Write(func(t *store.Tx) (err error) {
		if err := holdLabels(t, c.ProjectID); err != nil {
			return err
		}
		if l, err = findLabel(c, t, id); err != nil {
			return err
		}
		if in.Name.V != "" {
			same, err := store.Labels.Get(t, dbx.HashExp{"project_id": c.ProjectID, "name": in.Name.V})
			if err == nil && same.ID != id {
				return ErrLabelName
			}
			if err != nil && !errors.Is(err, store.ErrNotFound) {
				return err
			}
		}
		if err := in.check(c, t, id); err != nil {
			return err
		}
		return store.Labels.Update(t, l, in.put(l)...)
	})
	if err != nil {
		return store.Label{}, err
	}
	return *l, nil
}

// DeleteLabel deletes a label and those below it; work items and pages lose them.
func DeleteLabel(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if _, err := findLabel(c, t, id); err != nil {
			return err
		}
		if err := t.LockRow("labels", id); err != nil {
			return err
		}
		if err := tellUnlabelled(c, t, id); err != nil {
			return err
		}
		return store.DeleteLabels(t, id)
	})
}

// tellUnlabelled lets webhooks hear of the work items that lose a label, or one below it, before it goes. Their
// histories say nothing of it, as in the reference.
func tellUnlabelled(c *app.Call, t *store.Tx, id string) error {
	hooks, err := store.Listening(t, c.Workspace.ID, store.EventIssue)
	if err != nil || len(hooks) == 0 {
		return err
	}
	gone, issues, err := store.LabelledBy(t, id)
	if err != nil {
		return err
	}
	ties, err := store.EventContextOf(t, issues)
	if err != nil {
		return err
	}
	changes := make([]store.IssueChanged, len(issues))
	for i, issue := range issues {
		from := slices.Sorted(slices.Values(ties[issue].Labels))
		to := slices.DeleteFunc(slices.Clone(from), func(label string) bool { return slices.Contains(gone, label) })
		changes[i] = store.IssueChanged{Kind: "issue.activity.updated", IssueID: issue, ProjectID: c.ProjectID,
			WorkspaceID: c.Workspace.ID, Fields: []store.FieldValue{{Field: "label_ids", Old: from, New: to}}, Quiet: true}
	}
	return store.EnqueueIssueEvents(t, changes...)
}

// NewLabel is one of many labels to be made at once.
type NewLabel struct {
	Name        *string `json:"name"`
	Description *string `json:"description"`
}

// CreateLabels makes many labels in colours of chance. Those whose name is taken are left out, yet answered.
func CreateLabels(c *app.Call, in []NewLabel) ([]store.Label, error) {
	rows := make([]store.Label, len(in))
	err := c.Write(func(t *store.Tx) error {
		if err := holdLabels(t, c.ProjectID); err != nil {
			return err
		}
		for i, l := range in {
			rows[i] = store.Label{Name: "Migrated", Description: "Migrated Issue", Color: fmt.Sprintf("#%06X", rand.IntN(1<<24)),
				WorkspaceID: c.Workspace.ID, ProjectID: &c.ProjectID, SortOrder: 65535}
			rows[i].ID = store.NewID()
			if l.Name != nil {
				rows[i].Name = *l.Name
			}
			if l.Description != nil {
				rows[i].Description = *l.Description
			}
			taken, err := store.Labels.Exists(t, dbx.HashExp{"project_id": c.ProjectID, "name": rows[i].Name})
			if err != nil {
				return err
			}
			if taken {
				continue
			}
			if err := store.Labels.Insert(t, &rows[i]); err != nil {
				return err
			}
		}
		return nil
	})
	return rows, err
}
