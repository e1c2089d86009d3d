package retention_test

import (
	"context"
	"database/sql"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
)

// small are tables that are read whole to find what was deleted of them: there is little in them, and who reads on
// SQLite lets everybody write.
var small = []string{"analytic_views", "api_tokens", "catalogue_labels", "catalogue_states", "customer_properties",
	"customer_property_options", "cycle_user_properties", "cycles", "deploy_boards", "description_versions",
	"draft_issue_assignees", "draft_issue_cycles", "draft_issue_labels", "draft_issue_modules", "draft_issues",
	"estimate_points", "estimates", "exporters", "instance_admins", "instance_configurations", "instances", "intakes",
	"issue_properties", "issue_property_options", "issue_relation_definitions", "issue_type_properties",
	"issue_types", "issue_versions", "issue_views", "labels", "module_links", "module_members",
	"module_user_properties", "modules", "page_labels", "project_features", "project_identifiers",
	"project_issue_types", "project_member_invites", "project_members", "project_pages", "project_public_members",
	"project_user_properties", "projects", "recurring_issues", "release_labels", "release_tags", "states", "stickies",
	"teamspace_members", "teamspace_projects", "teamspaces", "templates", "user_favorites",
	"user_notification_preferences", "webhooks", "workflow_hooks", "workflow_states", "workflow_transition_members",
	"workflow_transitions", "workflow_types", "workflows", "workspace_features", "workspace_home_preferences",
	"workspace_member_invites", "workspace_members", "workspace_themes", "workspace_user_links",
	"workspace_user_preferences", "workspace_user_properties", "workspaces"}

var deletedOf = regexp.MustCompile(`FROM "(\w+)" WHERE deleted_at <`)

// What may go is found by an index in every table that grows, on both engines.
func TestWhatMayGoIsFoundByAnIndex(t *testing.T) {
	apptest.Each(t, func(t *testing.T, a *app.App) {
		for _, days := range []*int{&a.Config.Retention.PageVersionDays, &a.Config.Retention.DescriptionVersionDays} {
			*days = 10
		}
		type statement struct {
			text string
			args []any
		}
		var seen []statement
		a.DB.Observe(func(_ context.Context, text string, args []any) {
			if strings.HasPrefix(text, "SELECT") && strings.Contains(text, " FROM \"") {
				seen = append(seen, statement{text, args})
			}
		})
		round(t, a)
		a.DB.Observe(nil)
		looked := 0
		for _, s := range seen {
			if m := deletedOf.FindStringSubmatch(s.text); m != nil && slices.Contains(small, m[1]) {
				continue
			}
			looked++
			for _, line := range explain(t, a, s.text, s.args) {
				whole := strings.HasPrefix(line, "SCAN ") && !strings.Contains(line, "USING") && !strings.HasPrefix(line, "SCAN v") &&
					!strings.HasPrefix(line, "SCAN (") || strings.Contains(line, "Seq Scan")
				if whole {
					t.Errorf("%s\nis found by reading all: %s", s.text, line)
				}
			}
		}
		if looked < 40 {
			t.Errorf("only %d statements were looked at", looked)
		}
	})
}

// explain returns the lines of a plan. Postgres reads small tables whole whatever there is: it is told not to.
func explain(t *testing.T, a *app.App, text string, args []any) (plan []string) {
	t.Helper()
	write(t, a, func(tx *store.Tx) error {
		plan = nil
		explained, columns := "EXPLAIN QUERY PLAN "+text, 4
		if a.DB.Postgres {
			if _, err := tx.Exec("SET LOCAL enable_seqscan = off"); err != nil {
				return err
			}
			explained, columns = "EXPLAIN "+text, 1
		}
		return tx.Each(explained, args, func(rows *sql.Rows) error {
			values, into := make([]string, columns), make([]any, columns)
			for i := range values {
				into[i] = &values[i]
			}
			err := rows.Scan(into...)
			plan = append(plan, values[columns-1])
			return err
		})
	})
	return plan
}
