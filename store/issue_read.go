package store

import (
	"database/sql"
	"fmt"
	"strings"
)

// IssueDetail is a work item with what belongs to it: everything that is shown of one, but the history.
type IssueDetail struct {
	Issue
	StateGroup  string // empty without a state
	CycleID     *string
	ModuleIDs   []string // sorted, as are the others
	LabelIDs    []string
	AssigneeIDs []string
	SubIssues   int // visible ones
	Links       int
	Attachments int  // uploaded or not
	Subscribed  bool // the reader follows it
}

// Visible says whether the work item can be changed and is found in lists: not archived, not a draft, not in triage.
// Whether its project is archived is another question.
func (d *IssueDetail) Visible() bool {
	return d.ArchivedAt == nil && !d.IsDraft && d.StateGroup != "triage"
}

// VisibleIssue is the SQL condition that a work item, by that alias, is found in lists; archived projects are another
// question.
func VisibleIssue(alias string) string {
	return fmt.Sprintf(`%[1]s.deleted_at IS NULL AND %[1]s.archived_at IS NULL AND NOT %[1]s.is_draft
		AND NOT EXISTS (SELECT 1 FROM states vs WHERE vs.id = %[1]s.state_id AND vs."group" = 'triage')`, alias)
}

// CountedBelow is the SQL condition that a work item counts among those below another, by their aliases: it is visible,
// and in the same project or in one that is no secret. How many secret ones there are is a secret too, which the
// reference tells.
func CountedBelow(alias, above string) string {
	return VisibleIssue(alias) + fmt.Sprintf(` AND (%[1]s.project_id = %[2]s.project_id
		OR EXISTS (SELECT 1 FROM projects vp WHERE vp.id = %[1]s.project_id AND vp.network <> 0))`, alias, above)
}

// detailColumns are those that are shown of one work item.
var detailColumns = Issues.Columns("i", "deleted_at", "description_stripped", "description_binary")

var issueDetailQuery = `SELECT ` + detailColumns.List + `,
		COALESCE((SELECT s."group" FROM states s WHERE s.id = i.state_id), ''),
		(SELECT c.cycle_id FROM cycle_issues c WHERE c.issue_id = i.id AND c.deleted_at IS NULL LIMIT 1),
		(SELECT COUNT(*) FROM issues n WHERE n.parent_id = i.id AND ` + CountedBelow("n", "i") + `),
		(SELECT COUNT(*) FROM issue_links l WHERE l.issue_id = i.id AND l.deleted_at IS NULL),
		(SELECT COUNT(*) FROM file_assets f WHERE f.issue_id = i.id AND f.entity_type = 'ISSUE_ATTACHMENT' AND f.deleted_at IS NULL),
		EXISTS (SELECT 1 FROM issue_subscribers u WHERE u.issue_id = i.id AND u.subscriber_id = ? AND u.deleted_at IS NULL)
	FROM issues i WHERE i.id = ? AND i.project_id = ? AND i.workspace_id = ? AND i.deleted_at IS NULL`

// ReadIssue returns a living work item of a project, archived or not, as a person sees it; ErrNotFound without one.
// Description_binary and description_stripped are left out.
func ReadIssue(t *Tx, workspace, project, id, reader string) (*IssueDetail, error) {
	d := &IssueDetail{ModuleIDs: []string{}, LabelIDs: []string{}, AssigneeIDs: []string{}}
	var follower any // Postgres wants a UUID
	if reader != "" {
		follower = reader
	}
	err := t.One(issueDetailQuery, []any{follower, id, project, workspace},
		detailColumns.Into(&d.Issue, &d.StateGroup, &d.CycleID, &d.SubIssues, &d.Links, &d.Attachments, &d.Subscribed)...)
	if err != nil {
		return nil, fmt.Errorf("read work item: %w", err)
	}
	return d, d.readPairs(t)
}

// As in the reference, people who are in no project any more are not shown, and neither are archived modules.
// Plane: app/views/issue/base.py
const issuePairsQuery = `SELECT 1, a.assignee_id FROM issue_assignees a WHERE a.issue_id = ? AND a.deleted_at IS NULL
		AND EXISTS (SELECT 1 FROM project_members m WHERE m.member_id = a.assignee_id AND m.is_active)
	UNION ALL SELECT 2, l.label_id FROM issue_labels l WHERE l.issue_id = ? AND l.deleted_at IS NULL
	UNION ALL SELECT 3, b.module_id FROM module_issues b JOIN modules m ON m.id = b.module_id
		WHERE b.issue_id = ? AND b.deleted_at IS NULL AND m.archived_at IS NULL
	ORDER BY 1, 2`

