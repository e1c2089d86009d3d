package storetest

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// hung are the tables around work items: the columns that are theirs, the values of those, and the segments of paths
// that their ids follow. i is the work item, p one of the people. The rest (id, times, maker, place) is the same in
// all.
var hung = []struct{ table, columns, values, segments string }{
	{"issue_assignees", "assignee_id", "p.id", ""},
	{"issue_subscribers", "subscriber_id", "p.id", ""},
	{"issue_mentions", "mention_id", "p.id", ""},
	{"issue_reactions", "actor_id, reaction", "p.id, '128077'", ""},
	{"issue_votes", "actor_id, vote", "p.id, 1", ""},
	{"issue_links", "url, metadata", "'https://example.org/' || p.username, '{}'", "links issue-links"},
	{"issue_worklogs", "logged_by_id, description, duration", "p.id, 'review', 30", "worklogs"},
	{"issue_comments", "actor_id, comment_html, comment_stripped, comment_json, attachments, access",
		"p.id, '<p>yes</p>', 'yes', '{}', '[]', 'INTERNAL'", "comments"},
	{"issue_activities", "actor_id, verb, field, old_value, new_value, comment, attachments",
		"p.id, 'updated', 'name', 'a', 'b', '', '[]'", "activities"},
	{"issue_activities", "actor_id, verb, field, old_value, new_value, comment, attachments, old_identifier, new_identifier",
		"p.id, 'updated', 'assignees', '', p.display_name, '', '[]', NULL, p.id", ""},
	{"issue_description_versions", "owned_by_id, description_html, description_json, last_saved_at",
		"p.id, '<p></p>', '{}', i.created_at", "description-versions"},
	{"issue_versions", "owned_by_id, name, priority, sequence_id, sort_order, is_draft, last_saved_at, assignees, labels, modules, properties, meta",
		"p.id, i.name, i.priority, i.sequence_id, i.sort_order, FALSE, i.created_at, '[]', '[]', '[]', '{}', '{}'",
		"versions"},
	{"file_assets", "user_id, attributes, asset, is_deleted, is_archived, is_uploaded, size, entity_type, storage_metadata",
		`p.id, '{"name": "a.txt", "type": "text/plain", "size": 1}', 'key-' || p.username, FALSE, FALSE, TRUE, 1, 'ISSUE_ATTACHMENT', '{}'`, "attachments issue-attachments assets"},
}

