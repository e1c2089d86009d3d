package webhook

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Ping lets a webhook of the workspace be asked whether it hears, even one that is switched off. It is asked once,
// waits for nothing that the webhook is told, and does not count towards switching it off.
func Ping(c *app.Call, id string) (*store.WebhookDelivery, error) {
	h, err := ours(c, c.Read(), id)
	if err != nil {
		return nil, err
	}
	var d *store.WebhookDelivery
	err = c.Write(func(t *store.Tx) (err error) {
		d, err = enqueuePing(t, h, c.Workspace.Slug)
		return err
	})
	return d, err
}

// enqueuePing writes a ping down. It has the form of all that webhooks are told, and tells of the webhook itself.
func enqueuePing(t *store.Tx, h *store.Webhook, slug string) (*store.WebhookDelivery, error) {
	actor, err := found(t, store.Users, []string{t.Actor})
	if err != nil {
		return nil, err
	}
	s := snapshot{people: actor}
	m := message{event: store.EventPing, action: store.EventPing, slug: slug, actor: s.actor(t.Actor),
		data: fields{"id": h.ID, "url": h.URL, "is_active": h.IsActive, "project": h.Project, "issue": h.Issue,
			"module": h.Module, "cycle": h.Cycle, "issue_comment": h.IssueComment, "version": h.Version,
			"workspace": h.WorkspaceID}}
	d, err := m.to(h)
	if err != nil {
		return nil, err
	}
	return d, store.EnqueueDeliveries(t, []*store.WebhookDelivery{d}, map[string]string{h.ID: app.HostOf(h.URL)})
}
