package audit

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// workflowHook tells of hooks of workflows that tell other servers of what happens, as webhooks do.
func workflowHook(t *store.Tx, before, after *store.WorkflowHook) error {
	h := either(before, after)
	if h.Handler != store.SendsWebhook {
		return nil
	}
	d := app.Deed{Workspace: h.WorkspaceID, Project: text(h.ProjectID),
		Target: app.Target{Type: "workflow_hook", ID: h.ID, Name: h.Handler}}
	if before != nil && after != nil && before.Secret != after.Secret {
		d.Event = app.WebhookSecretRenewed
		return app.Note(t, d)
	}
	return told(t, before, after, d, app.WebhookCreated, app.WebhookUpdated, app.WebhookDeleted, "phase", "is_enabled",
		"config")
}
