package store

import (
	"fmt"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// IssueMention is a row of issue_mentions.
type IssueMention struct {
	AuditFields
	IssueID     string `db:"issue_id"`
	MentionID   string `db:"mention_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssueMentions is the table of IssueMention rows.
var IssueMentions = NewTable[IssueMention]("issue_mentions")

// IssueReaction is a row of issue_reactions.
type IssueReaction struct {
	AuditFields
	Reaction    string `db:"reaction"`
	ActorID     string `db:"actor_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssueReactions is the table of IssueReaction rows.
var IssueReactions = NewTable[IssueReaction]("issue_reactions")

// IssueSubscriber is a row of issue_subscribers.
type IssueSubscriber struct {
	AuditFields
	IssueID      string `db:"issue_id"`
	ProjectID    string `db:"project_id"`
	SubscriberID string `db:"subscriber_id"`
	WorkspaceID  string `db:"workspace_id"`
}

// IssueSubscribers is the table of IssueSubscriber rows.
var IssueSubscribers = NewTable[IssueSubscriber]("issue_subscribers")

// IssueVote is a row of issue_votes.
type IssueVote struct {
	AuditFields
	Vote        int    `db:"vote"`
	ActorID     string `db:"actor_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssueVotes is the table of IssueVote rows.
var IssueVotes = NewTable[IssueVote]("issue_votes")

// IssueKey is where a work item is: what the rows around it repeat.
type IssueKey struct{ IssueID, ProjectID, WorkspaceID string }

// FindIssueKey returns where a living work item of the project is; ErrNotFound when the project has no such one.
func FindIssueKey(t *Tx, project, issue string) (IssueKey, error) {
	p := IssueKey{IssueID: issue, ProjectID: project}
	err := t.One("SELECT workspace_id FROM issues WHERE id = ? AND project_id = ? AND deleted_at IS NULL",
		[]any{issue, project}, &p.WorkspaceID)
	return p, err
}

// Subscribe makes people follow a work item; those who do already are left alone.
func Subscribe(t *Tx, at IssueKey, users ...string) error {
	args := make([]any, 0, len(users)*8)
	for _, u := range users {
		args = append(args, NewID(), t.Now, t.Now, u, at.IssueID, u, at.ProjectID, at.WorkspaceID)
	}
	return subscribe(t, args)
}

// Follow makes who writes follow work items; those that they follow already stay as they are.
func Follow(t *Tx, places []IssueKey) error {
	args := make([]any, 0, len(places)*8)
	for _, at := range places {
		args = append(args, NewID(), t.Now, t.Now, t.Actor, at.IssueID, t.Actor, at.ProjectID, at.WorkspaceID)
	}
	return subscribe(t, args)
}

func subscribe(t *Tx, args []any) error {
	if err := db.InsertRows(t, "issue_subscribers",
		"id, created_at, updated_at, created_by_id, issue_id, subscriber_id, project_id, workspace_id", 8, args,
		" ON CONFLICT (issue_id, subscriber_id) WHERE deleted_at IS NULL DO NOTHING"); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}

// Mentioned are the people named beside a work item who are active members of its project; fresh are those of them whom
// being named makes follow it: neither its maker nor its assignees, who chose themselves. Plane:
// bgtasks/notification_task.py
func Mentioned(t *Tx, at IssueKey, users []string) (members, fresh []string, err error) {
	if len(users) == 0 {
		return nil, nil, nil
	}
	var rows []struct {
		Member string `db:"member"`
		Own    bool   `db:"own"`
	}
	err = t.Select("m.member_id AS member",
		"(COALESCE(m.member_id = i.created_by_id, FALSE) OR EXISTS (SELECT 1 FROM issue_assignees a"+
			" WHERE a.issue_id = i.id AND a.assignee_id = m.member_id AND a.deleted_at IS NULL)) AS own").
		From("project_members m").InnerJoin("issues i",
		dbx.NewExp("i.project_id = m.project_id AND i.id = {:issue}", dbx.Params{"issue": at.IssueID})).
		Where(dbx.And(In("m.member_id", users), dbx.NewExp("m.is_active AND m.deleted_at IS NULL"))).All(&rows)
	if err != nil {
		return nil, nil, fmt.Errorf("find who was named: %w", db.Mark(err))
	}
	for _, r := range rows {
		members = append(members, r.Member)
		if !r.Own {
			fresh = append(fresh, r.Member)
		}
	}
	return members, fresh, nil
}

// Unsubscribe makes a person follow a work item no more; ErrNotFound when they did not.
func Unsubscribe(t *Tx, at IssueKey, user string) error {
	return drop(t, `UPDATE issue_subscribers SET deleted_at = ? WHERE issue_id = ? AND project_id = ? AND subscriber_id = ?
		AND workspace_id = ? AND deleted_at IS NULL`, t.Now, at.IssueID, at.ProjectID, user, at.WorkspaceID)
}

// DropReaction takes back a person's reaction to a work item; ErrNotFound without one.
func DropReaction(t *Tx, at IssueKey, user, reaction string) error {
	return drop(t, `UPDATE issue_reactions SET deleted_at = ? WHERE issue_id = ? AND project_id = ? AND workspace_id = ?
		AND actor_id = ? AND reaction = ? AND deleted_at IS NULL`, t.Now, at.IssueID, at.ProjectID, at.WorkspaceID, user, reaction)
}

// drop runs a statement that must hit a row; ErrNotFound when it does not.
func drop(t *Tx, query string, args ...any) error {
	r, err := t.Exec(query, args...)
	if err != nil {
		return err
	}
	if n, err := r.RowsAffected(); err != nil || n > 0 {
		return err
	}
	return ErrNotFound
}

// ReactionBy is a reaction to a work item with who gave it.
type ReactionBy struct {
	IssueReaction
	Actor *User
}

// ReactionsOf returns the reactions to a work item, newest first; none when it is deleted or its project archived.
func ReactionsOf(t *Tx, at IssueKey) ([]ReactionBy, error) {
	rows := []IssueReaction{}
	err := IssueReactions.Query(t).InnerJoin("issues i",
		dbx.NewExp("i.id = issue_reactions.issue_id AND i.deleted_at IS NULL")).
		InnerJoin("projects p", dbx.NewExp("p.id = issue_reactions.project_id AND p.archived_at IS NULL")).
		AndWhere(dbx.HashExp{"issue_reactions.issue_id": at.IssueID, "issue_reactions.project_id": at.ProjectID,
			"issue_reactions.workspace_id": at.WorkspaceID}).
		OrderBy("issue_reactions.created_at DESC").All(&rows)
	if err != nil {
		return nil, fmt.Errorf("list reactions: %w", db.Mark(err))
	}
	ids := make([]string, len(rows))
	for i, r := range rows {
		ids[i] = r.ActorID
	}
	people, err := Users.ByID(t, ids)
	seen := make([]ReactionBy, len(rows))
	for i, r := range rows {
		seen[i] = ReactionBy{r, people[r.ActorID]}
	}
	return seen, err
}
