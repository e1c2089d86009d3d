package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Description is a row of descriptions.
type Description struct {
	AuditFields
	DescriptionJSON     JSON    `db:"description_json"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionBinary   []byte  `db:"description_binary"`
	DescriptionStripped *string `db:"description_stripped"`
	ProjectID           *string `db:"project_id"`
	WorkspaceID         string  `db:"workspace_id"`
}

// Descriptions is the table of Description rows.
var Descriptions = NewTable[Description]("descriptions")

// DescriptionVersion is a row of description_versions.
type DescriptionVersion struct {
	AuditFields
	DescriptionJSON     JSON    `db:"description_json"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionBinary   []byte  `db:"description_binary"`
	DescriptionStripped *string `db:"description_stripped"`
	DescriptionID       string  `db:"description_id"`
	ProjectID           *string `db:"project_id"`
	WorkspaceID         string  `db:"workspace_id"`
}

// DescriptionVersions is the table of DescriptionVersion rows.
var DescriptionVersions = NewTable[DescriptionVersion]("description_versions")

// IssueComment is a row of issue_comments.
type IssueComment struct {
	AuditFields
	CommentStripped string     `db:"comment_stripped"`
	Attachments     JSON       `db:"attachments"`
	IssueID         string     `db:"issue_id"`
	ProjectID       string     `db:"project_id"`
	WorkspaceID     string     `db:"workspace_id"`
	ActorID         *string    `db:"actor_id"`
	CommentHTML     string     `db:"comment_html"`
	CommentJSON     JSON       `db:"comment_json"`
	Access          string     `db:"access"`
	ExternalID      *string    `db:"external_id"`
	ExternalSource  *string    `db:"external_source"`
	EditedAt        *time.Time `db:"edited_at"`
	DescriptionID   *string    `db:"description_id"`
	ParentID        *string    `db:"parent_id"`
}

// IssueComments is the table of IssueComment rows.
var IssueComments = NewTable[IssueComment]("issue_comments")