// ties are the statements that write what ties work items to others, to plans and to what the workspace has.
var ties = []string{
	`INSERT INTO comment_reactions (id, created_at, updated_at, actor_id, reaction, comment_id, project_id, workspace_id)
		SELECT $UUID, c.created_at, c.created_at, p.id, '128077', c.id, c.project_id, c.workspace_id
		FROM issue_comments c JOIN users p ON p.id = c.actor_id OR c.id = $COMMENT AND p.username LIKE 'person-%'`,
	`INSERT INTO issue_relations (id, created_at, updated_at, relation_type, issue_id, related_issue_id, project_id, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, 'blocked_by', i.id, j.id, i.project_id, i.workspace_id
		FROM issues i JOIN issues j ON j.sequence_id = i.sequence_id + 1 AND j.project_id = i.project_id WHERE i.id <> $MAIN`,
	`INSERT INTO issue_relations (id, created_at, updated_at, relation_type, issue_id, related_issue_id, project_id, workspace_id)
		SELECT $UUID, j.created_at, j.created_at, 'relates_to', $MAIN, j.id, j.project_id, j.workspace_id
		FROM issues j WHERE j.project_id = $PROJECT AND j.sequence_id BETWEEN 2 AND $PEOPLE + 1`,
	`INSERT INTO issue_relation_definitions (id, created_at, updated_at, name, outward, inward, is_default, is_active, sort_order, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, 'causes', 'causes', 'is caused by', FALSE, TRUE, 1, i.workspace_id FROM issues i WHERE i.id = $MAIN`,
	`INSERT INTO issue_typed_relations (id, created_at, updated_at, definition_id, issue_id, related_issue_id, project_id, workspace_id)
		SELECT $UUID, j.created_at, j.created_at, d.id, $MAIN, j.id, j.project_id, j.workspace_id
		FROM issues j JOIN issue_relation_definitions d ON d.workspace_id = j.workspace_id WHERE j.project_id = $PROJECT AND j.id <> $MAIN`,
	"UPDATE issues SET parent_id = $MAIN WHERE project_id = $PROJECT AND sequence_id BETWEEN 2 AND $PEOPLE + 1",
	"UPDATE projects SET intake_view = TRUE, cycle_view = TRUE, module_view = TRUE, issue_views_view = TRUE, page_view = TRUE",
	`INSERT INTO cycle_issues (id, created_at, updated_at, cycle_id, issue_id, project_id, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, $CYCLE, i.id, i.project_id, i.workspace_id FROM issues i
		WHERE i.parent_id = $MAIN AND NOT EXISTS (SELECT 1 FROM cycle_issues c WHERE c.issue_id = i.id)`,
	`INSERT INTO module_issues (id, created_at, updated_at, module_id, issue_id, project_id, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, $MODULE, i.id, i.project_id, i.workspace_id FROM issues i WHERE i.parent_id = $MAIN`,
	`INSERT INTO pages (id, created_at, updated_at, created_by_id, name, description_json, description_html, access, owned_by_id, workspace_id, color, is_locked, view_props, logo_props, is_global, sort_order)
		SELECT $UUID, i.created_at, i.created_at, p.id, 'Notes of ' || p.username, '{}', '<p>n</p>', 0, p.id, i.workspace_id, '', FALSE, '{}', '{}', TRUE, 65535
		FROM issues i JOIN users p ON p.username LIKE 'person-%' WHERE i.id = $MAIN`,
	`INSERT INTO project_pages (id, created_at, updated_at, page_id, project_id, workspace_id)
		SELECT $UUID, g.created_at, g.created_at, g.id, $PROJECT, g.workspace_id FROM pages g`,
	`INSERT INTO issue_pages (id, created_at, updated_at, page_id, issue_id, project_id, workspace_id)
		SELECT $UUID, g.created_at, g.created_at, g.id, $MAIN, $PROJECT, g.workspace_id FROM pages g`,
	`INSERT INTO issue_types (id, created_at, updated_at, name, description, logo_props, is_active, is_default, level, is_epic, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, 'Epic', '', '{}', TRUE, FALSE, 1, TRUE, i.workspace_id FROM issues i WHERE i.id = $MAIN`,
	`INSERT INTO project_issue_types (id, created_at, updated_at, level, is_default, issue_type_id, project_id, workspace_id)
		SELECT $UUID, y.created_at, y.created_at, 1, FALSE, y.id, $PROJECT, y.workspace_id FROM issue_types y WHERE y.is_epic`,
	`UPDATE issues SET type_id = (SELECT y.id FROM issue_types y WHERE y.is_epic) WHERE id = $MAIN OR project_id = $PROJECT AND sequence_id % 5 = 3`,
	`INSERT INTO milestone_issues (id, created_at, updated_at, milestone_id, issue_id, project_id, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, m.id, i.id, i.project_id, i.workspace_id
		FROM issues i JOIN milestones m ON m.title = 'milestone of person ' || (i.sequence_id % $PEOPLE)
		WHERE i.project_id = $PROJECT AND i.sequence_id > 0`,
	`INSERT INTO initiative_issues (id, created_at, updated_at, initiative_id, issue_id, project_id, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, (SELECT n.id FROM initiatives n WHERE n.name = 'initiative of person 0'), i.id, i.project_id, i.workspace_id
		FROM issues i WHERE i.sequence_id BETWEEN 1 AND 999999`,
	`INSERT INTO initiative_projects (id, created_at, updated_at, initiative_id, project_id, workspace_id)
		SELECT $UUID, p.created_at, p.created_at, n.id, p.id, p.workspace_id
		FROM projects p JOIN initiatives n ON n.workspace_id = p.workspace_id AND n.name = 'initiative of person 0'`,
	`INSERT INTO collections (id, created_at, updated_at, created_by_id, name, access, owned_by_id, logo_props, sort_order, workspace_id)
		SELECT $UUID, g.created_at, g.created_at, g.owned_by_id, 'Shelf', 0, g.owned_by_id, '{}', 65535, g.workspace_id FROM pages g`,
	`INSERT INTO collection_members (id, created_at, updated_at, collection_id, member_id, access, workspace_id)
		SELECT $UUID, k.created_at, k.created_at, k.id, p.id, 2, k.workspace_id FROM collections k JOIN users p ON p.username LIKE 'person-%'`,
	`INSERT INTO collection_pages (id, created_at, updated_at, collection_id, page_id, sort_order, workspace_id)
		SELECT $UUID, g.created_at, g.created_at, (SELECT k.id FROM collections k ORDER BY k.id LIMIT 1), g.id, 65535, g.workspace_id FROM pages g`,
	`INSERT INTO intake_issues (id, created_at, updated_at, status, intake_id, issue_id, project_id, workspace_id, extra)
		SELECT $UUID, i.created_at, i.created_at, 1, $INTAKE, i.id, i.project_id, i.workspace_id, '{}' FROM issues i WHERE i.sequence_id BETWEEN 1 AND 999999 AND i.sequence_id % 2 = 0`,
	`INSERT INTO issue_sequences (id, created_at, updated_at, issue_id, sequence, deleted, project_id, workspace_id)
		SELECT $UUID, i.created_at, i.created_at, i.id, i.sequence_id, FALSE, i.project_id, i.workspace_id FROM issues i`,
}

// What every table around work items has.
const commonColumns, commonValues = "id, created_at, updated_at, created_by_id, issue_id, project_id, workspace_id",
	"$UUID, i.created_at, i.created_at, p.id, i.id, i.project_id, i.workspace_id"

