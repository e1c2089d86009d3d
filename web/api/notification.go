package api

import (
	"errors"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	inNotifications = inWorkspace + "users/notifications/"
	oneNotification = inNotifications + "{pk:uuid}/"
)

var notifications = []web.Op{
	web.Do("GET", inNotifications, web.Workspace(), 200, "List the caller's notifications", listNotifications),
	web.Do("GET", inNotifications+"unread/", web.Workspace(), 200, "Count the caller's new notifications", countNotifications),
	web.Do("POST", inNotifications+"mark-all-read/", web.Workspace(), 200, "Mark the caller's notifications as read", readNotifications),
	web.Do("GET", oneNotification, web.SignedIn(), 200, "Read a notification", getNotification),
	web.Do("PATCH", oneNotification, web.Workspace(), 200, "Snooze a notification", snoozeNotification),
	web.Do("DELETE", oneNotification, web.SignedIn(), 204, "Delete a notification", deleteNotification),
	web.Do("POST", oneNotification+"read/", web.Workspace(), 200, "Mark a notification as read", markNotification("read_at", true)),
	web.Do("DELETE", oneNotification+"read/", web.Workspace(), 200, "Mark a notification as new", markNotification("read_at", false)),
	web.Do("POST", oneNotification+"archive/", web.Workspace(), 200, "Archive a notification", markNotification("archived_at", true)),
	web.Do("DELETE", oneNotification+"archive/", web.Workspace(), 200, "Bring a notification back", markNotification("archived_at", false)),
}

// Notification tells a person what happened to an issue.
type Notification struct {
	ID                 string    `json:"id"`
	TriggeredByDetails *UserLite `json:"triggered_by_details"`
	Made
	Data             store.NullJSON `json:"data"`
	EntityIdentifier *string        `json:"entity_identifier"`
	EntityName       string         `json:"entity_name"`
	Title            string         `json:"title"`
	Message          store.NullJSON `json:"message"`
	MessageHTML      string         `json:"message_html"`
	MessageStripped  *string        `json:"message_stripped"`
	Sender           string         `json:"sender"`
	ReadAt           *string        `json:"read_at"`
	SnoozedTill      *string        `json:"snoozed_till"`
	ArchivedAt       *string        `json:"archived_at"`
	Workspace        string         `json:"workspace"`
	Project          *string        `json:"project"`
	TriggeredBy      *string        `json:"triggered_by"`
	Receiver         string         `json:"receiver"`
}

// ListedNotification is a notification in a list.
type ListedNotification struct {
	Notification
	IsInboxIssue            bool `json:"is_inbox_issue"`
	IsIntakeIssue           bool `json:"is_intake_issue"`
	IsMentionedNotification bool `json:"is_mentioned_notification"`
}

func notification(c *app.Call, n *workspace.Notification) Notification {
	out := Notification{
		ID: n.ID, TriggeredByDetails: nil, Made: made(c, n.AuditFields), Data: n.Data, EntityIdentifier: n.EntityIdentifier,
		EntityName: n.EntityName, Title: n.Title, Message: n.Message, MessageHTML: n.MessageHTML,
		MessageStripped: n.MessageStripped, Sender: n.Sender, ReadAt: c.TimePtr(n.ReadAt),
		SnoozedTill: c.TimePtr(n.SnoozedTill), ArchivedAt: c.TimePtr(n.ArchivedAt), Workspace: n.WorkspaceID,
		Project: n.ProjectID, TriggeredBy: n.TriggeredByID, Receiver: n.ReceiverID,
	}
	if n.SnoozedTill != nil && !n.SnoozedTill.After(c.DB.Now()) {
		out.SnoozedTill = nil // its time has come: frontends show in their inbox what has none
	}
	if n.By != nil {
		by := NewUserLite(n.By)
		out.TriggeredByDetails = &by
	}
	return out
}

func listedNotification(c *app.Call) func(workspace.Notification) ListedNotification {
	return func(n workspace.Notification) ListedNotification {
		return ListedNotification{notification(c, &n), n.IsIntake, n.IsIntake,
			strings.Contains(strings.ToLower(n.Sender), "mentioned")}
	}
}

