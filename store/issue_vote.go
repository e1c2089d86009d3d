package store

import (
	"cmp"
	"fmt"
	"slices"
)

// VotesAndReactions are the votes on work items and the reactions to them, by work item, and the people who gave them.
type VotesAndReactions struct {
	Votes     map[string][]IssueVote
	Reactions map[string][]IssueReaction
	People    map[string]*User
}

// VotesAndReactionsOn reads the voices on work items, in three queries: votes from the lowest on, reactions by their
// text, and those that are alike by who gave them.
func VotesAndReactionsOn(t *Tx, issues []string) (*VotesAndReactions, error) {
	v := &VotesAndReactions{Votes: map[string][]IssueVote{}, Reactions: map[string][]IssueReaction{},
		People: map[string]*User{}}
	if len(issues) == 0 {
		return v, nil
	}
	votes, err := IssueVotes.List(t, In("issue_id", issues))
	if err != nil {
		return nil, fmt.Errorf("read votes: %w", err)
	}
	reactions, err := IssueReactions.List(t, In("issue_id", issues))
	if err != nil {
		return nil, fmt.Errorf("read reactions: %w", err)
	}
	// Sorted here, because the engines sort texts differently.
	slices.SortFunc(votes, func(a, b IssueVote) int {
		return cmp.Or(cmp.Compare(a.Vote, b.Vote), cmp.Compare(a.ActorID, b.ActorID))
	})
	slices.SortFunc(reactions, func(a, b IssueReaction) int {
		return cmp.Or(cmp.Compare(a.Reaction, b.Reaction), cmp.Compare(a.ActorID, b.ActorID))
	})
	var people []string
	for _, r := range votes {
		v.Votes[r.IssueID] = append(v.Votes[r.IssueID], r)
		people = append(people, r.ActorID)
	}
	for _, r := range reactions {
		v.Reactions[r.IssueID] = append(v.Reactions[r.IssueID], r)
		people = append(people, r.ActorID)
	}
	slices.Sort(people)
	v.People, err = Users.ByID(t, slices.Compact(people))
	return v, err
}

// NotePublicMember notes that somebody who is not in a project took part in its published board; who did already is
// left alone.
func NotePublicMember(t *Tx, workspace, project, user string) error {
	_, err := t.Exec(`INSERT INTO project_public_members (id, created_at, updated_at, created_by_id, member_id, project_id, workspace_id)
		VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT (project_id, member_id) WHERE deleted_at IS NULL DO NOTHING`,
		NewID(), t.Now, t.Now, actor(t), user, project, workspace)
	if err != nil {
		return fmt.Errorf("note a public member: %w", err)
	}
	return nil
}
