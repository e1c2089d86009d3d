package storetest

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/sailplane/sailplane/store"
)

// Filled is what Fill made, to ask for.
type Filled struct {
	User      *store.User
	People    []*store.User // twenty, with the user
	Workspace *store.Workspace
	Project   *store.Project // the first
	States    []*store.State
	Labels    []*store.Label // of the first project
	Cycle     *store.Cycle   // of the first project
	Module    *store.Module  // of the first project
	First     string         // the oldest work item of the first project
}

var (
	fillWords = []string{"login", "page", "export", "board", "crash", "slow", "webhook", "mail", "import", "token",
		"cycle", "label", "filter"}
	fillPriorities = []string{"urgent", "high", "medium", "low", "none"}
)

// fillAtOnce is how many work items are written in one transaction.
const fillAtOnce = 10_000

// Fill writes a workspace with projects of so many work items each, through the store: states and priorities in turn,
// two of twelve labels, one or two assignees and followers of twenty people each, some with a parent, in the cycle or
// in the module. The user is in every project.
func Fill(t testing.TB, db *store.DB, projects ...int) *Filled {
	t.Helper()
	f := &Filled{}
	f.write(t, db, f.people)
	for n, items := range projects {
		p := &filling{Filled: f, number: n}
		f.write(t, db, p.begin)
		for p.made < items {
			p.upTo = min(items, p.made+fillAtOnce)
			f.write(t, db, p.items)
		}
	}
	return f
}

func (f *Filled) write(t testing.TB, db *store.DB, fn func(*store.Tx) error) {
	t.Helper()
	actor := ""
	if f.User != nil {
		actor = f.User.ID
	}
	if err := db.Write(context.Background(), actor, fn); err != nil {
		t.Fatal(err)
	}
}

func (f *Filled) people(t *store.Tx) error {
	email := "filler@sailplane.test"
	f.User = &store.User{Email: &email, Username: "filler", DisplayName: "filler", FirstName: "Fill", IsActive: true,
		UserTimezone: "UTC"}
	f.People = []*store.User{f.User}
	for n := 1; n < 20; n++ {
		name := fmt.Sprint("person ", n)
		f.People = append(f.People,
			&store.User{Username: name, DisplayName: name, FirstName: name, IsActive: true, UserTimezone: "UTC"})
	}
	if err := store.Users.Insert(t, f.People...); err != nil {
		return err
	}
	f.Workspace = &store.Workspace{Name: "Filled", Slug: "filled", OwnerID: f.User.ID, Timezone: "UTC"}
	if err := store.Workspaces.Insert(t, f.Workspace); err != nil {
		return err
	}
	return store.WorkspaceMembers.Insert(t,
		&store.WorkspaceMember{WorkspaceID: f.Workspace.ID, MemberID: f.User.ID, Role: 20, IsActive: true})
}

// filling is one project being filled.
type filling struct {
	*Filled
	number, made, upTo int
	project            *store.Project
	states             []*store.State
	labels             []*store.Label
	triage             *store.State // of what waits in the intake
	cycle              *store.Cycle
	module             *store.Module
	parent             string
}

func (p *filling) begin(t *store.Tx) error {
	ws := p.Workspace.ID
	p.project = &store.Project{Name: fmt.Sprintf("Project %d", p.number), Identifier: fmt.Sprintf("P%d", p.number),
		WorkspaceID: ws, Timezone: "UTC", Network: 2}
	if err := store.Projects.Insert(t, p.project); err != nil {
		return err
	}
	if err := store.ProjectMembers.Insert(t,
		&store.ProjectMember{WorkspaceID: ws, ProjectID: p.project.ID, MemberID: &p.User.ID, Role: 20,
			IsActive: true}); err != nil {
		return err
	}
	for n, group := range []string{"backlog", "unstarted", "started", "completed", "cancelled", "triage"} {
		p.states = append(p.states,
			&store.State{Name: group, Group: group, WorkspaceID: ws, ProjectID: p.project.ID, Sequence: float64(n),
				IsTriage: group == "triage"})
	}
	if err := store.States.Insert(t, p.states...); err != nil {
		return err
	}
	p.triage, p.states = p.states[5], p.states[:5]
	for n := range 12 {
		p.labels = append(p.labels,
			&store.Label{Name: fmt.Sprintf("label %d", n), WorkspaceID: ws, ProjectID: &p.project.ID, SortOrder: float64(n)})
	}
	if err := store.Labels.Insert(t, p.labels...); err != nil {
		return err
	}
	p.cycle = &store.Cycle{Name: "cycle", OwnedByID: p.User.ID, WorkspaceID: ws, ProjectID: p.project.ID, Timezone: "UTC"}
	if err := store.Cycles.Insert(t, p.cycle); err != nil {
		return err
	}
	p.module = &store.Module{Name: "module", Status: "planned", WorkspaceID: ws, ProjectID: p.project.ID}
	if p.number == 0 {
		p.Project, p.States, p.Labels, p.Cycle, p.Module = p.project, p.states, p.labels, p.cycle, p.module
	}
	return store.Modules.Insert(t, p.module)
}

