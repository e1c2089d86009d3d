package api

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var issueSubscribers = []web.Op{
	web.Do("GET", oneIssue+"subscribe/", readsProject, 200, "Say whether one follows a work item", getSubscription),
	web.Do("POST", oneIssue+"subscribe/", readsProject, 201, "Follow a work item", subscribe),
	web.Do("DELETE", oneIssue+"subscribe/", readsProject, 204, "Follow a work item no more", unsubscribe),
	web.Do("GET", oneIssue+"issue-subscribers/", readsProject, 200, "List who could follow a work item: the project's members", listSubscribers),
	web.Do("POST", oneIssue+"issue-subscribers/", writesProject, 201, "Make somebody follow a work item", createSubscriber),
	web.Do("DELETE", oneIssue+"issue-subscribers/{subscriber_id:uuid}/", writesProject, 204, "Make somebody follow a work item no more", deleteSubscriber),
}

// Subscriber is somebody who follows a work item.
type Subscriber struct {
	ID         string `json:"id"`
	Project    string `json:"project"`
	Workspace  string `json:"workspace"`
	Issue      string `json:"issue"`
	Subscriber string `json:"subscriber"`
	Made
}

func subscriber(c *app.Call, s *store.IssueSubscriber, err error) (*Subscriber, error) {
	if err != nil {
		return nil, err
	}
	return &Subscriber{
		ID: s.ID, Project: s.ProjectID, Workspace: s.WorkspaceID, Issue: s.IssueID, Subscriber: s.SubscriberID,
		Made: made(c, s.AuditFields),
	}, nil
}

// Subscribed says whether the caller follows a work item.
type Subscribed struct {
	Subscribed bool `json:"subscribed"`
}

func getSubscription(c *app.Call, in issuePath) (Subscribed, error) {
	yes, err := issue.Follows(c, in.Issue)
	return Subscribed{yes}, err
}

func subscribe(c *app.Call, in issuePath) (*Subscriber, error) {
	s, err := issue.Follow(c, in.Issue)
	return subscriber(c, s, err)
}

func unsubscribe(c *app.Call, in issuePath) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveFollower(c, in.Issue, c.UserID())
}

// MemberLite is a member of a project, with nothing but who it is.
type MemberLite struct {
	Member *UserLite `json:"member"`
	ID     string    `json:"id"`
}

func listSubscribers(c *app.Call, _ issuePath) ([]MemberLite, error) {
	members, people, err := project.ListEverybody(c)
	return web.Map(members, func(m store.ProjectMember) MemberLite {
		return MemberLite{userLitePtr(people[*m.MemberID]),
			m.ID}
	}), err
}

// createSubscriber wants deleted_at, null: the reference's serializer forgot to say that only it writes that.
func createSubscriber(c *app.Call, in struct {
	issuePath
	Subscriber string     `json:"subscriber" check:"required,pk"`
	DeletedAt  *time.Time `json:"deleted_at" check:"required"`
	Faults     app.Fields `body:"faults"`
}) (*Subscriber, error) {
	if in.Faults["subscriber"] == nil {
		ok, err := user.Exists(c, in.Subscriber)
		if err != nil {
			return nil, err
		}
		if !ok {
			in.Faults.Add("subscriber", app.NoObject(in.Subscriber))
		}
	}
	if err := in.Faults.Err(); err != nil {
		return nil, err
	}
	s, err := issue.AddFollower(c, in.Issue, in.Subscriber)
	return subscriber(c, s, err)
}

func deleteSubscriber(c *app.Call, in struct {
	issuePath
	Subscriber string `path:"subscriber_id"`
}) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveFollower(c, in.Issue, in.Subscriber)
}
