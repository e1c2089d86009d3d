package storetest

import (
	"errors"
	"fmt"

	"github.com/sailplane/sailplane/store"
)

// shared is what somebody makes for all: in the catalogue, a teamspace, templates, work items that recur.
func (s *surrounding) shared(t *store.Tx, n int, u *store.User) error {
	ws, project := s.Workspace.ID, s.Project.ID
	his := store.AuditFields{CreatedByID: &u.ID}
	state := &store.CatalogueState{AuditFields: his, Name: fmt.Sprint("state of person ", n), Group: "started",
		WorkspaceID: ws}
	label := &store.CatalogueLabel{AuditFields: his, Name: fmt.Sprint("label of person ", n), WorkspaceID: ws}
	space := &store.Teamspace{AuditFields: his, Name: fmt.Sprint("teamspace of person ", n), LeadID: &u.ID,
		WorkspaceID: ws}
	sent := &store.ImportUpload{Kind: "csv", Name: "table.csv", File: ws + "/import", Status: store.UploadUploaded,
		InitiatedByID: &s.User.ID, WorkspaceID: ws}
	again := &store.RecurringIssue{AuditFields: his, Name: fmt.Sprint("chore of person ", n), Rule: "FREQ=DAILY",
		StartDate: "2026-01-01", Clock: "09:00", IsActive: true, ProjectID: project, WorkspaceID: ws}
	if err := errors.Join(
		put(s, t, store.CatalogueStates, "project-states", state, &state.ID),
		put(s, t, store.CatalogueLabels, "project-labels", label, &label.ID),
		put(s, t, store.Teamspaces, "teamspaces", space, &space.ID),
		put(s, t, store.RecurringIssues, "recurring-work-items", again, &again.ID),
		put(s, t, store.ImportUploads, "imports", sent, &sent.ID)); err != nil {
		return err
	}
	for _, kind := range []string{"workitem", "page", "project"} {
		wide := &store.Template{AuditFields: his, Kind: kind, Name: fmt.Sprint("template of person ", n), WorkspaceID: ws}
		rows := []*store.Template{wide}
		if kind != "project" {
			own := *wide
			own.ProjectID = &project
			rows = append(rows, &own)
		}
		if err := store.Templates.Insert(t, rows...); err != nil {
			return err
		}
	}
	if s.ids["teamspaces"] == space.ID { // the first one has the project, and everybody
		if err := store.TeamspaceProjects.Insert(t,
			&store.TeamspaceProject{TeamspaceID: space.ID, ProjectID: project, WorkspaceID: ws}); err != nil {
			return err
		}
	}
	return store.TeamspaceMembers.Insert(t,
		&store.TeamspaceMember{TeamspaceID: s.ids["teamspaces"], MemberID: u.ID, WorkspaceID: ws})
}
