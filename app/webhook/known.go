package webhook

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Known is a webhook as those who run the installation see it.
type Known = store.KnownWebhook

// ListKnown returns webhooks of all workspaces, those first that were stopped, and no more than so many.
func ListKnown(c *app.Call, most int) ([]Known, error) { return store.KnownWebhooks(c.Read(), most) }
