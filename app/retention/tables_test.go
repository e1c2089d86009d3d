package retention_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/retention"
)

// bounds says of every table what keeps it from growing for ever. "rule NAME" is a rule of this package, "content" what
// people make, which goes when they delete it (then by the rule "deleted"), "fixed" what is there once or once for each
// setting, and the rest is said in words.
var bounds = map[string]string{
	"accounts": "one for each provider and person", "analytic_views": "content",
	"audit_entries": "rule audit", "audit_seals": "rule audit", "audit_sinks": "one for each setting",
	"audit_waiting":     "sealed within seconds",
	"api_activity_logs": "rule api-logs",
	"api_tokens":        "limits.api_keys; ended ones by rule deleted",
	"catalogue_labels":  "250 in a workspace", "catalogue_states": "250 in a workspace",
	"backups":       "backup: what ended over a year ago is forgotten",
	"cache_notices": "removed by the server that has heard them", "cleanings": "fixed", "codes": "rule codes",
	"collection_members": "one for each private collection and person", "collection_pages": "one for each page",
	"collections":       "500 in a workspace",
	"comment_reactions": "content", "cycle_issues": "content",
	"customer_issues": "5000 for each customer", "customer_properties": "100 in a workspace",
	"customer_property_options": "500 for each property",
	"customer_property_values":  "100 for each customer and property", "customer_requests": "content",
	"customers":             "content",
	"cycle_user_properties": "one for each cycle and person",
	"cycles":                "content", "deploy_boards": "content", "description_versions": "nothing writes it",
	"descriptions":          "rule texts",
	"draft_issue_assignees": "content", "draft_issue_cycles": "content", "draft_issue_labels": "content",
	"draft_issue_modules": "content", "draft_issues": "content", "email_notification_logs": "rule mail-logs",
	"estimate_points": "content", "estimates": "content", "exporters": "rule exports",
	"file_assets":     "rule uploads",
	"instance_admins": "fixed", "instance_configurations": "fixed", "instances": "fixed",
	"initiatives": "content", "initiative_issues": "content", "initiative_labels": "200 in a workspace",
	"initiative_label_links": "content", "initiative_projects": "content",
	"granted_roles": "one for each person, provider and workspace",
	"intake_issues": "content",
	"intakes":       "content", "issue_activities": "rule history", "issue_assignees": "content",
	"issue_changes":  "rule changes",
	"issue_comments": "content", "issue_description_versions": "rule description-versions-many",
	"issue_labels": "content",
	"issue_links":  "content", "issue_pages": "content", "issue_mentions": "content", "issue_names": "content, as the work items",
	"issue_reactions": "content", "issue_relation_definitions": "100 in a workspace",
	"issue_relations":  "content",
	"issue_properties": "200 in a project", "issue_property_options": "500 of a property",
	"issue_property_values": "100 of a work item and a property", "issue_type_properties": "200 of a type",
	"issue_typed_relations": "content", "issue_worklogs": "content", "issue_sequences": "rule numbers",
	"issue_subscribers": "content", "issue_types": "content", "issue_versions": "nothing writes it",
	"issue_views": "content",
	"issue_votes": "content", "issues": "rule deleted", "job_locks": "fixed", "jobs": "rule failed-jobs",
	"labels": "content",
	"limits": "rule limits", "marks": "fixed", "milestones": "content", "milestone_issues": "content",
	"module_issues": "content", "module_links": "content",
	"module_members": "content", "module_user_properties": "one for each module and person",
	"modules":       "content",
	"notifications": "rule notifications", "page_labels": "content",
	"page_logs":     "one for each mention in a page",
	"page_updates":  "made part of their pages within minutes",
	"page_versions": "rule page-versions-many", "pages": "content", "profiles": "one for each person",
	"project_features":    "one for each project",
	"project_identifiers": "content", "project_issue_types": "content", "project_member_invites": "content",
	"project_members": "content", "project_pages": "content", "project_public_members": "content",
	"project_user_properties": "one for each project and person", "projects": "content",
	"release_changelogs": "one for each release", "release_comments": "content", "release_issues": "content",
	"release_item_labels": "content", "release_labels": "content", "release_links": "content",
	"release_tags": "content", "releases": "content",
	"reminders": "those of dates that are over are replaced", "reminder_zones": "one for each time zone",
	"schema_migrations": "fixed",
	"search_issues":     "content, as the work items", "search_projects": "content, as the projects",
	"sessions": "rule sessions", "second_factors": "one for each person", "recovery_codes": "10 for each person",
	"remembered_browsers": "rule remembered-browsers", "halfway_sign_ins": "rule halfway-sign-ins",
	"states": "content", "stickies": "content", "stream_events": "rule stream-events",
	"recurring_issues": "200 in a project", "templates": "500 in a workspace",
	"teamspaces": "content", "teamspace_members": "content", "teamspace_projects": "content",
	"upgrades": "fixed", "user_favorites": "content",
	"user_notification_preferences": "fixed for each person",
	"user_recent_visits":            "20 for each person and workspace",
	"users":                         "content", "webhook_deliveries": "rule webhook-deliveries",
	"webhook_logs": "rule webhook-logs", "webhooks": "limits.webhooks",
	"workflows": "50 in a project, and of a workspace", "workflow_types": "one for each type and project",
	"workflow_states": "one for each workflow and state", "workflow_transitions": "one for each pair of its states",
	"workflow_transition_members": "100 for each transition",
	"workflow_approvals":          "one for each person and work item that waits",
	"workflow_activities":         "1000 for each workflow",
	"workflow_hooks":              "20 for each transition",
	"workflow_hook_runs":          "200 for each hook",
	"imports":                     "one for each run of a command",
	"import_uploads":              "rule import-uploads",
	"import_rows":                 "one for each thing that was taken in: by it another run knows what is here already",
	"workspace_home_preferences":  "fixed for each person",
	"workspace_member_invites":    "limits.invitations; rule deleted",
	"workspace_members":           "content", "workspace_themes": "content", "workspace_user_links": "content",
	"workspace_user_preferences": "fixed for each person", "workspace_user_properties": "fixed for each person",
	"workspace_features": "one for each workspace", "workspaces": "limits.workspaces",
}

func TestEveryTableIsBounded(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		tables, err := a.DB.Read(t.Context()).Tables()
		if err != nil {
			t.Fatal(err)
		}
		for _, table := range tables {
			if bounds[table] == "" {
				t.Errorf("%s: what keeps this table from growing for ever? Say it here, and write a rule if nothing does", table)
			}
		}
		for table, why := range bounds {
			rule, ok := strings.CutPrefix(why, "rule ")
			if ok && !slices.ContainsFunc(retention.Rules(), func(r retention.Rule) bool { return r.Name == rule }) {
				t.Errorf("%s: there is no rule %s", table, rule)
			}
			elsewhere := []string{"limits", "issue_names", "search_issues", "search_projects"} // of one engine only
			if !slices.Contains(tables, table) && !slices.Contains(elsewhere, table) {
				t.Errorf("%s is no table any more", table)
			}
		}
	})
}