func (d *IssueDetail) readPairs(t *Tx) error {
	err := t.Each(issuePairsQuery, []any{d.ID, d.ID, d.ID}, func(rows *sql.Rows) error {
		var kind int
		var id string
		if err := rows.Scan(&kind, &id); err != nil {
			return err
		}
		list := []*[]string{&d.AssigneeIDs, &d.LabelIDs, &d.ModuleIDs}[kind-1]
		if n := len(*list); n == 0 || (*list)[n-1] != id {
			*list = append(*list, id)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("read what belongs to a work item: %w", err)
	}
	return nil
}

// FindProjectByIdentifier returns the id of the project with that identifier in a workspace, letters of either case;
// ErrNotFound without one.
func FindProjectByIdentifier(t *Tx, workspace, identifier string) (id string, err error) {
	err = t.One("SELECT id FROM projects WHERE workspace_id = ? AND UPPER(identifier) = ? AND deleted_at IS NULL",
		[]any{workspace, strings.ToUpper(identifier)}, &id)
	return id, err
}

// FindIssueByNumber returns the id of a project's work item with that number, or ErrNotFound. Numbers can be written,
// so that several may have it: the newest is meant.
func FindIssueByNumber(t *Tx, project string, sequence int) (id string, err error) {
	err = t.One("SELECT id FROM issues WHERE project_id = ? AND sequence_id = ? AND deleted_at IS NULL ORDER BY created_at DESC LIMIT 1",
		[]any{project, sequence}, &id)
	return id, err
}

// IssueForUpdate is a work item that is about to be changed, with its state.
type IssueForUpdate struct {
	Issue
	State           StateRef // its ID is empty without one
	ProjectArchived bool     // its project is archived
}

// Visible is as for an IssueDetail, and its project is not archived.
func (h *IssueForUpdate) Visible() bool {
	return h.ArchivedAt == nil && !h.IsDraft && !h.State.Triage() && !h.ProjectArchived
}

// LockIssue reads a living work item of a project to change it, and keeps others from changing it until the transaction
// ends (a Tx that only reads keeps nobody); ErrNotFound without one.
func LockIssue(t *Tx, workspace, project, id string) (*IssueForUpdate, error) {
	taken, err := lockIssues(t, workspace, project, "i.id = ?", id)
	if err != nil {
		return nil, err
	}
	if len(taken) == 0 {
		return nil, fmt.Errorf("read work item: %w", ErrNotFound)
	}
	return taken[0], nil
}

// LockIssues is LockIssue for several, by id; those that the project does not have are absent.
func LockIssues(t *Tx, workspace, project string, ids []string) (map[string]*IssueForUpdate, error) {
	list, arg := t.In("i.id", ids)
	taken, err := lockIssues(t, workspace, project, list, arg)
	byID := make(map[string]*IssueForUpdate, len(taken))
	for _, h := range taken {
		byID[h.ID] = h
	}
	return byID, err
}

// changedColumns are all that a change may compare with.
var changedColumns = Issues.Columns("i", "updated_by_id", "deleted_at")

func lockIssues(t *Tx, workspace, project, which string, arg any) ([]*IssueForUpdate, error) {
	query := `SELECT ` + changedColumns.List + `,
			COALESCE(CAST(s.id AS TEXT), ''), COALESCE(s.name, ''), COALESCE(s."group", ''), p.archived_at IS NOT NULL
		FROM issues i JOIN projects p ON p.id = i.project_id LEFT JOIN states s ON s.id = i.state_id
		WHERE ` + which + ` AND i.project_id = ? AND i.workspace_id = ? AND i.deleted_at IS NULL`
	if t.Postgres() && !t.Reads() {
		// In one order, so that nobody waits for somebody who waits for them; rows that only refer to the work item may be
		// written meanwhile.
		query += " ORDER BY i.id FOR NO KEY UPDATE OF i"
	}
	var taken []*IssueForUpdate
	err := t.Each(query, []any{arg, project, workspace}, func(rows *sql.Rows) error {
		var h IssueForUpdate
		taken = append(taken, &h)
		return rows.Scan(changedColumns.Into(&h.Issue, &h.State.ID, &h.State.Name, &h.State.Group, &h.ProjectArchived)...)
	})
	if err != nil {
		return nil, fmt.Errorf("read work items: %w", err)
	}
	return taken, nil
}

// InIntake says whether a work item waits in the intake: pending or snoozed. Plane: app/views/issue/base.py
func InIntake(t *Tx, issue string) (waits bool, err error) {
	err = t.One("SELECT EXISTS (SELECT 1 FROM intake_issues WHERE issue_id = ? AND status IN (-2, 0) AND deleted_at IS NULL)", []any{issue}, &waits)
	return waits, err
}
