package webhook

import (
	"context"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Known is a webhook as those who run the installation see it.
type Known = store.KnownWebhook

// ListKnown returns webhooks of all workspaces, those first that were stopped, and no more than so many.
func ListKnown(c *app.Call, most int) ([]Known, error) {
	return store.KnownWebhooks(c.Read(), "", most)
}

// mostKnown is how many webhooks the command lists.
const mostKnown = 10_000

// ListOf is ListKnown for those of one workspace, or of all with an empty slug.
func ListOf(c *app.Call, slug string) ([]Known, error) {
	return store.KnownWebhooks(c.Read(), slug, mostKnown)
}

// CallFor is a call in the workspace of a webhook by those who run the installation, and nobody in it; nil when there
// is no such webhook.
func CallFor(ctx context.Context, a *app.App, id string) (*app.Call, error) {
	t := a.DB.Read(ctx)
	h, err := store.Webhooks.Find(t, id)
	if err == nil {
		var w *store.Workspace
		if w, err = store.Workspaces.Get(t, dbx.HashExp{"id": h.WorkspaceID}); err == nil {
			return &app.Call{Context: ctx, App: a, Workspace: w}, nil
		}
	}
	if errors.Is(err, store.ErrNotFound) {
		err = nil
	}
	return nil, err
}