// hang writes what hangs on work items, a statement a table.
func (s *surrounding) hang(t *store.Tx) error {
	each := fmt.Sprintf(" FROM issues i JOIN users p ON p.username = 'person-' || (i.sequence_id %% %d) AND i.sequence_id > 0 OR i.id = $MAIN AND p.username LIKE 'person-%%'",
		len(s.people))
	for _, h := range hung {
		if err := s.exec(t, "INSERT INTO "+h.table+" ("+commonColumns+", "+h.columns+") SELECT "+commonValues+", "+h.values+
			each); err != nil {
			return fmt.Errorf("%s: %w", h.table, err)
		}
		for _, seg := range strings.Fields(h.segments) {
			var id string
			if err := t.One("SELECT id FROM "+h.table+" WHERE issue_id = ? LIMIT 1", []any{s.First}, &id); err != nil {
				return err
			}
			s.ids[seg] = id
		}
	}
	for _, statement := range ties {
		if err := s.exec(t, statement); err != nil {
			return err
		}
	}
	id := ""
	if err := t.One("SELECT id FROM collections ORDER BY id LIMIT 1", nil, &id); err != nil {
		return err
	}
	s.ids["collections"] = id
	if err := s.types(t); err != nil {
		return err
	}
	return s.flow(t)
}

// flow writes a workflow that is not active, with all states and a transition between each two of them, which has a
// hook that has run for every work item.
func (s *surrounding) flow(t *store.Tx) error {
	for _, f := range []struct{ table, columns, from string }{
		{"workflows", "name, description, is_active, is_default, project_id, workspace_id",
			"'Flow', '', FALSE, FALSE, o.id, o.workspace_id FROM projects o WHERE o.id = $PROJECT"},
		{"workflow_states", "type, allow_issue_creation, is_default, workflow_id, state_id, project_id, workspace_id",
			"'transition', TRUE, FALSE, o.id, s.id, o.project_id, o.workspace_id FROM workflows o" +
				" JOIN states s ON s.project_id = o.project_id"},
		{"workflow_transitions",
			"restricted, workflow_id, workflow_state_id, transition_state_id, project_id, workspace_id",
			"FALSE, o.workflow_id, o.id, s.state_id, o.project_id, o.workspace_id FROM workflow_states o" +
				" JOIN workflow_states s ON s.workflow_id = o.workflow_id AND s.id <> o.id"},
		{"workflow_hooks", "phase, handler_name, config, execution_order, is_enabled, workflow_id, transition_id, project_id," +
			" workspace_id", "'post', 'add_comment', $OBJECT, 1, TRUE, o.workflow_id, o.id, o.project_id, o.workspace_id" +
			" FROM workflow_transitions o"},
	} {
		err := s.exec(t, "INSERT INTO "+f.table+" (id, created_at, updated_at, "+f.columns+
			") SELECT $UUID, o.created_at, o.created_at, "+f.from)
		if err != nil {
			return fmt.Errorf("%s: %w", f.table, err)
		}
	}
	for seg, table := range map[string]string{"workflows": "workflows", "state-transitions": "workflow_transitions"} {
		var id string
		if err := t.One("SELECT id FROM "+table+" LIMIT 1", nil, &id); err != nil {
			return err
		}
		s.ids[seg] = id
	}
	return s.hook(t)
}

// hook finds the hook of the transition, and writes what became of it.
func (s *surrounding) hook(t *store.Tx) error {
	id := ""
	err := t.One("SELECT id FROM workflow_hooks WHERE transition_id = ?", []any{s.ids["state-transitions"]}, &id)
	if err != nil {
		return err
	}
	s.ids["hooks"] = id
	return s.exec(t, "INSERT INTO workflow_hook_runs (id, created_at, updated_at, hook_id, phase, handler_name, status, input,"+
		" output, fault, attempts, duration_ms, ended_at, transition_id, issue_id, project_id, workspace_id)"+
		" SELECT $UUID, i.created_at, i.created_at, h.id, h.phase, h.handler_name, 'success', $OBJECT, $OBJECT, '', 1, 1,"+
		" i.created_at, h.transition_id, i.id, i.project_id, i.workspace_id FROM workflow_hooks h"+
		" JOIN issues i ON i.project_id = h.project_id WHERE h.id = '"+id+"'")
}

func (s *surrounding) exec(t *store.Tx, statement string) error {
	id, object := "lower(hex(randomblob(4)) || '-' || hex(randomblob(2)) || '-4' || substr(hex(randomblob(2)), 2) || '-8' || substr(hex(randomblob(2)), 2) || '-' || hex(randomblob(6)))", "'{}'"
	if t.Postgres() {
		id, object = "gen_random_uuid()", "CAST('{}' AS jsonb)"
	}
	quoted := func(id string) string { return "'" + id + "'" }
	_, err := t.Exec(strings.NewReplacer("$UUID", id, "$OBJECT", object, "$MAIN", quoted(s.First),
		"$PROJECT", quoted(s.Project.ID),
		"$COMMENT", quoted(s.ids["comments"]), "$CYCLE", quoted(s.ids["cycles"]), "$MODULE", quoted(s.ids["modules"]),
		"$INTAKE", quoted(s.intake.ID), "$PEOPLE", strconv.Itoa(len(s.people))).Replace(statement))
	return err
}
