package store

import (
	"fmt"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// IssueRelation is a row of issue_relations.
type IssueRelation struct {
	AuditFields
	RelationType   string `db:"relation_type"`
	IssueID        string `db:"issue_id"`
	ProjectID      string `db:"project_id"`
	RelatedIssueID string `db:"related_issue_id"`
	WorkspaceID    string `db:"workspace_id"`
}

// IssueRelations is the table of IssueRelation rows.
var IssueRelations = NewTable[IssueRelation]("issue_relations")

// Related is a work item seen from another one that it is related to.
type Related struct {
	Issue
	RelationType string `db:"relation_type"` // as it is stored
	Forth        bool   `db:"forth"`         // the other one is the relation's first side
	IsEpic       bool   `db:"is_epic"`
	LabelIDs     []string
	AssigneeIDs  []string
}

// RelatedTo returns the work items of the projects that are related to one, newest first, with their labels and those
// of their assignees who are members of any project. What is archived, deleted, a draft or waits in the intake is left
// out.
func RelatedTo(t *Tx, workspace, issue string, projects []string, own OwnOnly) ([]Related, error) {
	return relatedBy(t, "issue_relations", "relation_type", workspace, issue, projects, own)
}

func relatedBy(t *Tx, table, kind, workspace, issue string, projects []string, own OwnOnly) ([]Related, error) {
	related := []Related{}
	err := Issues.Query(t).AndSelect("r."+kind+" AS relation_type", "(r.related_issue_id = issues.id) AS forth",
		isEpic("issues")+" AS is_epic").
		InnerJoin(table+" r",
			dbx.NewExp("r.deleted_at IS NULL AND r.workspace_id = {:w} AND (r.issue_id = {:i} AND r.related_issue_id = issues.id"+
				" OR r.related_issue_id = {:i} AND r.issue_id = issues.id)", dbx.Params{"w": workspace, "i": issue})).
		AndWhere(dbx.And(In("issues.project_id", projects),
			own.Issues("issues"))).AndWhere(visibleIssue).OrderBy("issues.created_at DESC").All(&related)
	if err != nil || len(related) == 0 {
		return related, db.Mark(err)
	}
	ids := make([]string, len(related))
	for i := range related {
		ids[i] = related[i].ID
	}
	labels, err := pairsOf(t, "issue_labels", "label_id", ids)
	if err != nil {
		return nil, err
	}
	people, err := pairsOf(t, "issue_assignees", "assignee_id", ids)
	if err != nil {
		return nil, err
	}
	for i := range related {
		related[i].LabelIDs, related[i].AssigneeIDs = labels[ids[i]], people[ids[i]]
	}
	return related, nil
}

// pairsOf returns what is joined to work items, by work item.
func pairsOf(t *Tx, table, column string, issues []string) (map[string][]string, error) {
	var pairs []struct {
		Issue string `db:"issue_id"`
		Other string `db:"other"`
	}
	err := t.Select("issue_id",
		column+" AS other").From(table).Where(dbx.And(In("issue_id", issues),
		dbx.HashExp{"deleted_at": nil})).OrderBy("other").All(&pairs)
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", table, db.Mark(err))
	}
	by := map[string][]string{}
	for _, p := range pairs {
		by[p.Issue] = append(by[p.Issue], p.Other)
	}
	return by, nil
}

// visibleIssue holds for work items that lists show. Plane: db/models/issue.py IssueManager
var visibleIssue = dbx.NewExp("issues.archived_at IS NULL AND NOT issues.is_draft" +
	" AND NOT EXISTS (SELECT 1 FROM states s WHERE s.id = issues.state_id AND s.\"group\" = 'triage')" +
	" AND NOT EXISTS (SELECT 1 FROM projects p WHERE p.id = issues.project_id AND p.archived_at IS NOT NULL)")

// IssueWithState is a work item with the group of its state.
type IssueWithState struct {
	Issue
	StateGroup *string `db:"state_group"`
	Identifier string  `db:"identifier"` // of its project
}

// IssuesByID returns those of the work items that are in one of the projects and that lists show, newest first.
// With all it returns archived ones and drafts as well.
func IssuesByID(t *Tx, ids, projects []string, all bool) ([]IssueWithState, error) {
	found := []IssueWithState{}
	q := Issues.Query(t).AndSelect("st.group AS state_group", "pr.identifier AS identifier").LeftJoin("states st",
		dbx.NewExp("st.id = issues.state_id")).
		InnerJoin("projects pr", dbx.NewExp("pr.id = issues.project_id AND pr.deleted_at IS NULL")).
		AndWhere(dbx.And(In("issues.id", ids), In("issues.project_id", projects)))
	if !all {
		q.AndWhere(visibleIssue)
	}
	if err := q.OrderBy("issues.created_at DESC").All(&found); err != nil {
		return nil, fmt.Errorf("read work items: %w", db.Mark(err))
	}
	return found, nil
}

// RelatedBack returns which of the others have a relation of that kind with the work item the other way round than it
// would be kept: from the work item to the other one, unless it is swapped.
func RelatedBack(t *Tx, issue, kind string, swapped bool, others []string) ([]string, error) {
	mine, theirs := "related_issue_id", "issue_id"
	if swapped {
		mine, theirs = theirs, mine
	}
	list, arg := t.In(theirs, others)
	var ids []string
	err := t.Each("SELECT "+theirs+" FROM issue_relations WHERE "+mine+
		" = ? AND relation_type = ? AND deleted_at IS NULL AND "+list, []any{issue, kind, arg}, scanID(&ids))
	return ids, err
}

