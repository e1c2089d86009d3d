package workspace

import (
	"maps"
	"slices"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Notification is a notification with who caused it.
type Notification struct {
	store.InboxRow
	By *store.User // nil: nobody
}

// Inbox fills the place and the person of a choice of notifications. Guests are not asked about what they made:
// nothing is, then.
func Inbox(c *app.Call, i store.Inbox) (inbox store.Inbox, nothing bool) {
	i.User, i.Workspace = c.User.ID, c.Workspace.ID
	i.Projects, i.OwnOnly = slices.Sorted(maps.Keys(c.Access.Projects)), c.OwnOnly()
	return i, c.Access.Workspace == app.Guest && slices.Contains(i.Kinds, "created")
}

var notificationOrders = []string{"created_at", "updated_at", "read_at", "snoozed_till", "archived_at"}

// ListNotifications returns the caller's notifications, those that are snoozed first, then the newest.
func ListNotifications(c *app.Call, i store.Inbox) ([]Notification, error) {
	inbox, nothing := Inbox(c, i)
	if nothing {
		return nil, nil
	}
	t := c.Read()
	rows, err := store.ListInbox(t, inbox.Where(t.Now), 0, 0, store.EmptyLast("snoozed_till", false), "created_at DESC")
	if err != nil {
		return nil, err
	}
	return withCausers(t, rows)
}

// PageNotifications returns a part of them and how many there are, ordered by a column, descending with a - before its
// name.
func PageNotifications(c *app.Call, i store.Inbox, order string, offset, limit int) ([]Notification, int, error) {
	inbox, nothing := Inbox(c, i)
	if nothing {
		return nil, 0, nil
	}
	col, descends := strings.CutPrefix(order, "-")
	if !slices.Contains(notificationOrders, col) {
		col, descends = "created_at", true
	}
	t := c.Read()
	where := inbox.Where(t.Now)
	total, err := store.Notifications.Count(t, where)
	if err != nil {
		return nil, 0, err
	}
	rows, err := store.ListInbox(t, where, offset, limit, store.EmptyLast(col, descends), "created_at DESC")
	if err != nil {
		return nil, 0, err
	}
	list, err := withCausers(t, rows)
	return list, total, err
}

func withCausers(t *store.Tx, rows []store.InboxRow) ([]Notification, error) {
	var ids []string
	for _, n := range rows {
		if n.TriggeredByID != nil {
			ids = append(ids, *n.TriggeredByID)
		}
	}
	people, err := store.Users.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	list := make([]Notification, len(rows))
	for i, n := range rows {
		list[i].InboxRow = n
		if n.TriggeredByID != nil {
			list[i].By = people[*n.TriggeredByID]
		}
	}
	return list, nil
}

// UnreadNotifications counts the caller's new notifications: mentions, and all others. They are those that the lists of
// what is not read have.
func UnreadNotifications(c *app.Call) (others, mentions int, err error) {
	inbox, _ := Inbox(c, store.Inbox{Read: new(false)})
	t := c.Read()
	return store.UnreadInbox(t, inbox.Where(t.Now))
}

// ReadNotifications marks the caller's unread notifications as read.
func ReadNotifications(c *app.Call, i store.Inbox) error {
	i.Read = new(false)
	inbox, nothing := Inbox(c, i)
	if nothing {
		return nil
	}
	return c.Write(func(t *store.Tx) error { return store.ReadInbox(t, inbox.Where(t.Now)) })
}

// GetNotification returns one of the caller's notifications.
func GetNotification(c *app.Call, id string) (*Notification, error) {
	if c.Workspace == nil {
		return nil, store.ErrNotFound
	}
	t := c.Read()
	inbox, _ := Inbox(c, store.Inbox{})
	where := dbx.And(dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID, "receiver_id": c.User.ID}, inbox.Readable(),
		store.Openable())
	n, err := store.Notifications.Get(t, where)
	if err != nil {
		return nil, err
	}
	list, err := withCausers(t, []store.InboxRow{{Notification: *n}})
	if err != nil {
		return nil, err
	}
	return &list[0], nil
}

// UpdateNotification writes the named columns of a notification.
func UpdateNotification(c *app.Call, n *Notification, cols ...string) error {
	return c.Write(func(t *store.Tx) error { return store.Notifications.Update(t, &n.Notification, cols...) })
}

// DeleteNotification deletes a notification.
func DeleteNotification(c *app.Call, n *Notification) error {
	return c.Write(func(t *store.Tx) error { return store.Notifications.Delete(t, &n.Notification) })
}
