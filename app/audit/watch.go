package audit

import (
	"encoding/json"
	"reflect"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What is written in the log whenever a row of these tables is written, whichever rule writes it: so that the API, the
// console and the command line all leave it, and a new rule too. What is no row, or many at once, is noted by the rule
// (app.Note).
func init() {
	store.Users.Watch(account, "is_active", "email")
	store.Accounts.Watch(provider)
	store.APITokens.Watch(key, keyColumns...)
	store.InstanceAdmins.Watch(administrator)
	store.InstanceConfigurations.Watch(setting, "value")
	store.Instances.Watch(installation, instanceColumns...)
	store.Workspaces.Watch(workspace, workspaceColumns...)
	store.WorkspaceFeaturesRows.Watch(workspaceFeatures, workspaceFeatureColumns...)
	store.WorkspaceMembers.Watch(workspaceMember, "role", "is_active")
	store.WorkspaceInvites.Watch(workspaceInvite, "role", "accepted", "responded_at")
	store.Projects.Watch(project, projectColumns...)
	store.ProjectFeaturesRows.Watch(projectFeatures, projectFeatureColumns...)
	store.ProjectMembers.Watch(projectMember, "role", "is_active")
	store.ProjectInvites.Watch(projectInvite, "role", "accepted", "responded_at")
	store.DeployBoards.Watch(publication, boardColumns...)
	store.Webhooks.Watch(webhook, append(webhookColumns, "secret_key")...)
	store.WorkflowHooks.Watch(workflowHook, "config", "is_enabled", "secret")
	store.Exporters.Watch(export)
	store.Imports.Watch(imported, "status")
}

// pick are the values of columns of a row, which row points to; nil: none.
func pick(row any, cols ...string) map[string]any {
	v := reflect.ValueOf(row)
	values := map[string]any{}
	if v.IsNil() {
		return values
	}
	v = v.Elem()
	for _, f := range reflect.VisibleFields(v.Type()) {
		for _, c := range cols {
			if f.Tag.Get("db") == c {
				values[c] = plain(v.FieldByIndex(f.Index))
			}
		}
	}
	return values
}

// plain is a value as JSON has it.
func plain(v reflect.Value) any {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			return nil
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case store.JSON:
		return document(string(x))
	case store.NullJSON:
		return document(string(x))
	default:
		return x
	}
}

func document(text string) any {
	var v any
	if json.Unmarshal([]byte(text), &v) != nil {
		return nil
	}
	return v
}

// told notes what became of a row by one of three events: it was made, changed in the columns, or deleted.
func told[T any](t *store.Tx, before, after *T, d app.Deed, made, changed, gone string, cols ...string) error {
	switch {
	case before == nil:
		d.Event, d.New = made, pick(after, cols...)
	case after == nil:
		d.Event, d.Old = gone, pick(before, cols...)
	default:
		d.Event = changed
		if d.Old, d.New = app.Changed(pick(before, cols...), pick(after, cols...)); len(d.New) == 0 {
			return nil
		}
	}
	if d.Event == "" {
		return nil
	}
	return app.Note(t, d)
}

// either is the row that there is, the newer one if both are.
func either[T any](before, after *T) *T {
	if after == nil {
		return before
	}
	return after
}

