package issue

import (
	"errors"
	"fmt"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// firstPlace is the sort_order of the first work item of a state.
const firstPlace = 65535

// Create writes a new work item of the call's project, with its history, people and text version, and returns it as its
// maker sees it.
func Create(c *app.Call, in Input) (*store.IssueDetail, error) {
	refs, err := in.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return nil, err
	}
	var d *store.IssueDetail
	err = c.Write(func(t *store.Tx) error {
		d, err = create(c, t, &in, refs)
		return err
	})
	return d, err
}

func create(c *app.Call, t *store.Tx, in *Input, refs *references) (*store.IssueDetail, error) {
	d := &store.IssueDetail{Issue: in.fresh(c), Subscribed: true, ModuleIDs: []string{}}
	if err := usualType(t, &d.Issue, in); err != nil {
		return nil, err
	}
	if err := number(t, &d.Issue, in, refs); err != nil {
		return nil, err
	}
	d.StateGroup = stateGroup(refs)
	if d.StateGroup == "completed" {
		d.CompletedAt = &t.Now
	}
	if err := store.Issues.Insert(t, &d.Issue); err != nil {
		return nil, err
	}
	if err := store.IssueSequences.Insert(t,
		&store.IssueSequence{Sequence: int64(d.SequenceID), IssueID: &d.ID, ProjectID: d.ProjectID,
			WorkspaceID: d.WorkspaceID}); err != nil {
		return nil, err
	}
	if err := people(t, d, in, refs); err != nil {
		return nil, err
	}
	var r record
	if err := in.writeProperties(c, t, place(&d.Issue), &r, d.TypeID, true); err != nil {
		return nil, err
	}
	return d, announceCreated(c, t, d, in, refs)
}

// usualType gives a work item without a type that of the project, if types are switched on there.
func usualType(t *store.Tx, i *store.Issue, in *Input) error {
	if in.TypeID.Set {
		return nil
	}
	id, err := store.DefaultIssueType(t, i.ProjectID)
	switch {
	case err == nil:
		i.TypeID = &id
	case !errors.Is(err, store.ErrNotFound):
		return fmt.Errorf("default type: %w", err)
	}
	return nil
}

// fresh is the row as the request has it, with the defaults for what it leaves out.
func (in *Input) fresh(c *app.Call) store.Issue {
	html := "<p></p>"
	if in.DescriptionHTML.Set {
		html = in.DescriptionHTML.V
	}
	return store.Issue{
		AuditFields: store.AuditFields{ID: store.NewID()}, ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID,
		Name: in.Name.V, DescriptionHTML: html, DescriptionStripped: stripped(html),
		DescriptionJSON: in.DescriptionJSON.V, IssueValues: in.freshValues(), ParentID: in.ParentID.Ptr(),
		EstimatePointID: in.EstimatePointID.Ptr(), TypeID: in.TypeID.Ptr(), Point: in.Point.Ptr(),
		ExternalID: in.ExternalID.Ptr(), ExternalSource: in.ExternalSource.Ptr(),
	}
}

// stripped is the text without tags, nil for none.
func stripped(html string) *string {
	if html == "" {
		return nil
	}
	text := richtext.Text(html)
	return &text
}

// number gives the work item its state, its number and its place behind the others of the state.
func number(t *store.Tx, i *store.Issue, in *Input, refs *references) error {
	if err := t.Lock("issues of " + i.ProjectID); err != nil {
		return err
	}
	if err := in.enter(t, i, refs); err != nil {
		return err
	}
	var state string
	if refs.state != nil {
		state = refs.state.ID
		i.StateID = &state
	}
	sequence, place, err := store.NextIssue(t, i.ProjectID, state)
	if err != nil {
		return fmt.Errorf("next number: %w", err)
	}
	i.SequenceID = sequence
	if place != nil {
		i.SortOrder = *place
	}
	return nil
}

func stateGroup(refs *references) string {
	if refs.state == nil {
		return ""
	}
	return refs.state.Group
}

// people writes assignees and labels. The project's default assignee stands in when nobody who fits was named, unless
// the work item is to be alone.
func people(t *store.Tx, d *store.IssueDetail, in *Input, refs *references) error {
	d.AssigneeIDs, d.LabelIDs = fitting(in.AssigneeIDs.V, refs.assignees), fitting(in.LabelIDs.V, refs.labels)
	if len(d.AssigneeIDs) == 0 && !in.NoDefaultAssignee {
		stand, err := store.DefaultAssignee(t, d.ProjectID)
		if err != nil {
			return fmt.Errorf("default assignee: %w", err)
		}
		if stand != "" {
			d.AssigneeIDs = []string{stand}
		}
	}
	at := place(&d.Issue)
	if err := store.AddAssignees(t, at, d.AssigneeIDs); err != nil {
		return err
	}
	if err := store.AddLabels(t, at, d.LabelIDs); err != nil {
		return err
	}
	d.AssigneeIDs, d.LabelIDs = sorted(d.AssigneeIDs), sorted(d.LabelIDs)
	return nil
}

// sorted orders ids as the wire has them; never nil.
func sorted(ids []string) []string {
	ids = append([]string{}, ids...)
	slices.Sort(ids)
	return ids
}

func place(i *store.Issue) store.IssueKey {
	return store.IssueKey{IssueID: i.ID, ProjectID: i.ProjectID, WorkspaceID: i.WorkspaceID}
}

// announceCreated writes what a new work item leaves behind: history, followers, mentions, the first version of its
// text, the job. As in the reference, webhooks hear nothing of boards.
func announceCreated(c *app.Call, t *store.Tx, d *store.IssueDetail, in *Input, refs *references) error {
	rows := []*store.IssueActivity{{Verb: "created", Comment: "created the issue"}}
	var followers []string
	if t.Actor != store.AutomationID { // which nobody writes letters to
		followers = append(followers, t.Actor)
	}
	for _, id := range fitting(in.AssigneeIDs.V, refs.assignees) {
		rows = append(rows, added("assignees", "added assignee ", refs.assignees[id]))
		followers = append(followers, id)
	}
	mentions, err := mention(t, &d.Issue, nil)
	if err != nil {
		return err
	}
	if !in.NoNotifications {
		if err := store.Subscribe(t, place(&d.Issue), distinct(followers, mentions)...); err != nil {
			return err
		}
	}
	first := version(t, &d.Issue)
	if err := t.WithoutActor(func() error { return store.IssueDescriptionVersions.Insert(t, first) }); err != nil {
		return err
	}
	return store.RecordIssue(t,
		store.IssueChanged{Kind: "issue.activity.created", IssueID: d.ID, ProjectID: d.ProjectID, WorkspaceID: d.WorkspaceID,
			Mentions: mentions, Origin: c.Base, Unheard: c.Board != nil, Quiet: in.NoNotifications}, rows...)
}
