package storetest

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// Surround hangs on every work item what can hang on one (comments, links, files, history …), by so many people in
// turn, and on the oldest work item of the first project one of each kind for every person. Every person has a label, a
// module, a cycle, views, a sub-item of the oldest work item in the first cycle and module, an archived work item, and
// something in the intake, out of which every other work item came; the user has as many drafts and notifications. The
// answer are ids of what hangs on the oldest, by the segment of a path that they follow.
func (f *Filled) Surround(t testing.TB, db *store.DB, people int) map[string]string {
	t.Helper()
	s := &surrounding{Filled: f, ids: map[string]string{"cycles": f.Cycle.ID}}
	f.write(t, db, func(tx *store.Tx) error {
		for n := range people {
			if err := s.person(tx, n); err != nil {
				return err
			}
		}
		start, end := tx.Now.AddDate(0, 0, -7), tx.Now.AddDate(0, 0, 7)
		f.Cycle.StartDate, f.Cycle.EndDate = &start, &end
		if err := errors.Join(s.publish(tx), store.Cycles.Update(tx, f.Cycle, "start_date", "end_date"),
			s.visit(tx, "issue", f.First), s.visit(tx, "project", f.Project.ID)); err != nil {
			return err
		}
		if err := s.hang(tx); err != nil {
			return err
		}
		return s.wide(tx)
	})
	return s.ids
}

// publish puts the first project on a board for everybody.
func (s *surrounding) publish(t *store.Tx) error {
	s.ids["anchor"] = "board-of-the-filled"
	return store.DeployBoards.Insert(t,
		&store.DeployBoard{EntityName: new("project"), EntityIdentifier: &s.Project.ID, Anchor: s.ids["anchor"],
			IsCommentsEnabled: true, IsReactionsEnabled: true, IsVotesEnabled: true, IntakeID: &s.intake.ID,
			ProjectID: &s.Project.ID, WorkspaceID: s.Workspace.ID})
}

type surrounding struct {
	*Filled
	people []*store.User
	intake *store.Intake
	triage *store.State // of the first project
	ids    map[string]string
}

// put inserts a row and keeps its id, the first one's, under the segments of paths that it can follow.
func put[T any](s *surrounding, t *store.Tx, table store.Table[T], segments string, row *T, id *string) error {
	err := table.Insert(t, row)
	for _, seg := range strings.Fields(segments) {
		if s.ids[seg] == "" {
			s.ids[seg] = *id
		}
	}
	return err
}

// person makes somebody, and what they have.
func (s *surrounding) person(t *store.Tx, n int) error {
	ws, project := s.Workspace.ID, s.Project.ID
	email := fmt.Sprintf("person-%d@sailplane.test", n)
	u := &store.User{Email: &email, Username: fmt.Sprintf("person-%d", n), DisplayName: fmt.Sprintf("person %d", n),
		FirstName: "Per", IsActive: true, UserTimezone: "UTC"}
	if err := store.Users.Insert(t, u); err != nil {
		return err
	}
	s.people = append(s.people, u)
	if err := store.WorkspaceMembers.Insert(t,
		&store.WorkspaceMember{WorkspaceID: ws, MemberID: u.ID, Role: 15, IsActive: true}); err != nil {
		return err
	}
	member := &store.ProjectMember{WorkspaceID: ws, ProjectID: project, MemberID: &u.ID, Role: 15, IsActive: true}
	label := &store.Label{Name: fmt.Sprint("of person ", n), WorkspaceID: ws, ProjectID: &project}
	if err := put(s, t, store.ProjectMembers, "members project-members", member, &member.ID); err != nil {
		return err
	}
	if err := put(s, t, store.Labels, "labels issue-labels", label, &label.ID); err != nil {
		return err
	}
	if err := store.IssueLabels.Insert(t,
		&store.IssueLabel{IssueID: s.First, LabelID: label.ID, ProjectID: project, WorkspaceID: ws}); err != nil {
		return err
	}
	for _, step := range []func(*store.Tx, int, *store.User) error{s.plans, s.views, s.draft, s.incoming, s.shared,
		s.archived, s.notice} {
		if err := step(t, n, u); err != nil {
			return err
		}
	}
	return nil
}

func (s *surrounding) plans(t *store.Tx, n int, u *store.User) error {
	ws, project := s.Workspace.ID, s.Project.ID
	start, end := time.Date(2026, 1, 1+n, 0, 0, 0, 0, time.UTC), time.Date(2026, 2, 1+n, 0, 0, 0, 0, time.UTC)
	cycle := &store.Cycle{Name: fmt.Sprint("cycle of person ", n), OwnedByID: u.ID, WorkspaceID: ws, ProjectID: project,
		Timezone: "UTC", StartDate: &start, EndDate: &end}
	module := &store.Module{Name: fmt.Sprint("module of person ", n), Status: "planned", WorkspaceID: ws,
		ProjectID: project, LeadID: &u.ID}
	if err := put(s, t, store.Cycles, "cycles", cycle, &cycle.ID); err != nil {
		return err
	}
	if err := put(s, t, store.Modules, "modules", module, &module.ID); err != nil {
		return err
	}
	milestone := &store.Milestone{Title: fmt.Sprint("milestone of person ", n), ProjectID: project, WorkspaceID: ws}
	if err := put(s, t, store.Milestones, "milestones", milestone, &milestone.ID); err != nil {
		return err
	}
	if err := s.aims(t, n, u); err != nil {
		return err
	}
	link := &store.ModuleLink{URL: "https://example.org/", ModuleID: s.ids["modules"], ProjectID: project, WorkspaceID: ws}
	if err := put(s, t, store.ModuleLinks, "module-links", link, &link.ID); err != nil {
		return err
	}
	if err := errors.Join(s.visit(t, "cycle", cycle.ID), s.visit(t, "module", module.ID)); err != nil {
		return err
	}
	if err := store.ModuleMembers.Insert(t,
		&store.ModuleMember{ModuleID: module.ID, MemberID: u.ID, ProjectID: project, WorkspaceID: ws}); err != nil {
		return err
	}
	return store.ModuleIssues.Insert(t,
		&store.ModuleIssue{IssueID: s.First, ModuleID: module.ID, ProjectID: project, WorkspaceID: ws})
}

