package issue

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workflow"
	"github.com/sailplane/sailplane/store"
)

// Change writes what the request says of a work item of the call's project. One that is archived, in triage or in an
// archived project is store.ErrNotFound. No work item is put below itself, at whatever depth; databases of the
// reference have such circles, so whoever walks up the parents must count the steps.
func Change(c *app.Call, id string, in Input) error {
	refs, err := in.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return err
	}
	return moving(c, &in, func(t *store.Tx) error {
		if in.ParentID.V != "" {
			if err := store.LockLineages(t, c.Workspace.ID); err != nil {
				return err
			}
		}
		h, err := in.take(c, t, id)
		if err != nil {
			return err
		}
		if !h.Visible() {
			return store.ErrNotFound
		}
		return change(c, t, h, &in, refs)
	})
}

// take locks a work item of the call's project that is to be changed. One that gets a parent waits for others that do,
// and is refused one that stands below it.
func (in *Input) take(c *app.Call, t *store.Tx, id string) (*store.IssueForUpdate, error) {
	parent := in.ParentID.Ptr()
	if parent == nil {
		return store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
	}
	if err := lockParents(c, t); err != nil {
		return nil, err
	}
	h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
	if err != nil {
		return nil, err
	}
	line, err := store.Lineage(t, "issues", *parent)
	if err == nil && slices.Contains(line, id) {
		err = app.Field(in.Keys.Parent, app.Circle)
	}
	return h, err
}

// lockParents has changes of who is below whom wait for each other, before they take any work item.
func lockParents(c *app.Call, t *store.Tx) error { return t.Lock("parents in " + c.Workspace.ID) }

func change(c *app.Call, t *store.Tx, h *store.IssueForUpdate, in *Input, refs *references) error {
	before := *h
	var r record
	way, err := in.setState(t, h, refs)
	if err != nil {
		return err
	}
	if err := errors.Join(in.compareRows(t, h, refs, &r), in.comparePeople(t, h, refs, &r),
		in.compareType(t, h, &r)); err != nil {
		return err
	}
	otherType := in.TypeID.Set && value(h.TypeID) != value(in.TypeID.Ptr())
	cols, err := in.apply(h)
	if err != nil {
		return err
	}
	if h.State.ID != before.State.ID {
		r.state("state_id", &before.State, &h.State)
		cols = append(cols, "state_id", "completed_at")
	}
	r.compareFields(&before.Issue, &h.Issue)
	if err := store.Issues.Update(t, &h.Issue, cols...); err != nil {
		return err
	}
	if err := in.writeProperties(c, t, place(&h.Issue), &r, h.TypeID, otherType); err != nil {
		return err
	}
	mentions, err := rewritten(t, &before.Issue, &h.Issue, &r)
	if err != nil {
		return err
	}
	if r.silent {
		r.rows = nil
	}
	if in.hooked {
		for _, row := range r.rows {
			row.Comment = byHook + row.Comment
		}
	}
	if way != nil {
		m := &workflow.Move{Way: way, Issue: &h.Issue, From: before.State, To: h.State}
		if err := in.before(c, t, m); err != nil {
			return err
		}
		if err := m.Follow(t); err != nil {
			return err
		}
	}
	if !in.NoNotifications {
		if err := store.Subscribe(t, place(&h.Issue), distinct([]string{t.Actor}, r.newAssignees, mentions)...); err != nil {
			return err
		}
	}
	return store.RecordIssue(t,
		store.IssueChanged{Kind: "issue.activity.updated", IssueID: h.ID, ProjectID: h.ProjectID, WorkspaceID: h.WorkspaceID,
			Mentions: mentions, Fields: r.fields, Origin: c.Base, Unheard: c.Board != nil, Quiet: in.NoNotifications}, r.rows...)
}

// byHook is how what a hook of a workflow did begins in the history.
const byHook = "by a hook of the workflow: "

// setState moves the work item to the state that was sent, if its workflow lets it go there; null is the project's
// default, if it has any. Entering a completed state notes the time, leaving it forgets it. It returns the transition,
// if it is by any.
func (in *Input) setState(t *store.Tx, h *store.IssueForUpdate, refs *references) (*workflow.Way, error) {
	to, err := in.wantedState(t, h, refs)
	if err != nil {
		return nil, err
	}
	way, err := in.held(t, h, to)
	if err != nil || to == nil {
		return nil, err
	}
	h.State, h.StateID = *to, &to.ID
	switch {
	case to.Group != "completed":
		h.CompletedAt = nil
	case h.CompletedAt == nil:
		h.CompletedAt = &t.Now
	}
	return way, nil
}

// wantedState is the other state that was sent; nil: the work item stays where it is.
func (in *Input) wantedState(t *store.Tx, h *store.IssueForUpdate, refs *references) (*store.StateRef, error) {
	if !in.StateID.Set {
		return nil, nil
	}
	to := refs.state
	if to == nil {
		var err error
		to, err = store.DefaultState(t, h.ProjectID)
		if errors.Is(err, store.ErrNotFound) {
			return nil, nil
		}
		if err != nil {
			return nil, fmt.Errorf("default state: %w", err)
		}
	}
	if to.ID == h.State.ID {
		return nil, nil
	}
	return to, nil
}

