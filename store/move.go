package store

import (
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store/db"
)

// MovedTable is a table with rows that belong to a workspace, and go with it when it moves to another installation.
type MovedTable struct {
	Name string
	By   string            // the column that says of which workspace a row is
	Soft map[string]string // columns that hold ids of other tables, which the database does not check
	Left []string          // columns that stay behind: secrets, what is of no use elsewhere, counted ids
}

const ofWorkspace = "workspace_id"

// audited are the columns of most tables that say who made and who changed a row.
var audited = map[string]string{"created_by_id": "users", "updated_by_id": "users"}

// of are tables whose rows say themselves in which workspace they are.
func of(names ...string) []MovedTable {
	tables := make([]MovedTable, len(names))
	for i, name := range names {
		tables[i] = MovedTable{Name: name, By: ofWorkspace}
	}
	return tables
}

// movedTables are all tables of a workspace, those that others refer to first. Every row of them says in which
// workspace it is; what a new table says otherwise (by its project, by its parent) gets a By of its own. A test holds
// that each table of the schema is here or in stays.
var movedTables = slices.Concat(
	[]MovedTable{{Name: "workspaces", By: "id", Soft: map[string]string{"logo_asset_id": "file_assets"}}},
	of("workspace_members"),
	[]MovedTable{{Name: "workspace_member_invites", By: ofWorkspace, Left: []string{"token"}}},
	of("workspace_themes"),
	[]MovedTable{{Name: "workspace_user_links", By: ofWorkspace, Soft: map[string]string{"project_id": "projects"}}},
	of("workspace_user_preferences", "workspace_user_properties", "workspace_home_preferences", "stickies",
		"analytic_views"),
	[]MovedTable{
		{Name: "webhooks", By: ofWorkspace, Left: []string{"secret_key"}},
		{Name: "projects", By: ofWorkspace, Soft: map[string]string{"estimate_id": "estimates",
			"default_state_id": "states", "cover_image_asset_id": "file_assets"}},
	},
	[]MovedTable{{Name: "project_identifiers", By: ofWorkspace, Left: []string{"id"}}}, // the database counts them
	of("project_members", "project_features", "workspace_features"),
	[]MovedTable{{Name: "project_member_invites", By: ofWorkspace, Left: []string{"token"}}},
	of("project_user_properties", "project_public_members", "states", "labels", "estimates", "estimate_points",
		"issue_types", "project_issue_types", "issues", "issue_sequences", "issue_assignees", "issue_labels",
		"issue_links", "issue_mentions", "issue_reactions", "issue_relations", "issue_subscribers", "issue_votes",
		"issue_relation_definitions", "issue_typed_relations", "issue_worklogs",
		"issue_properties", "issue_property_options", "issue_type_properties",
		"release_tags", "release_labels", "releases", "release_changelogs", "release_item_labels", "release_comments",
		"release_links", "release_issues", "customer_properties", "customer_property_options"),
	[]MovedTable{
		{Name: "customers", By: ofWorkspace, Soft: map[string]string{"logo_asset_id": "file_assets"}},
		{Name: "customer_property_values", By: ofWorkspace, Soft: map[string]string{"file_asset_id": "file_assets"}},
	},
	of("customer_requests", "customer_issues",
		"workflows", "workflow_types", "workflow_states", "workflow_transitions", "workflow_transition_members",
		"workflow_approvals", "workflow_activities"),
	[]MovedTable{{Name: "workflow_hooks", By: ofWorkspace, Left: []string{"secret"}}},
	of("descriptions", "description_versions", "issue_comments", "comment_reactions", "issue_activities",
		"issue_versions", "issue_description_versions", "draft_issues", "draft_issue_assignees", "draft_issue_labels",
		"cycles", "cycle_issues", "cycle_user_properties", "modules", "module_issues", "module_links", "module_members",
		"milestones", "milestone_issues", "initiatives", "initiative_labels", "initiative_label_links",
		"initiative_projects", "initiative_issues",
		"module_user_properties", "draft_issue_cycles", "draft_issue_modules", "issue_views"),
	[]MovedTable{{Name: "pages", By: ofWorkspace, Soft: map[string]string{"moved_to_page": "pages",
		"moved_to_project": "projects"}}},
	of("catalogue_states", "catalogue_labels", "teamspaces", "teamspace_members", "teamspace_projects",
		"templates", "recurring_issues"),
	of("page_labels", "page_logs", "page_versions", "project_pages", "issue_pages", "collections", "collection_members",
		"collection_pages", "intakes", "intake_issues",
		"deploy_boards", "file_assets", "notifications", "user_notification_preferences", "user_favorites",
		"user_recent_visits"),
	of("issue_property_values"), // files are values, too
	[]MovedTable{{Name: "exporters", By: ofWorkspace, Left: []string{"key", "url", "token"}}},
	of("imports", "import_rows"),
)

