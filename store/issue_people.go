package store

import "fmt"

// IssueMention is a row of issue_mentions.
type IssueMention struct {
	Meta
	IssueID     string `db:"issue_id"`
	MentionID   string `db:"mention_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssueMentions is the table of IssueMention rows.
var IssueMentions = NewTable[IssueMention]("issue_mentions")

// IssueReaction is a row of issue_reactions.
type IssueReaction struct {
	Meta
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
	Meta
	IssueID      string `db:"issue_id"`
	ProjectID    string `db:"project_id"`
	SubscriberID string `db:"subscriber_id"`
	WorkspaceID  string `db:"workspace_id"`
}

// IssueSubscribers is the table of IssueSubscriber rows.
var IssueSubscribers = NewTable[IssueSubscriber]("issue_subscribers")

// IssueVote is a row of issue_votes.
type IssueVote struct {
	Meta
	Vote        int    `db:"vote"`
	ActorID     string `db:"actor_id"`
	IssueID     string `db:"issue_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// IssueVotes is the table of IssueVote rows.
var IssueVotes = NewTable[IssueVote]("issue_votes")

// Place is where a work item is: what the rows around it repeat.
type Place struct{ IssueID, ProjectID, WorkspaceID string }

// Subscribe makes people follow a work item; those who do already are left alone.
func Subscribe(t *Tx, at Place, users ...string) error {
	if len(users) == 0 {
		return nil
	}
	args := make([]any, 0, len(users)*8)
	for _, u := range users {
		args = append(args, NewID(), t.Now, t.Now, u, at.IssueID, u, at.ProjectID, at.WorkspaceID)
	}
	if err := insertRows(t, "issue_subscribers", "id, created_at, updated_at, created_by_id, issue_id, subscriber_id, project_id, workspace_id", 8, args,
		" ON CONFLICT (issue_id, subscriber_id) WHERE deleted_at IS NULL DO NOTHING"); err != nil {
		return fmt.Errorf("subscribe: %w", err)
	}
	return nil
}
