package routes_test

import (
	"strings"

	"github.com/sailplane/sailplane/store"
)

// shared makes what the people of the workspace have in common, once more each time. All of the workspace may know it,
// so that it does not have the marker.
func (p *place) shared(tx *store.Tx, maker string) error {
	w, id := p.workspace.ID, p.project.ID
	his := store.AuditFields{CreatedByID: &maker}
	state := &store.CatalogueState{AuditFields: his, Name: "in " + store.NewID(), Group: "backlog", WorkspaceID: w}
	label := &store.CatalogueLabel{AuditFields: his, Name: "for " + store.NewID(), WorkspaceID: w}
	teamspace := &store.Teamspace{AuditFields: his, Name: "together", WorkspaceID: w}
	again := &store.RecurringIssue{AuditFields: his, Name: marker, Item: store.JSON(`{}`), Rule: "FREQ=DAILY",
		StartDate: "2026-05-01", Clock: "00:00", IsActive: true, ProjectID: id, WorkspaceID: w}
	steps := []func() error{
		func() error { return run(tx, "DELETE FROM templates WHERE workspace_id = ?", w) },
		func() error { return run(tx, "DELETE FROM recurring_issues WHERE workspace_id = ?", w) },
		func() error { return p.sentFile(tx, maker) },
		keep(p, tx, store.RecurringIssues, "recurring-work-items", again, &again.ID),
	}
	for _, kind := range []string{"workitem", "page", "project"} {
		wide := &store.Template{AuditFields: his, Kind: kind, Name: "for all", WorkspaceID: w}
		own := &store.Template{AuditFields: his, Kind: kind, Name: marker, ProjectID: &id, WorkspaceID: w}
		steps = append(steps, keep(p, tx, store.Templates, "wide-"+kind+"s-templates", wide, &wide.ID))
		if kind != "project" {
			steps = append(steps, keep(p, tx, store.Templates, kind+"s-templates", own, &own.ID))
		}
	}
	if err := errorOf(steps...); err != nil {
		return err
	}
	return errorOf(
		func() error { // a workspace has only so many
			return errorOf(
				func() error { return run(tx, "DELETE FROM catalogue_states WHERE workspace_id = ?", w) },
				func() error { return run(tx, "DELETE FROM catalogue_labels WHERE workspace_id = ?", w) })
		},
		keep(p, tx, store.CatalogueStates, "project-states", state, &state.ID),
		keep(p, tx, store.CatalogueLabels, "project-labels", label, &label.ID),
		keep(p, tx, store.Teamspaces, "teamspaces", teamspace, &teamspace.ID),
		func() error { return p.program(tx) },
		func() error {
			return errorOf(
				func() error {
					return store.TeamspaceMembers.Insert(tx,
						&store.TeamspaceMember{TeamspaceID: teamspace.ID, MemberID: maker, WorkspaceID: w})
				},
				func() error {
					return store.TeamspaceProjects.Insert(tx,
						&store.TeamspaceProject{TeamspaceID: teamspace.ID, ProjectID: id, WorkspaceID: w})
				})
		})
}

// program makes a service account with a key.
func (p *place) program(tx *store.Tx) error {
	kind := store.ServiceAccount
	bot := &store.User{Username: store.NewID(), DisplayName: "program", IsBot: true, BotType: &kind, IsActive: true,
		UserTimezone: "UTC"}
	return errorOf(
		func() error { // a workspace has only so many
			return run(tx, "UPDATE workspace_members SET is_active = FALSE WHERE workspace_id = ? AND member_id IN"+
				" (SELECT id FROM users WHERE bot_type = ?)", p.workspace.ID, kind)
		},
		keep(p, tx, store.Users, "service-accounts", bot, &bot.ID),
		func() error {
			key := &store.APIToken{Token: store.NewID(), Label: "program", UserID: bot.ID, IsActive: true}
			return errorOf(keep(p, tx, store.APITokens, "keys", key, &key.ID), func() error {
				return store.WorkspaceMembers.Insert(tx,
					&store.WorkspaceMember{WorkspaceID: p.workspace.ID, MemberID: bot.ID, Role: 15, IsActive: true})
			})
		})
}

// template is the template of a kind that an operation is about: of the project, or of the workspace.
func (p *place) template(pattern, kind string) string {
	if strings.Contains(pattern, "{project_id") {
		return p.ids[kind+"-templates"]
	}
	return p.ids["wide-"+kind+"-templates"]
}

// sentFile makes a file that was sent to be imported, in place of the one before.
func (p *place) sentFile(tx *store.Tx, maker string) error {
	u := &store.ImportUpload{Kind: "csv", Name: marker + ".csv", Size: 1, File: p.workspace.ID + "/import-" + store.NewID(),
		Status: store.UploadUploaded, InitiatedByID: &maker, WorkspaceID: p.workspace.ID}
	return errorOf(func() error { return run(tx, "DELETE FROM import_uploads WHERE workspace_id = ?", p.workspace.ID) },
		keep(p, tx, store.ImportUploads, "imports", u, &u.ID))
}
