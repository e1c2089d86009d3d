package space

import (
	"encoding/json"
	"errors"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

var items = []web.Op{
	web.Do("GET", onBoard+"issues/", reads(errNotPublished), 200, "List a board's work items", listIssues),
	web.Do("GET", item, reads(app.ErrMissing), 200, "Read a work item of a board", getIssue),
}

// Actor is who voted or reacted.
type Actor struct {
	ID          string `json:"id"`
	FirstName   string `json:"first_name"`
	LastName    string `json:"last_name"`
	Avatar      string `json:"avatar"`
	AvatarURL   string `json:"avatar_url"` // empty, not null, for who has no picture
	DisplayName string `json:"display_name"`
}

func actor(u *store.User) Actor {
	a := Actor{
		ID: u.ID, FirstName: u.FirstName, LastName: u.LastName, Avatar: u.Avatar, AvatarURL: "",
		DisplayName: u.DisplayName,
	}
	if url := u.AvatarURL(); url != nil {
		a.AvatarURL = *url
	}
	return a
}

// IssueVote is a vote on a work item, inside it.
type IssueVote struct {
	Vote  int   `json:"vote"`
	Actor Actor `json:"actor_details"`
}

// IssueReaction is a reaction to a work item, inside it.
type IssueReaction struct {
	Reaction string `json:"reaction"`
	Actor    Actor  `json:"actor_details"`
}

// Issue is a work item on a board.
type Issue struct {
	store.IssueValues
	ID            string          `json:"id"`
	Name          string          `json:"name"`
	StateID       *string         `json:"state_id"`
	EstimatePoint *string         `json:"estimate_point"`
	SequenceID    int64           `json:"sequence_id"`
	ProjectID     string          `json:"project_id"`
	ParentID      *string         `json:"parent_id"`
	CreatedBy     *string         `json:"created_by"`
	StateGroup    *string         `json:"state__group"`
	CycleID       *string         `json:"cycle_id"`
	AssigneeIDs   []string        `json:"assignee_ids"`
	LabelIDs      []string        `json:"label_ids"`
	ModuleIDs     []string        `json:"module_ids"`
	VoteItems     []IssueVote     `json:"vote_items"`
	ReactionItems []IssueReaction `json:"reaction_items"`
}

// hear adds what people think of the work item.
func (i *Issue) hear(v *store.VotesAndReactions) {
	i.VoteItems, i.ReactionItems = []IssueVote{}, []IssueReaction{}
	for _, r := range v.Votes[i.ID] {
		if u := v.People[r.ActorID]; u != nil {
			i.VoteItems = append(i.VoteItems, IssueVote{r.Vote, actor(u)})
		}
	}
	for _, r := range v.Reactions[i.ID] {
		if u := v.People[r.ActorID]; u != nil {
			i.ReactionItems = append(i.ReactionItems, IssueReaction{r.Reaction, actor(u)})
		}
	}
}

// ListedIssue is a work item in a list; in groups of what it can have several of, with the group's own id.
type ListedIssue struct {
	Issue
	api.GroupIDs
}

// IssueList is a page of a board's work items. Results is a list of them or, by group_by, an object of groups.
type IssueList struct {
	api.IssuePage
	Results api.Grouped[ListedIssue] `json:"results"`

	list   *issue.List
	voices *store.VotesAndReactions
}

func listIssues(c *app.Call, in issue.BoardQuery) (IssueList, error) {
	l, v, err := issue.ListOnBoard(c, in)
	return IssueList{list: l, voices: v}, err
}

// AppendJSON writes the list.
func (l IssueList) AppendJSON(b []byte) []byte { return api.AppendIssues(b, l.list, l.row) }

func (l IssueList) row(b []byte, r *issuelist.Row) []byte {
	i := Issue{IssueValues: r.IssueValues, ID: r.ID, Name: r.Name, StateID: r.StateID, EstimatePoint: r.EstimatePoint,
		SequenceID: r.SequenceID, ProjectID: r.ProjectID, ParentID: r.ParentID, CreatedBy: r.CreatedBy, CycleID: r.CycleID,
		AssigneeIDs: list(r.Assignees), LabelIDs: list(r.Labels),
		ModuleIDs: list(r.Modules)}
	if r.StateID != nil {
		i.StateGroup = new(l.list.States.Group(*r.StateID))
	}
	i.hear(l.voices)
	raw, _ := json.Marshal(i) // texts and numbers always encode
	return append(b, raw[:len(raw)-1]...)
}

// list is never nil.
func list(ids []string) []string { return append([]string{}, ids...) }

// IssueDetail is a work item on a board, with its text.
type IssueDetail struct {
	Issue
	DescriptionJSON     store.JSON `json:"description_json"`
	DescriptionHTML     string     `json:"description_html"`
	DescriptionStripped *string    `json:"description_stripped"`
	DescriptionBinary   []byte     `json:"description_binary"`
}

// getIssue returns nothing at all for what the board does not show, as the reference does.
func getIssue(c *app.Call, in issuePath) (web.AnyOf[IssueDetail, web.Nothing], error) {
	var found web.AnyOf[IssueDetail, web.Nothing]
	s, err := issue.GetOnBoard(c, in.Issue)
	if errors.Is(err, store.ErrNotFound) {
		return found, nil
	}
	if err != nil {
		return found, err
	}
	d := s.IssueDetail
	out := IssueDetail{
		Issue: Issue{IssueValues: d.IssueValues, ID: d.ID, Name: d.Name, StateID: d.StateID,
			EstimatePoint: d.EstimatePointID, SequenceID: int64(d.SequenceID),
			ProjectID: d.ProjectID, ParentID: d.ParentID, CreatedBy: d.CreatedByID,
			CycleID: d.CycleID, AssigneeIDs: list(d.AssigneeIDs), LabelIDs: list(d.LabelIDs),
			ModuleIDs: list(d.ModuleIDs)},
		DescriptionJSON: d.DescriptionJSON, DescriptionHTML: d.DescriptionHTML, DescriptionStripped: s.Stripped,
		DescriptionBinary: s.Binary,
	}
	if d.StateID != nil {
		out.StateGroup = &d.StateGroup
	}
	out.hear(s.Voices)
	found.A = &out
	return found, nil
}

type issuePath struct {
	Issue string `path:"issue_id"`
}