// items writes the next work items and what hangs on them.
func (p *filling) items(t *store.Tx) error {
	var items []*store.Issue
	var labels []*store.IssueLabel
	var people []*store.IssueAssignee
	var followers []*store.IssueSubscriber
	var cycles []*store.CycleIssue
	var modules []*store.ModuleIssue
	ws, project := p.Workspace.ID, p.project.ID
	for n := p.made; n < p.upTo; n++ {
		i := p.item(n)
		items = append(items, i)
		labels = append(labels, &store.IssueLabel{IssueID: i.ID, LabelID: p.labels[n%12].ID, ProjectID: project,
			WorkspaceID: ws}, &store.IssueLabel{IssueID: i.ID, LabelID: p.labels[(n+5)%12].ID, ProjectID: project,
			WorkspaceID: ws})
		for m := range 1 + n%2 {
			person := p.People[(n+7*m)%len(p.People)].ID
			people = append(people, &store.IssueAssignee{IssueID: i.ID, AssigneeID: person, ProjectID: project, WorkspaceID: ws})
			followers = append(followers,
				&store.IssueSubscriber{IssueID: i.ID, SubscriberID: person, ProjectID: project, WorkspaceID: ws})
		}
		if n%20 == 0 {
			cycles = append(cycles, &store.CycleIssue{IssueID: i.ID, CycleID: p.cycle.ID, ProjectID: project, WorkspaceID: ws})
			modules = append(modules,
				&store.ModuleIssue{IssueID: i.ID, ModuleID: p.module.ID, ProjectID: project, WorkspaceID: ws})
		}
	}
	for n := range 3 {
		i := p.item(p.upTo + n)
		i.Name, i.StateID, i.ParentID, i.SequenceID = "waiting", &p.triage.ID, nil, -p.upTo-n
		items = append(items, i)
	}
	p.made = p.upTo
	if err := store.Issues.Insert(t, items...); err != nil {
		return err
	}
	if err := store.IssueLabels.Insert(t, labels...); err != nil {
		return err
	}
	if err := store.IssueAssignees.Insert(t, people...); err != nil {
		return err
	}
	if err := store.IssueSubscribers.Insert(t, followers...); err != nil {
		return err
	}
	if err := store.CycleIssues.Insert(t, cycles...); err != nil {
		return err
	}
	return store.ModuleIssues.Insert(t, modules...)
}

func (p *filling) item(n int) *store.Issue {
	at := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Minute)
	text := fmt.Sprintf("%s %s number %d", fillWords[n%13], fillWords[n/13%13], n)
	values := store.IssueValues{Priority: fillPriorities[n/7%5], SortOrder: float64(65535 + 10000*n)}
	i := &store.Issue{Name: text, IssueValues: values, SequenceID: n + 1,
		ProjectID: p.project.ID, WorkspaceID: p.Workspace.ID, StateID: &p.states[n%len(p.states)].ID,
		DescriptionHTML: "<p>" + text + "</p>", DescriptionStripped: &text}
	i.ID, i.CreatedAt, i.UpdatedAt, i.CreatedByID = store.NewID(), at, at, &p.People[n/3%len(p.People)].ID
	if n%3 == 0 {
		start, target := store.Date(at.AddDate(0, 0, n%30).Format(time.DateOnly)),
			store.Date(at.AddDate(0, 1, n%30).Format(time.DateOnly))
		i.StartDate, i.TargetDate = &start, &target
	}
	switch {
	case n%50 == 0:
		p.parent = i.ID
	case n%50 == 1:
		parent := p.parent
		i.ParentID = &parent
	}
	if n == 0 && p.number == 0 {
		p.First = i.ID
	}
	return i
}