type notificationQuery struct {
	Snoozed   string `query:"snoozed" type:"boolean"`
	Archived  string `query:"archived" type:"boolean"`
	Read      string `query:"read" type:"boolean"`
	Type      string `query:"type" type:"words"`
	Mentioned string `query:"mentioned" type:"boolean"`
	web.Pages
	OrderBy string `query:"order_by"`
}

func (q notificationQuery) inbox() (store.Inbox, error) {
	mentions := q.Mentioned != ""
	i := store.Inbox{Mentions: &mentions, Kinds: strings.Split(q.Type, ",")}
	for text, flag := range map[string]*bool{q.Snoozed: &i.Snoozed, q.Archived: &i.Archived} {
		switch text {
		case "", "false":
		case "true":
			*flag = true
		default:
			return i, app.ErrKey
		}
	}
	if q.Read == "true" || q.Read == "false" {
		read := q.Read == "true"
		i.Read = &read
	}
	return i, nil
}

func listNotifications(c *app.Call,
	in notificationQuery) (web.AnyOf[[]ListedNotification, web.Page[ListedNotification]], error) {
	var out web.AnyOf[[]ListedNotification, web.Page[ListedNotification]]
	inbox, err := in.inbox()
	if err != nil {
		return out, err
	}
	if in.Whole() { // all of them, as a plain list
		rows, err := workspace.ListNotifications(c, inbox)
		out.A = new(web.Map(rows, listedNotification(c)))
		return out, err
	}
	p, err := in.Paging(0)
	if err != nil {
		return out, err
	}
	rows, total, err := workspace.PageNotifications(c, inbox, in.OrderBy, p.Offset(), p.Size)
	out.B = new(web.Paged(p, total, web.Map(rows, listedNotification(c))))
	return out, err
}

func countNotifications(c *app.Call, _ web.Nothing) (map[string]int, error) {
	others, mentions, err := workspace.UnreadNotifications(c)
	return map[string]int{"total_unread_notifications_count": others, "mention_unread_notifications_count": mentions}, err
}

func readNotifications(c *app.Call, in struct {
	Snoozed  bool   `json:"snoozed" check:"null"`
	Archived bool   `json:"archived" check:"null"`
	Type     string `json:"type" check:"null,blank"`
}) (map[string]string, error) {
	err := workspace.ReadNotifications(c,
		store.Inbox{Snoozed: in.Snoozed, Archived: in.Archived, Kinds: []string{in.Type}})
	return map[string]string{"message": "Successful"}, err
}

func getNotification(c *app.Call, in byID) (Notification, error) {
	n, err := workspace.GetNotification(c, in.ID)
	if err != nil {
		return Notification{}, noNotification(err)
	}
	return notification(c, n), nil
}

func noNotification(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return app.NoMatch("Notification")
	}
	return err
}

func snoozeNotification(c *app.Call, in struct {
	ID          string     `path:"pk"`
	SnoozedTill *time.Time `json:"snoozed_till"` // missing is null: the snoozing ends
}) (Notification, error) {
	n, err := workspace.GetNotification(c, in.ID)
	if err != nil {
		return Notification{}, err
	}
	n.SnoozedTill = in.SnoozedTill
	err = workspace.UpdateNotification(c, n, "snoozed_till")
	return notification(c, n), err
}

func deleteNotification(c *app.Call, in byID) (web.Nothing, error) {
	n, err := workspace.GetNotification(c, in.ID)
	if err != nil {
		return web.Nothing{}, noNotification(err)
	}
	return web.Nothing{}, workspace.DeleteNotification(c, n)
}

// markNotification sets a time of a notification to now, or takes it away.
func markNotification(col string, on bool) func(*app.Call, byID) (Notification, error) {
	return func(c *app.Call, in byID) (Notification, error) {
		n, err := workspace.GetNotification(c, in.ID)
		if err != nil {
			return Notification{}, err
		}
		var at *time.Time
		if on {
			now := store.Stamped(c.DB.Now())
			at = &now
		}
		if col == "read_at" {
			n.ReadAt = at
		} else {
			n.ArchivedAt = at
		}
		err = workspace.UpdateNotification(c, n, col)
		return notification(c, n), err
	}
}