// Relate writes relations; pairs that are related already keep theirs.
func Relate(t *Tx, relations []*IssueRelation) error {
	args := make([]any, 0, len(relations)*10)
	for _, r := range relations {
		r.ID, r.CreatedAt, r.UpdatedAt, r.CreatedByID, r.UpdatedByID = NewID(), t.Now, t.Now, &t.Actor, &t.Actor
		args = append(args, r.ID, r.CreatedAt, r.UpdatedAt, r.CreatedByID, r.UpdatedByID, r.RelationType, r.IssueID,
			r.ProjectID, r.RelatedIssueID, r.WorkspaceID)
	}
	err := db.InsertRows(t, "issue_relations",
		"id, created_at, updated_at, created_by_id, updated_by_id, relation_type, issue_id, project_id, related_issue_id, workspace_id", 10, args, " ON CONFLICT (issue_id, related_issue_id) WHERE deleted_at IS NULL DO NOTHING")
	if err != nil {
		return fmt.Errorf("relate work items: %w", err)
	}
	return nil
}

// Unrelate removes what relates two work items, whichever way round; ErrNotFound when nothing does.
func Unrelate(t *Tx, workspace, a, b string) error {
	return drop(t, `UPDATE issue_relations SET deleted_at = ? WHERE workspace_id = ? AND deleted_at IS NULL
		AND (issue_id = ? AND related_issue_id = ? OR issue_id = ? AND related_issue_id = ?)`, t.Now, workspace, a, b, b, a)
}

// Adopt puts work items below a parent.
func Adopt(t *Tx, parent string, ids []string) error {
	_, err := t.Builder.Update("issues", dbx.Params{"parent_id": parent, "updated_at": t.Now},
		db.InTurn("issues", In("id", ids))).Execute()
	return db.Mark(err)
}

// LockLineages keeps others from giving work items of a workspace parents until this transaction ends: two at once
// could close a circle that neither sees.
func LockLineages(t *Tx, workspace string) error { return t.Lock("parents in " + workspace) }

// Lineage returns the id of a row of a table with parents, and those of all above it.
func Lineage(t *Tx, table, id string) ([]string, error) {
	var ids []string
	err := t.Each("WITH RECURSIVE up (id, parent_id) AS (SELECT id, parent_id FROM "+table+" WHERE id = ?"+
		" UNION SELECT i.id, i.parent_id FROM "+table+" i JOIN up u ON i.id = u.parent_id) SELECT id FROM up", []any{id},
		scanID(&ids))
	if err != nil {
		return nil, fmt.Errorf("read what is above a row of %s: %w", table, err)
	}
	return ids, nil
}

// RelationWithIssue is a relation with the projects of its two sides, whether those are secret, and who made the work
// items.
type RelationWithIssue struct {
	IssueRelation
	OwnProject     string  `db:"own_project"`
	OwnSecret      bool    `db:"own_secret"`
	OwnMaker       *string `db:"own_maker"`
	RelatedProject string  `db:"related_project"`
	RelatedSecret  bool    `db:"related_secret"`
	RelatedMaker   *string `db:"related_maker"`
}

// RelationsOf returns the relations of a work item, either side, newest first.
func RelationsOf(t *Tx, workspace, issue string) ([]RelationWithIssue, error) {
	rows := []RelationWithIssue{}
	err := IssueRelations.Query(t).AndSelect("a.project_id AS own_project", "b.project_id AS related_project",
		"(pa.network = 0) AS own_secret", "(pb.network = 0) AS related_secret",
		"a.created_by_id AS own_maker", "b.created_by_id AS related_maker").
		InnerJoin("issues a", dbx.NewExp("a.id = issue_relations.issue_id")).InnerJoin("projects pa",
		dbx.NewExp("pa.id = a.project_id")).
		InnerJoin("issues b", dbx.NewExp("b.id = issue_relations.related_issue_id")).InnerJoin("projects pb",
		dbx.NewExp("pb.id = b.project_id")).
		AndWhere(dbx.HashExp{"issue_relations.workspace_id": workspace}).
		AndWhere(dbx.NewExp("(issue_relations.issue_id = {:i} OR issue_relations.related_issue_id = {:i})",
			dbx.Params{"i": issue})).
		OrderBy("issue_relations.created_at DESC", "issue_relations.id DESC").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list relations: %w", db.Mark(err))
	}
	return rows, nil
}

// turned are the kinds of relations that are kept as their inverse, with the sides changed: each is kept one way only.
// Plane: utils/issue_relation_mapper.py
var turned = map[string]string{"blocking": "blocked_by", "start_after": "start_before",
	"finish_after": "finish_before", "implements": "implemented_by"}

// keptKinds are those under which relations are kept.
var keptKinds = []string{"blocked_by", "start_before", "finish_before", "implemented_by", "duplicate", "relates_to"}

// IsRelation says whether relations of work items are kept under the kind: see KeptRelation.
func IsRelation(kept string) bool { return slices.Contains(keptKinds, kept) }

// KeptRelation is the kind under which a relation of work items is kept, and whether its sides change places then.
func KeptRelation(kind string) (kept string, swapped bool) {
	if k, ok := turned[kind]; ok {
		return k, true
	}
	return kind, false
}