func account(t *store.Tx, before, after *store.User) error {
	u := either(before, after)
	d := app.Deed{Target: app.Person(u.ID)}
	switch {
	case u.IsBot:
		return nil
	case before == nil:
		d.Event = app.AccountCreated
		if app.Nameless(t) { // they sign up
			d.By = u.ID
		}
	case after == nil || before.Email != nil && after.Email == nil:
		d.Event = app.AccountDeleted
	case before.IsActive != after.IsActive && after.IsActive:
		d.Event = app.AccountOpened
	case before.IsActive != after.IsActive:
		d.Event = app.AccountClosed
	case text(before.Email) != text(after.Email):
		d.Event = app.AddressChanged
	default:
		return nil
	}
	return app.Note(t, d)
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func provider(t *store.Tx, before, after *store.Account) error {
	a := either(before, after)
	d := app.Deed{Target: app.Person(a.UserID), More: map[string]any{"provider": a.Provider}}
	if app.Nameless(t) {
		d.By = a.UserID
	}
	return told(t, before, after, d, app.ProviderLinked, "", app.ProviderUnlinked)
}

func key(t *store.Tx, before, after *store.APIToken) error {
	k := either(before, after)
	d := app.Deed{Workspace: text(k.WorkspaceID), Target: app.Target{Type: "api_token", ID: k.ID, Name: k.Label},
		More: map[string]any{"owner": k.UserID}}
	return told(t, before, after, d, app.KeyCreated, app.KeyUpdated, app.KeyRevoked, append(keyColumns, "is_service")...)
}

var keyColumns = []string{"label", "description", "expired_at", "is_active", "read_only", "scopes", "only_workspace_id",
	"only_projects"}

func administrator(t *store.Tx, before, after *store.InstanceAdmin) error {
	d := app.Deed{Target: app.Person(text(either(before, after).UserID))}
	return told(t, before, after, d, app.AdministratorMade, "", app.AdministratorEnded, "role")
}

// setting tells of a changed setting; of a secret no more than whether there is one.
func setting(t *store.Tx, before, after *store.InstanceConfiguration) error {
	if before == nil || after == nil || text(before.Value) == text(after.Value) {
		return nil // those of a new installation are no change
	}
	shown := func(s *store.InstanceConfiguration) map[string]any {
		value := text(s.Value)
		if s.IsEncrypted && value != "" {
			value = "***"
		}
		return map[string]any{"value": value}
	}
	return app.Note(t, app.Deed{Event: app.SettingsUpdated, Target: app.Target{Type: "setting", ID: after.Key},
		Old: shown(before), New: shown(after)})
}

var instanceColumns = []string{"instance_name", "domain", "is_telemetry_enabled", "is_setup_done", "base_url"}

func installation(t *store.Tx, before, after *store.Instance) error {
	i := either(before, after)
	d := app.Deed{Target: app.Target{Type: "instance", ID: i.ID, Name: i.InstanceName}}
	return told(t, before, after, d, "", app.InstanceUpdated, "", instanceColumns...)
}

var workspaceColumns = []string{"name", "slug", "owner_id", "organization_size", "timezone"}

func workspace(t *store.Tx, before, after *store.Workspace) error {
	w := either(before, after)
	d := app.Deed{Workspace: w.ID, Target: app.Target{Type: "workspace", ID: w.ID, Name: w.Name}}
	changed := app.WorkspaceUpdated
	if before != nil && after != nil {
		switch {
		case before.OwnerID != after.OwnerID:
			changed = app.WorkspaceTransferred
		case strings.HasPrefix(after.Slug, before.Slug+"__"): // it is being deleted, and its slug is free
			return nil
		}
	}
	return told(t, before, after, d, app.WorkspaceCreated, changed, app.WorkspaceDeleted, workspaceColumns...)
}

var workspaceFeatureColumns = []string{"project_grouping", "initiatives", "teams", "customers", "wiki", "pi",
	"releases", "work_item_types", "second_factor"}

func workspaceFeatures(t *store.Tx, before, after *store.WorkspaceFeatures) error {
	f := either(before, after)
	d := app.Deed{Workspace: f.WorkspaceID, Target: app.Target{Type: "workspace", ID: f.WorkspaceID}}
	return told(t, before, after, d, app.WorkspaceFeaturesChanged, app.WorkspaceFeaturesChanged, "",
		workspaceFeatureColumns...)
}

func workspaceMember(t *store.Tx, before, after *store.WorkspaceMember) error {
	m := either(before, after)
	d := app.Deed{Workspace: m.WorkspaceID, Target: app.Target{Type: "workspace_member", ID: m.MemberID}}
	return member(t, d, seat(before), seat(after))
}

func projectMember(t *store.Tx, before, after *store.ProjectMember) error {
	m := either(before, after)
	d := app.Deed{Workspace: m.WorkspaceID, Project: m.ProjectID,
		Target: app.Target{Type: "project_member", ID: text(m.MemberID)}}
	return member(t, d, projectSeat(before), projectSeat(after))
}

// seat is the role of somebody who is in; 0: they are not.
func seat(m *store.WorkspaceMember) int {
	if m == nil || !m.IsActive {
		return 0
	}
	return m.Role
}

func projectSeat(m *store.ProjectMember) int {
	if m == nil || !m.IsActive {
		return 0
	}
	return m.Role
}

func member(t *store.Tx, d app.Deed, before, after int) error {
	if before == after {
		return nil
	}
	role := func(r int) map[string]any {
		if r == 0 {
			return nil
		}
		return map[string]any{"role": r}
	}
	d.Old, d.New = role(before), role(after)
	switch {
	case before == 0:
		d.Event = app.MemberAdded
	case after == 0 && app.DoneBy(t) == d.Target.ID:
		d.Event = app.MemberLeft
	case after == 0:
		d.Event = app.MemberRemoved
	default:
		d.Event = app.RoleUpdated
	}
	if app.Nameless(t) { // they come in by an invitation, and sign in with that
		d.By = d.Target.ID
	}
	return app.Note(t, d)
}

func workspaceInvite(t *store.Tx, before, after *store.WorkspaceInvite) error {
	i := either(before, after)
	d := app.Deed{Workspace: i.WorkspaceID, Target: app.Target{Type: "invitation", ID: i.ID, Name: i.Email}}
	answered := before != nil && (before.Accepted || before.RespondedAt != nil)
	return invitation(t, before, after, d, !answered && after != nil && after.RespondedAt != nil, answered)
}

func projectInvite(t *store.Tx, before, after *store.ProjectInvite) error {
	i := either(before, after)
	d := app.Deed{Workspace: i.WorkspaceID, Project: i.ProjectID,
		Target: app.Target{Type: "invitation", ID: i.ID, Name: i.Email}}
	answered := before != nil && (before.Accepted || before.RespondedAt != nil)
	return invitation(t, before, after, d, !answered && after != nil && after.RespondedAt != nil, answered)
}

// invitation tells of one that was made, changed, answered or withdrawn. One that was answered goes when its person
// comes in, which is told then.
func invitation[T any](t *store.Tx, before, after *T, d app.Deed, answers, answered bool) error {
	changed, gone := app.InvitationChanged, app.InvitationWithdrawn
	if answers {
		changed = app.InvitationAnswered
	}
	if answered {
		gone = ""
	}
	return told(t, before, after, d, app.MemberInvited, changed, gone, "role", "accepted")
}

var projectColumns = []string{"name", "identifier", "network", "project_lead_id", "default_assignee_id", "archived_at",
	"guest_view_all_features", "cycle_view", "module_view", "issue_views_view", "page_view", "intake_view",
	"is_time_tracking_enabled", "is_issue_type_enabled", "archive_in", "close_in", "timezone"}

func project(t *store.Tx, before, after *store.Project) error {
	p := either(before, after)
	d := app.Deed{Workspace: p.WorkspaceID, Project: p.ID, Target: app.Target{Type: "project", ID: p.ID, Name: p.Name}}
	changed := app.ProjectUpdated
	if before != nil && after != nil && (before.ArchivedAt == nil) != (after.ArchivedAt == nil) {
		changed = app.ProjectArchived
		if after.ArchivedAt == nil {
			changed = app.ProjectUnarchived
		}
	}
	cols := projectColumns
	if before == nil || after == nil {
		cols = []string{"name", "identifier", "network"}
	}
	return told(t, before, after, d, app.ProjectCreated, changed, app.ProjectDeleted, cols...)
}

var projectFeatureColumns = []string{"epics", "workflows", "parallel_cycles", "project_updates", "manual_cycles"}

func projectFeatures(t *store.Tx, before, after *store.ProjectFeatures) error {
	f := either(before, after)
	d := app.Deed{Workspace: f.WorkspaceID, Project: f.ProjectID, Target: app.Target{Type: "project", ID: f.ProjectID}}
	return told(t, before, after, d, app.ProjectFeaturesChanged, app.ProjectFeaturesChanged, "", projectFeatureColumns...)
}

var boardColumns = []string{"is_comments_enabled", "is_reactions_enabled", "is_votes_enabled", "is_activity_enabled",
	"is_disabled", "view_props", "intake_id"}

func publication(t *store.Tx, before, after *store.DeployBoard) error {
	b := either(before, after)
	d := app.Deed{Workspace: b.WorkspaceID, Project: text(b.ProjectID), Target: app.Target{Type: "publication", ID: b.ID,
		Name: text(b.EntityName)}, More: map[string]any{"of": text(b.EntityIdentifier)}}
	return told(t, before, after, d, app.ProjectPublished, app.ProjectRepublished, app.ProjectUnpublished, boardColumns...)
}

var webhookColumns = []string{"url", "is_active", "project", "issue", "module", "cycle", "issue_comment"}

func webhook(t *store.Tx, before, after *store.Webhook) error {
	h := either(before, after)
	d := app.Deed{Workspace: h.WorkspaceID, Target: app.Target{Type: "webhook", ID: h.ID, Name: h.URL}}
	if before != nil && after != nil && before.SecretKey != after.SecretKey {
		d.Event = app.WebhookSecretRenewed
		return app.Note(t, d)
	}
	return told(t, before, after, d, app.WebhookCreated, app.WebhookUpdated, app.WebhookDeleted, webhookColumns...)
}

func export(t *store.Tx, before, after *store.Exporter) error {
	e := either(before, after)
	d := app.Deed{Workspace: e.WorkspaceID, Target: app.Target{Type: "export", ID: e.ID, Name: e.Provider}}
	return told(t, before, after, d, app.DataExported, "", "", "provider", "type", "project")
}

// imported notes an import when it begins, when it has ended or was refused before anything was taken in, and when it
// is taken back; one that was killed and goes on begins once.
func imported(t *store.Tx, before, after *store.Import) error {
	i := either(before, after)
	d := app.Deed{Workspace: i.WorkspaceID, Target: app.Target{Type: "import", ID: i.ID, Name: i.File},
		More: map[string]any{"kind": i.Kind, "source": i.Source}}
	switch {
	case before == nil:
		d.Event = app.ImportStarted
	case after == nil:
		d.Event, d.Failed, d.Reason = app.ImportEnded, true, "nothing was taken in"
	case before.Status == after.Status:
		return nil
	case before.Status == store.ImportDone && after.Status == store.ImportRunning: // once more, with what changed
		d.Event = app.ImportStarted
	case after.Status == store.ImportDone:
		d.Event = app.ImportEnded
	case after.Status == store.ImportUndone:
		d.Event = app.ImportTakenBack
	default:
		return nil
	}
	return app.Note(t, d)
}
