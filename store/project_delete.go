package store

import (
	"fmt"

	"github.com/pocketbase/dbx"
)

// projectRows are the tables whose rows go with their project, in an order that hides first what people look at.
var projectRows = []string{
	"cycles", "modules", "issue_views", "labels", "states", "intakes", "intake_issues", "estimates",
	"estimate_points", "project_members", "project_features", "issue_types", "issue_properties",
	"issue_property_options", "issue_type_properties", "issue_property_values", "teamspace_projects", "templates",
	"recurring_issues", "project_member_invites", "project_public_members", "project_issue_types", "cycle_issues",
	"cycle_user_properties", "module_issues", "module_links", "module_members", "module_user_properties",
	"issue_sequences", "issue_assignees", "issue_labels", "issue_links", "issue_mentions", "issue_reactions",
	"issue_relations", "issue_typed_relations", "issue_worklogs", "issue_pages", "release_issues", "customer_issues",
	"workflows", "workflow_types", "workflow_states", "workflow_transitions", "workflow_transition_members",
	"workflow_approvals", "workflow_activities", "workflow_hooks", "workflow_hook_runs", "milestones",
	"milestone_issues", "initiative_projects",
	"initiative_issues", "issue_subscribers", "issue_votes", "issue_comments", "comment_reactions",
	"issue_activities", "issue_versions", "issue_description_versions", "draft_issues", "draft_issue_assignees",
	"draft_issue_labels", "draft_issue_cycles", "draft_issue_modules", "descriptions", "description_versions",
	"project_pages", "file_assets", "notifications", "user_notification_preferences", "user_recent_visits",
	"workspace_user_links",
}

// JobProjectDeleted is the job that deletes what a deleted project had; its payload is a ProjectDeleted.
const JobProjectDeleted = "project.deleted"

// ProjectDeleted names a deleted project.
type ProjectDeleted struct {
	ID string `json:"id"`
}

// DeleteProject deletes a project, frees its name and identifier, takes its board from the web and its star from
// everybody. Work items go at once, because their makers may read them without a role; the rest follows in a job,
// unseen meanwhile.
func DeleteProject(t *Tx, p *Project) error {
	if err := Projects.Delete(t, p); err != nil {
		return err
	}
	if err := replaceStatesOf(t, p); err != nil {
		return err
	}
	if _, err := t.Exec("DELETE FROM project_identifiers WHERE project_id = ?", p.ID); err != nil {
		return fmt.Errorf("free identifier: %w", err)
	}
	for _, table := range []string{"deploy_boards", "user_favorites", "project_user_properties", "issues"} {
		if err := deleteOf(t, table, p.ID); err != nil {
			return err
		}
	}
	t.ForgetAll()
	return Enqueue(t, JobProjectDeleted, ProjectDeleted{p.ID})
}

// ProjectRows is all that a deleted project had, to be marked as deleted.
func ProjectRows(project string) (all []Stale) {
	for _, table := range projectRows {
		all = append(all, living(table, "project_id = ?", project))
	}
	return append(all, living("pages", `id IN (SELECT page_id FROM project_pages WHERE project_id = ?)
		AND id NOT IN (SELECT page_id FROM project_pages WHERE project_id <> ? AND deleted_at IS NULL)`, project, project))
}

func deleteOf(t *Tx, table, project string) error {
	if _, err := t.Exec("UPDATE "+table+" SET deleted_at = ? WHERE "+t.InOrder(table,
		"project_id = ? AND deleted_at IS NULL"), t.Now, project); err != nil {
		return fmt.Errorf("delete %s of a project: %w", table, err)
	}
	return nil
}

// IdentifiersNamed returns the entries of a workspace's register of project identifiers with that name.
func IdentifiersNamed(t *Tx, workspace, name string) ([]ProjectIdentifier, error) {
	return ProjectIdentifiers.List(t, dbx.HashExp{"workspace_id": workspace, "name": name})
}
