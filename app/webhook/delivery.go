package webhook

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Span is a part of what a webhook was told, or should have been.
type Span = store.DeliverySpan

// ours finds a webhook of the call's workspace.
func ours(c *app.Call, t *store.Tx, id string) (*store.Webhook, error) {
	return store.Webhooks.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// ListDeliveries returns a part of what a webhook of the workspace was told, or is to be told, newest first and without
// the bodies, and how much there is in all.
func ListDeliveries(c *app.Call, webhook string, s Span, part store.ListPart) ([]store.WebhookDelivery, int, error) {
	h, err := ours(c, c.Read(), webhook)
	if err != nil {
		return nil, 0, err
	}
	return store.ListDeliveries(c.Read(), s.Of(h.ID), part, "created_at DESC", "id DESC")
}

// mostTries is how many attempts are shown of a delivery that was sent again and again.
const mostTries = 20

// GetDelivery returns one of those, with its body and its latest attempts, newest first.
func GetDelivery(c *app.Call, webhook, id string) (*store.WebhookDelivery, []store.WebhookLog, error) {
	d, err := delivery(c, c.Read(), webhook, id)
	if err != nil {
		return nil, nil, err
	}
	tries, err := store.WebhookTries(c.Read(), d.ID, mostTries)
	return d, tries, err
}

func delivery(c *app.Call, t *store.Tx, webhook, id string) (*store.WebhookDelivery, error) {
	if _, err := ours(c, t, webhook); err != nil {
		return nil, err
	}
	return store.WebhookDeliveries.Get(t, dbx.HashExp{"id": id, "webhook_id": webhook})
}

// ErrOff says that a webhook is switched off, so that it is told nothing.
var ErrOff = app.Refuse(app.Conflict, "The webhook is switched off. Switch it on first.")

// Redeliver lets one delivery be sent again: the same body, under the same id, signed with the secret that is the
// webhook's now and to the address that it has now, after what waits already. One that waits is left as it is.
func Redeliver(c *app.Call, webhook, id string) (*store.WebhookDelivery, error) {
	var d *store.WebhookDelivery
	err := c.Write(func(t *store.Tx) error {
		h, err := ours(c, t, webhook)
		if err != nil {
			return err
		}
		if err := t.LockRow(store.Webhooks.Name, h.ID); err != nil { // two at a time would send it twice
			return err
		}
		if d, err = delivery(c, t, webhook, id); err != nil || d.Status == store.DeliveryWaiting {
			return err
		}
		if !h.IsActive && d.Event != store.EventPing {
			return ErrOff
		}
		return store.SendAgain(t, h.ID, app.HostOf(h.URL), []*store.WebhookDelivery{d})
	})
	return d, err
}

// Spans are sent again in parts, so that nobody waits long for the transaction, and no more than so many at a request.
const (
	spanPart = 500
	spanMost = 10_000
)

// RedeliverSpan lets all of a span be sent again, oldest first, but for pings and what waits. It returns how many that
// are, and how many are left for another request.
func RedeliverSpan(c *app.Call, webhook string, s Span) (sent, left int, err error) {
	if len(s.Statuses) == 0 {
		s.Statuses = []string{store.DeliveryFailed, store.DeliveryDropped}
	}
	now := c.DB.Now()
	if s.Until == nil || s.Until.After(now) {
		s.Until = &now
	}
	var last *store.WebhookDelivery
	for sent < spanMost {
		var some []*store.WebhookDelivery
		err := c.Write(func(t *store.Tx) error {
			h, err := ours(c, t, webhook)
			if err != nil {
				return err
			}
			if !h.IsActive {
				return ErrOff
			}
			if err := t.LockRow(store.Webhooks.Name, h.ID); err != nil {
				return err
			}
			list, total, err := store.ListDeliveries(t, s.After(h.ID, last), store.ListPart{Limit: spanPart}, "created_at",
				"id")
			if err != nil {
				return err
			}
			some, left = make([]*store.WebhookDelivery, len(list)), total-len(list)
			for i := range list {
				some[i] = &list[i]
			}
			return store.SendAgain(t, h.ID, app.HostOf(h.URL), some)
		})
		if err != nil {
			return sent, left, err
		}
		if sent += len(some); left == 0 {
			break
		}
		last = some[len(some)-1]
	}
	return sent, left, nil
}