// CommentReaction is a row of comment_reactions.
type CommentReaction struct {
	AuditFields
	Reaction    string `db:"reaction"`
	ActorID     string `db:"actor_id"`
	CommentID   string `db:"comment_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// CommentReactions is the table of CommentReaction rows.
var CommentReactions = NewTable[CommentReaction]("comment_reactions")

// ReactionWithActor is a reaction to a comment with the name of who gave it.
type ReactionWithActor struct {
	CommentReaction
	DisplayName string `db:"display_name"`
}

// ReactionsTo returns the reactions to comments, newest first.
func ReactionsTo(t *Tx, comments []string) ([]ReactionWithActor, error) {
	seen := []ReactionWithActor{}
	if len(comments) == 0 {
		return seen, nil
	}
	err := CommentReactions.Query(t).AndSelect("u.display_name").InnerJoin("users u",
		dbx.NewExp("u.id = comment_reactions.actor_id")).
		AndWhere(In("comment_reactions.comment_id", comments)).OrderBy("comment_reactions.created_at DESC").All(&seen)
	if err != nil {
		return nil, fmt.Errorf("list reactions to comments: %w", db.Mark(err))
	}
	return seen, nil
}

// ReactionsIn returns the reactions to one comment of a project, newest first; none when the project is archived.
func ReactionsIn(t *Tx, workspace, project, comment string) ([]ReactionWithActor, error) {
	seen := []ReactionWithActor{}
	err := CommentReactions.Query(t).AndSelect("u.display_name").InnerJoin("users u",
		dbx.NewExp("u.id = comment_reactions.actor_id")).
		InnerJoin("projects p", dbx.NewExp("p.id = comment_reactions.project_id AND p.archived_at IS NULL")).
		AndWhere(dbx.HashExp{"comment_reactions.comment_id": comment, "comment_reactions.project_id": project,
			"comment_reactions.workspace_id": workspace}).
		OrderBy("comment_reactions.created_at DESC").All(&seen)
	return seen, db.Mark(err)
}

// CommentWithPeople is a comment with its author (nil when they are gone) and the reactions to it.
type CommentWithPeople struct {
	IssueComment
	Actor     *User
	Reactions []ReactionWithActor
}

// LoadComments adds authors and reactions to comments, in two queries.
func LoadComments(t *Tx, comments []IssueComment) ([]CommentWithPeople, error) {
	seen := make([]CommentWithPeople, len(comments))
	if len(comments) == 0 {
		return seen, nil
	}
	ids, authors := make([]string, len(comments)), []string{}
	for i := range comments {
		seen[i].IssueComment, ids[i] = comments[i], comments[i].ID
		if a := comments[i].ActorID; a != nil {
			authors = append(authors, *a)
		}
	}
	people, err := Users.ByID(t, authors)
	if err != nil {
		return nil, err
	}
	reactions, err := ReactionsTo(t, ids)
	if err != nil {
		return nil, err
	}
	by := map[string][]ReactionWithActor{}
	for _, r := range reactions {
		by[r.CommentID] = append(by[r.CommentID], r)
	}
	for i := range seen {
		if a := seen[i].ActorID; a != nil {
			seen[i].Actor = people[*a]
		}
		seen[i].Reactions = by[seen[i].ID]
	}
	return seen, nil
}

// CommentsIn returns the comments on a work item, newest first; none when it is deleted or its project archived.
func CommentsIn(t *Tx, at IssueKey, where ...dbx.Expression) ([]IssueComment, error) {
	comments := []IssueComment{}
	q := IssueComments.Query(t).InnerJoin("issues i",
		dbx.NewExp("i.id = issue_comments.issue_id AND i.deleted_at IS NULL")).
		InnerJoin("projects p", dbx.NewExp("p.id = issue_comments.project_id AND p.archived_at IS NULL")).
		AndWhere(dbx.HashExp{"issue_comments.issue_id": at.IssueID, "issue_comments.project_id": at.ProjectID,
			"issue_comments.workspace_id": at.WorkspaceID})
	for _, w := range where { // one by one: of empty ones together dbx makes ()
		q.AndWhere(w)
	}
	if err := q.OrderBy("issue_comments.created_at DESC").All(&comments); err != nil {
		return nil, fmt.Errorf("list comments: %w", db.Mark(err))
	}
	return comments, nil
}

// FollowCommentedIssue keeps the description that goes with a comment as the comment is now.
func FollowCommentedIssue(t *Tx, m *IssueComment) error {
	_, err := t.Exec(`UPDATE descriptions SET description_html = ?, description_stripped = ?, description_json = ?, updated_at = ?, updated_by_id = ?
		WHERE id = ?`, m.CommentHTML, m.CommentStripped, m.CommentJSON, m.UpdatedAt, m.UpdatedByID, m.DescriptionID)
	return err
}

// DeleteComment marks a comment as deleted, with the replies to it and what hangs on them, and returns the ids of the
// comments, its own first.
func DeleteComment(t *Tx, id string) ([]string, error) {
	gone := []string{id}
	err := t.Each(`WITH RECURSIVE gone (id) AS (SELECT id FROM issue_comments WHERE id = ?
		UNION SELECT c.id FROM issue_comments c JOIN gone g ON c.parent_id = g.id)
		SELECT c.id FROM issue_comments c JOIN gone ON gone.id = c.id WHERE c.id <> ? AND c.deleted_at IS NULL ORDER BY c.created_at, c.id`,
		[]any{id, id}, scanID(&gone))
	if err != nil {
		return nil, fmt.Errorf("replies to a comment: %w", err)
	}
	for _, table := range []struct{ name, column string }{{"comment_reactions", "comment_id"},
		{"file_assets", "comment_id"}, {"issue_comments", "id"}} {
		if err := deleteIn(t, table.name, table.column, gone); err != nil {
			return nil, err
		}
	}
	return gone, nil
}

// DropCommentReaction takes back a person's reaction to a comment; ErrNotFound without one.
func DropCommentReaction(t *Tx, workspace, project, comment, user, reaction string) error {
	return drop(t, `UPDATE comment_reactions SET deleted_at = ? WHERE comment_id = ? AND project_id = ? AND workspace_id = ?
		AND actor_id = ? AND reaction = ? AND deleted_at IS NULL`, t.Now, comment, project, workspace, user, reaction)
}