// aims are an initiative and a label of such; the first initiative has every label.
func (s *surrounding) aims(t *store.Tx, n int, u *store.User) error {
	ws := s.Workspace.ID
	aim := &store.Initiative{Name: fmt.Sprint("initiative of person ", n), State: "DRAFT", LeadID: &u.ID, WorkspaceID: ws}
	label := &store.InitiativeLabel{Name: fmt.Sprint("label of person ", n), WorkspaceID: ws}
	return errors.Join(put(s, t, store.Initiatives, "initiatives", aim, &aim.ID),
		put(s, t, store.InitiativeLabels, "wide-labels", label, &label.ID),
		store.InitiativeLabelLinks.Insert(t, &store.InitiativeLabelLink{InitiativeID: s.ids["initiatives"], LabelID: label.ID,
			WorkspaceID: ws}))
}

// visit notes that the user looked at something.
func (s *surrounding) visit(t *store.Tx, kind, id string) error {
	return store.SaveVisit(t,
		store.Visit{VisitKey: store.VisitKey{User: s.User.ID, Workspace: s.Workspace.ID, Kind: kind, ID: id},
			Project: s.Project.ID, At: t.Now})
}

func (s *surrounding) views(t *store.Tx, n int, u *store.User) error {
	own := &store.View{Name: fmt.Sprint("view of person ", n), WorkspaceID: s.Workspace.ID, ProjectID: &s.Project.ID,
		OwnedByID: u.ID, Access: 1}
	wide := &store.View{Name: fmt.Sprint("wide view of person ", n), WorkspaceID: s.Workspace.ID, OwnedByID: u.ID,
		Access: 1}
	if err := put(s, t, store.Views, "views", own, &own.ID); err != nil {
		return err
	}
	if err := s.visit(t, "view", own.ID); err != nil {
		return err
	}
	return put(s, t, store.Views, "wide-views", wide, &wide.ID)
}

func (s *surrounding) draft(t *store.Tx, n int, u *store.User) error {
	name, ws, project := fmt.Sprint("draft ", n), s.Workspace.ID, &s.Project.ID
	d := &store.DraftIssue{Name: &name, IssueValues: store.IssueValues{Priority: "none"}, WorkspaceID: ws,
		ProjectID: project, StateID: &s.States[0].ID}
	if err := put(s, t, store.DraftIssues, "draft-issues", d, &d.ID); err != nil {
		return err
	}
	if err := store.DraftIssueAssignees.Insert(t,
		&store.DraftIssueAssignee{AssigneeID: u.ID, DraftIssueID: d.ID, ProjectID: project, WorkspaceID: ws}); err != nil {
		return err
	}
	return store.DraftIssueLabels.Insert(t,
		&store.DraftIssueLabel{LabelID: s.Labels[n%len(s.Labels)].ID, DraftIssueID: d.ID, ProjectID: project,
			WorkspaceID: ws})
}

func (s *surrounding) incoming(t *store.Tx, n int, _ *store.User) error {
	ws, project := s.Workspace.ID, s.Project.ID
	if s.intake == nil {
		s.intake = &store.Intake{Name: "intake", IsDefault: true, ProjectID: project, WorkspaceID: ws}
		if err := store.Intakes.Insert(t, s.intake); err != nil {
			return err
		}
		s.ids["intakes"], s.ids["inboxes"] = s.intake.ID, s.intake.ID
		var err error
		if s.triage, err = store.States.Get(t, dbx.HashExp{"project_id": project, "is_triage": true}); err != nil {
			return err
		}
	}
	i := s.item(fmt.Sprint("report ", n), 1_000_000+n)
	i.StateID = &s.triage.ID
	if err := put(s, t, store.Issues, "intake-issues inbox-issues intake-work-items", i, &i.ID); err != nil {
		return err
	}
	return store.IntakeIssues.Insert(t,
		&store.IntakeIssue{Status: -2, IntakeID: s.intake.ID, IssueID: i.ID, ProjectID: project, WorkspaceID: ws})
}

func (s *surrounding) archived(t *store.Tx, n int, _ *store.User) error {
	day := store.Date("2026-03-01")
	i := s.item(fmt.Sprint("archived ", n), 2_000_000+n)
	i.ArchivedAt, i.StateID = &day, &s.States[3].ID
	return put(s, t, store.Issues, "archived", i, &i.ID)
}

func (s *surrounding) item(name string, sequence int) *store.Issue {
	return &store.Issue{Name: name, IssueValues: store.IssueValues{Priority: "none"}, SequenceID: sequence,
		ProjectID: s.Project.ID, WorkspaceID: s.Workspace.ID, DescriptionHTML: "<p></p>"}
}

func (s *surrounding) notice(t *store.Tx, n int, u *store.User) error {
	notice := &store.Notification{EntityIdentifier: &s.First, EntityName: "issue", Title: fmt.Sprint("notice ", n),
		Sender: "in_app:issue_activities:assigned", ProjectID: &s.Project.ID, ReceiverID: s.User.ID, TriggeredByID: &u.ID,
		WorkspaceID: s.Workspace.ID}
	return put(s, t, store.Notifications, "notifications", notice, &notice.ID)
}
