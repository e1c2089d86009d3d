package space

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/api"
)

// Votes are shown in the work items: the reference's own list of them looks for an address that is a workspace's, so
// that it has none. Neither does it ask whether the board has votes switched on.
var votes = []web.Op{
	web.Do("GET", item+"votes/", web.SignedIn(), 200, "List votes on a work item: none, see vote_items", listVotes),
	web.Do("POST", item+"votes/", writes(app.ErrMissing), 201, "Vote on a work item, or change one's vote", castVote),
	web.Do("DELETE", item+"votes/", writes(app.ErrMissing), 204, "Take one's vote back", removeVote),
}

// Vote is a vote on a work item.
type Vote struct {
	Issue       string       `json:"issue"`
	Vote        int          `json:"vote"`
	Workspace   string       `json:"workspace"`
	Project     string       `json:"project"`
	Actor       string       `json:"actor"`
	ActorDetail api.UserLite `json:"actor_detail"`
}

func listVotes(*app.Call, web.Nothing) ([]Vote, error) { return []Vote{}, nil }

func castVote(c *app.Call, in struct {
	issuePath
	Vote app.Opt[int] `json:"vote" check:"from=-2147483648,to=2147483647"`
}) (Vote, error) {
	v, err := issue.CastVote(c, in.Issue, in.Vote)
	if err != nil {
		return Vote{}, err
	}
	return Vote{
		Issue: v.IssueID, Vote: v.Vote, Workspace: v.WorkspaceID, Project: v.ProjectID, Actor: v.ActorID,
		ActorDetail: api.NewUserLite(c.User),
	}, nil
}

func removeVote(c *app.Call, in issuePath) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveVote(c, in.Issue)
}
