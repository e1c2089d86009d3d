package issue

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// The statuses of what came in.
const (
	Pending   = -2
	Declined  = -1
	Snoozed   = 0
	Accepted  = 1
	Duplicate = 2
)

// IntakeItem is a work item in the intake, as one person sees it.
type IntakeItem struct {
	store.IntakeIssue
	Issue *store.IssueDetail
	Twin  *store.Issue // what it duplicates
}

// Decision is what a request may say of something in the intake.
type Decision struct {
	Status      app.Opt[int]       `json:"status" check:"choice=-2|-1|0|1|2"`
	SnoozedTill app.Opt[time.Time] `json:"snoozed_till" check:"null"`
	DuplicateTo app.Opt[string]    `json:"duplicate_to" alias:"duplicate_to_id" check:"pk,null"`

	Source, SourceEmail app.Opt[string] `json:"-"` // an address only programs say

	Faults app.Fields `body:"faults"` // what is wrong already; only who decides is told
}

// CreateIntake writes a new work item into the intake: in the hidden state, pending, from inside the app.
func CreateIntake(c *app.Call, in Input) (*IntakeItem, error) {
	intake, err := FindIntake(c)
	if err != nil {
		return nil, err
	}
	state, err := triage(c)
	if err != nil {
		return nil, err
	}
	in.StateID, in.Triage = app.Some(state), true
	refs, err := in.resolve(c.Read(), c.ProjectID)
	if err != nil {
		return nil, err
	}
	var got *IntakeItem
	err = c.Write(func(t *store.Tx) error {
		d, err := create(c, t, &in, refs)
		if err != nil {
			return err
		}
		source := "IN_APP"
		row := &store.IntakeIssue{Status: Pending, Source: &source, IntakeID: intake.ID, IssueID: d.ID,
			ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
		if err := store.IntakeIssues.Insert(t, row); err != nil {
			return err
		}
		store.NoteEvent(t, c.Workspace.ID, store.EventIntake, store.ActionCreated, d.ID)
		got = &IntakeItem{IntakeIssue: *row, Issue: d}
		return nil
	})
	return got, err
}

// triage is the id of the project's hidden state, which is made when an older project has none.
func triage(c *app.Call) (string, error) {
	s, err := store.States.First(c.Read(), dbx.HashExp{"project_id": c.ProjectID, "group": "triage"}, "sequence")
	if err == nil || !errors.Is(err, store.ErrNotFound) {
		if err != nil {
			return "", err
		}
		return s.ID, nil
	}
	s = &store.State{Name: "Triage", Slug: "triage", Color: "#4E5355", Group: "triage", Sequence: 65000,
		ProjectID: c.ProjectID, WorkspaceID: c.Workspace.ID}
	err = c.Write(func(t *store.Tx) error { return store.States.Insert(t, s) })
	return s.ID, err
}

// incoming finds what is in the intake by the id of its work item.
func incoming(c *app.Call, t *store.Tx, id string) (*store.IntakeIssue, error) {
	return store.IntakeIssues.First(t,
		dbx.HashExp{"issue_id": id, "project_id": c.ProjectID, "workspace_id": c.Workspace.ID}, "created_at")
}

func seeIncoming(c *app.Call, t *store.Tx, row *store.IntakeIssue) (*IntakeItem, error) {
	d, err := store.ReadIssue(t, c.Workspace.ID, c.ProjectID, row.IssueID, c.UserID())
	if err != nil {
		return nil, err
	}
	got := &IntakeItem{IntakeIssue: *row, Issue: d}
	if row.DuplicateToID != nil {
		if got.Twin, err = store.Issues.Find(t, *row.DuplicateToID); errors.Is(err, store.ErrNotFound) {
			return got, nil
		}
	}
	return got, err
}

// GetIntakeItem returns something in the intake; guests see only their own, unless the project says otherwise.
func GetIntakeItem(c *app.Call, id string) (*IntakeItem, error) {
	t := c.Read()
	row, err := incoming(c, t, id)
	if err != nil {
		return nil, err
	}
	if c.SeesOwnOnly(c.ProjectID) && value(row.CreatedByID) != c.UserID() {
		return nil, app.ErrNotForGuests
	}
	return seeIncoming(c, t, row)
}

// Decide changes a work item in the intake and says what becomes of it. Only administrators decide, others' decisions
// are passed over; a guest changes the name and the text only. What is accepted moves to the project's default state.
func Decide(c *app.Call, id string, in *Input, what Decision) (*IntakeItem, error) {
	var refs *references
	if in != nil {
		if c.Role() == app.Guest {
			in = &Input{Name: in.Name, DescriptionHTML: in.DescriptionHTML, DescriptionJSON: in.DescriptionJSON,
				Faults: in.Faults}
		}
		in.Triage = true
		var err error
		if refs, err = in.resolve(c.Read(), c.ProjectID); err != nil {
			return nil, err
		}
	}
	decides := c.Access.InProject(c.ProjectID, app.Admin)
	var got *IntakeItem
	err := c.Write(func(t *store.Tx) error {
		row, err := incoming(c, t, id)
		if err != nil {
			return err
		}
		h, err := store.LockIssue(t, c.Workspace.ID, c.ProjectID, id)
		if err != nil {
			return err
		}
		if in != nil {
			if err := change(c, t, h, in, refs); err != nil {
				return err
			}
		}
		if decides {
			if err := decide(c, t, h, row, what); err != nil {
				return err
			}
		}
		got, err = seeIncoming(c, t, row)
		return err
	})
	return got, err
}

func decide(c *app.Call, t *store.Tx, h *store.IssueForUpdate, row *store.IntakeIssue, what Decision) error {
	if err := what.check(c, t); err != nil {
		return err
	}
	before := row.Status
	var cols []string
	app.Change(&cols, "status", what.Status, &row.Status)
	app.ChangePtr(&cols, "snoozed_till", what.SnoozedTill, &row.SnoozedTill)
	app.ChangePtr(&cols, "duplicate_to_id", what.DuplicateTo, &row.DuplicateToID)
	app.ChangePtr(&cols, "source", what.Source, &row.Source)
	app.ChangePtr(&cols, "source_email", what.SourceEmail, &row.SourceEmail)
	if err := store.IntakeIssues.Update(t, row, cols...); err != nil {
		return err
	}
	if what.Status.Set && row.Status == Accepted && h.State.Triage() {
		if err := accept(c, t, h); err != nil {
			return err
		}
	}
	var rows []*store.IssueActivity
	if what.Status.Set {
		rows = append(rows, decided(before, row.Status))
	}
	return store.RecordIssue(t, store.IssueChanged{Kind: "intake.activity.created", IssueID: h.ID, ProjectID: h.ProjectID,
		WorkspaceID: h.WorkspaceID, Origin: c.Base, Quiet: true}, rows...)
}

// check returns all that is wrong with a decision. What is a duplicate is one of a work item of the same project: the
// reference takes any, and shows its name.
func (what *Decision) check(c *app.Call, t *store.Tx) error {
	if twin := what.DuplicateTo.Ptr(); twin != nil && what.Faults["duplicate_to"] == nil {
		there, err := store.Issues.Exists(t, dbx.HashExp{"id": *twin, "project_id": c.ProjectID})
		if err != nil {
			return err
		}
		if !there {
			if what.Faults == nil {
				what.Faults = app.Fields{}
			}
			what.Faults["duplicate_to"] = noSuch(*twin)
		}
	}
	return what.Faults.Err()
}

// accept moves a work item on to the state that the project has for new ones. One must be marked as that.
func accept(c *app.Call, t *store.Tx, h *store.IssueForUpdate) error {
	to, err := acceptedState(c, t, h)
	if err != nil {
		return err
	}
	from := h.State.ID
	h.StateID = &to.ID
	if err := store.Issues.Update(t, &h.Issue, "state_id"); err != nil {
		return err
	}
	return store.EnqueueIssueEvents(t, store.IssueChanged{Kind: "issue.activity.updated", IssueID: h.ID,
		WorkspaceID: h.WorkspaceID, Fields: []store.FieldValue{{Field: "state_id", Old: from, New: to.ID}}})
}

// acceptedState is where what is accepted goes: to the first state of its workflow, or the default one of the project.
func acceptedState(c *app.Call, t *store.Tx, h *store.IssueForUpdate) (*store.StateRef, error) {
	flow, err := flowOf(t, h.ProjectID, h.TypeID)
	if err != nil {
		return nil, err
	}
	if flow != nil && flow.Start != "" {
		return store.FindState(t, flow.Start)
	}
	to, err := store.States.First(t, dbx.HashExp{"project_id": c.ProjectID, "default": true, "is_triage": false},
		"sequence")
	if errors.Is(err, store.ErrNotFound) {
		return nil, app.Field("status", "Cannot accept intake issue: No default state found for the project")
	}
	if err == nil && flow != nil {
		err = flow.Enter(t, to.ID)
	}
	if err != nil {
		return nil, err
	}
	return &store.StateRef{ID: to.ID, Name: to.Name, Group: to.Group, ProjectID: to.ProjectID}, nil
}

var statusNames = map[int]string{Pending: "Pending", Declined: "Rejected", Snoozed: "Snoozed", Accepted: "Accepted",
	Duplicate: "Duplicate"}

// decided is what a decision leaves in the history, whose verb is the number of the status.
func decided(from, to int) *store.IssueActivity {
	row := changed("intake", "updated the intake status", text(statusNames[from]), text(statusNames[to]))
	row.Verb = strconv.Itoa(to)
	return row
}

// DeleteIntake takes something out of the intake, and deletes the work item with it unless it was accepted.
func DeleteIntake(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		row, err := incoming(c, t, id)
		if err != nil {
			return err
		}
		if err := store.IntakeIssues.Delete(t, row); err != nil {
			return err
		}
		store.NoteEvent(t, c.Workspace.ID, store.EventIntake, store.ActionDeleted, id)
		if slices.Contains([]int{Pending, Declined, Snoozed, Duplicate}, row.Status) {
			gone, err := store.DeleteIssue(t, id)
			if err != nil {
				return err
			}
			return store.EnqueueDeleted(t, store.EventIssue, c.Workspace.ID, gone...)
		}
		return nil
	})
}