// stays are the tables that stay behind when a workspace moves, and why.
var stays = map[string]string{
	"users":                   "people go as neutral records: no password, no rights in the installation",
	"profiles":                "everybody's own settings, not a workspace's",
	"accounts":                "sign-ins by providers",
	"sessions":                "sign-ins",
	"granted_roles":           "what people have by their groups at a provider of this installation",
	"second_factors":          "what signs people in here",
	"recovery_codes":          "likewise",
	"remembered_browsers":     "likewise",
	"halfway_sign_ins":        "sign-ins under way",
	"codes":                   "codes that were sent for signing in",
	"api_tokens":              "keys",
	"api_activity_logs":       "what was asked with keys",
	"audit_waiting":           "what is to be in the audit log",
	"audit_entries":           "the audit log is the installation's, sealed with its secret",
	"audit_seals":             "likewise",
	"audit_sinks":             "where the audit log is passed on to",
	"instances":               "the installation itself",
	"instance_admins":         "who administers the installation",
	"instance_configurations": "settings of the installation, some of them sealed with its secret",
	"webhook_logs":            "what was delivered elsewhere, signed with secrets that stay",
	"workflow_hook_runs":      "what hooks of workflows did there, and told others, signed with secrets that stay",
	"webhook_deliveries":      "what is told of the other installation, to whom it is known",
	"email_notification_logs": "letters that were or were not sent",
	"jobs":                    "work that waits: nothing goes out because a workspace moves",
	"job_locks":               "who runs the schedule",
	"page_updates":            "they are made part of their pages before",
	"cache_notices":           "what other processes have in memory",
	"cleanings":               "what of the installation was cleaned when",
	"reminders":               "who was reminded of which date; at worst somebody is reminded once more",
	"reminder_zones":          "where it has been morning today",
	"limits":                  "what clients asked lately",
	"upgrades":                "what a release has to do once",
	"marks":                   "what the nodes of an installation have in common",
	"backups":                 "backups of the installation",
	"schema_migrations":       "the schema",
	"import_uploads":          "files that are to be imported there; what was imported goes",
	"issue_changes":           "triggers write it",
	"stream_events":           "what happened there lately, for who listens there",
	"search_projects":         "triggers write it",
	"search_issues":           "triggers write it",
}

// MovedTables returns the tables of a workspace, those that others refer to first.
func MovedTables() []MovedTable { return slices.Clone(movedTables) }

// Column is db.Column.
type Column = db.Column

// The kinds of columns: see package db.
const (
	KindTime    = db.Time
	KindBytes   = db.Bytes
	KindBoolean = db.Boolean
	KindInteger = db.Integer
	KindReal    = db.Real
)

// Columns lists the columns that go with the rows; Refers names the table of every id that is known to be one.
func (m MovedTable) Columns(t *Tx) ([]Column, error) {
	columns, err := t.TableColumns(m.Name)
	if err != nil {
		return nil, err
	}
	columns = slices.DeleteFunc(columns, func(c Column) bool { return slices.Contains(m.Left, c.Name) })
	for i, c := range columns {
		if c.Refers == "" {
			columns[i].Refers = audited[c.Name]
		}
		if to := m.Soft[c.Name]; to != "" {
			columns[i].Refers = to
		}
	}
	return columns, nil
}

func listed(columns []Column) string {
	names := make([]string, len(columns))
	for i, c := range columns {
		names[i] = `"` + c.Name + `"`
	}
	return strings.Join(names, ", ")
}

// Each gives scan the values of these columns in every row of the workspace, deleted ones too, by id.
func (m MovedTable) Each(t *Tx, workspace string, columns []Column, scan func(values []any) error) error {
	query := "SELECT " + listed(columns) + " FROM " + m.Name + " WHERE " + m.By + " = ? ORDER BY id"
	if err := t.Plain(query, []any{workspace}, scan); err != nil {
		return fmt.Errorf("read %s: %w", m.Name, err)
	}
	return nil
}

// Insert writes rows: the values of the columns of one after those of the other.
func (m MovedTable) Insert(t *Tx, columns []Column, values []any) error {
	if err := db.InsertRows(t, m.Name, listed(columns), len(columns), values); err != nil {
		return fmt.Errorf("write %s: %w", m.Name, err)
	}
	return nil
}

// Taken returns the first of these values of a column that a row has already; empty: none.
func (m MovedTable) Taken(t *Tx, column string, values []string) (string, error) {
	in, arg := t.In(column, values)
	taken := ""
	err := t.Each("SELECT "+column+" FROM "+m.Name+" WHERE "+in+" LIMIT 1", []any{arg}, func(rows *sql.Rows) error {
		return rows.Scan(&taken)
	})
	return taken, err
}

// MovedPeople returns the accounts with these ids that there are, by id.
func MovedPeople(t *Tx, ids []string) ([]User, error) {
	people := []User{}
	err := Users.QueryAll(t).Where(In("id", ids)).OrderBy("id").All(&people)
	return people, db.Mark(err)
}

// DropUnarrived removes the rows by which the sweep would have found files of a move that ended before its time.
func DropUnarrived(t *Tx, keys []string) error {
	in, arg := t.In("asset", keys)
	_, err := t.Exec("DELETE FROM file_assets WHERE NOT is_uploaded AND workspace_id IS NULL AND "+in, arg)
	return err
}