// apply puts the plain fields of the request into the row and returns their columns.
func (in *Input) apply(h *store.IssueForUpdate) ([]string, error) {
	cols := in.setValues(&h.IssueValues)
	put := func(set bool, column string, do func()) {
		if set {
			do()
			cols = append(cols, column)
		}
	}
	put(in.Name.Set, "name", func() { h.Name = in.Name.V })
	put(in.DescriptionHTML.Set, "description_html", func() { h.DescriptionHTML = in.DescriptionHTML.V })
	put(in.DescriptionHTML.Set, "description_stripped", func() { h.DescriptionStripped = stripped(h.DescriptionHTML) })
	put(in.DescriptionJSON.Set, "description_json", func() { h.DescriptionJSON = in.DescriptionJSON.V })
	put(in.ParentID.Set, "parent_id", func() { h.ParentID = in.ParentID.Ptr() })
	put(in.EstimatePointID.Set, "estimate_point_id", func() { h.EstimatePointID = in.EstimatePointID.Ptr() })
	put(in.TypeID.Set, "type_id", func() { h.TypeID = in.TypeID.Ptr() })
	put(in.Point.Set, "point", func() { h.Point = in.Point.Ptr() })
	put(in.CompletedAt.Set && !in.StateID.Set, "completed_at", func() { h.CompletedAt = in.CompletedAt.Ptr() })
	put(in.ExternalSource.Set, "external_source", func() { h.ExternalSource = in.ExternalSource.Ptr() })
	put(in.ExternalID.Set, "external_id", func() { h.ExternalID = in.ExternalID.Ptr() })
	kept, err := in.rewrite(&h.Issue)
	return append(cols, kept...), err
}

// compareFields notes what is new in the row's own fields.
func (r *record) compareFields(from, to *store.Issue) {
	scalar(r, "name", "updated the name to", from.Name, to.Name, text)
	r.compareValues(&from.IssueValues, &to.IssueValues)
}

// compareRows notes a new parent and a new estimate; what was there is read only when it has to be told.
func (in *Input) compareRows(t *store.Tx, h *store.IssueForUpdate, refs *references, r *record) error {
	if in.ParentID.Set && value(h.ParentID) != value(in.ParentID.Ptr()) {
		from, err := previousValues(h.ParentID, func(id string) (*store.IssueRef, error) { return store.FindIssueRef(t, id) })
		if err != nil {
			return fmt.Errorf("former parent: %w", err)
		}
		r.parent(from, refs.parent)
	}
	if in.EstimatePointID.Set && value(h.EstimatePointID) != value(in.EstimatePointID.Ptr()) {
		from, err := previousValues(h.EstimatePointID,
			func(id string) (*store.PointRef, error) { return store.FindPoint(t, id) })
		if err != nil {
			return fmt.Errorf("former estimate: %w", err)
		}
		r.point(from, refs.point)
	}
	return nil
}

func previousValues[T any](id *string, find func(string) (*T, error)) (*T, error) {
	if id == nil {
		return nil, nil
	}
	row, err := find(*id)
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	return row, err
}

// comparePeople writes and notes who and which labels came and went.
func (in *Input) comparePeople(t *store.Tx, h *store.IssueForUpdate, refs *references, r *record) error {
	at := place(&h.Issue)
	if in.AssigneeIDs.Set {
		from, err := store.AssigneesOf(t, h.ID)
		if err != nil {
			return fmt.Errorf("assignees: %w", err)
		}
		to := only(refs.assignees)
		r.set("assignee_ids", "assignees", "assignee", from, to)
		r.newAssignees = ids(missing(to, from))
		if err := store.DropAssignees(t, h.ID, ids(missing(from, to))); err != nil {
			return err
		}
		if err := store.AddAssignees(t, at, r.newAssignees); err != nil {
			return err
		}
	}
	if in.LabelIDs.Set {
		from, err := store.LabelsOf(t, h.ID)
		if err != nil {
			return fmt.Errorf("labels: %w", err)
		}
		to := only(refs.labels)
		r.set("label_ids", "labels", "label", from, to)
		if err := store.DropLabels(t, h.ID, ids(missing(from, to))); err != nil {
			return err
		}
		return store.AddLabels(t, at, ids(missing(to, from)))
	}
	return nil
}

// only are those that may be written.
func only(known map[string]store.NamedRef) map[string]store.NamedRef {
	fit := map[string]store.NamedRef{}
	for id, n := range known {
		if n.Fits {
			fit[id] = n
		}
	}
	return fit
}

func ids(ns []store.NamedRef) []string {
	out := make([]string, len(ns))
	for i, n := range ns {
		out[i] = n.ID
	}
	return out
}

// rewritten keeps a new text: in the history, as a version, with its mentions. It returns who is mentioned anew.
func rewritten(t *store.Tx, from, to *store.Issue, r *record) ([]string, error) {
	if from.DescriptionHTML == to.DescriptionHTML {
		return nil, nil
	}
	var before []string
	if len(userMentions(from.DescriptionHTML)) > 0 {
		var err error
		if before, err = store.MentionsOf(t, to.ID); err != nil {
			return nil, fmt.Errorf("mentions: %w", err)
		}
	}
	mentions, err := mention(t, to, before)
	if err != nil {
		return nil, err
	}
	if err := r.description(t, to.ID, from.DescriptionHTML, to.DescriptionHTML); err != nil {
		return mentions, err
	}
	return mentions, saveVersion(t, to)
}
