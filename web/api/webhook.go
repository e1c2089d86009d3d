package api

import (
	"errors"

	"github.com/sailplane/sailplane/app"
	hooks "github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	oneWebhook  = inWorkspace + "webhooks/{pk:uuid}/"
	deliveries  = oneWebhook + "deliveries/"
	oneDelivery = deliveries + "{delivery_id:uuid}/"
)

var webhooks = []web.Op{
	web.Do("GET", inWorkspace+"webhooks/", web.Workspace(app.Admin), 200, "List webhooks", listWebhooks),
	web.Do("POST", inWorkspace+"webhooks/", web.Workspace(app.Admin), 201, "Create a webhook", createWebhook).Refuses(409),
	web.Do("GET", oneWebhook, web.Workspace(app.Admin), 200, "Read a webhook", getWebhook),
	web.Do("PATCH", oneWebhook, web.Workspace(app.Admin), 200, "Change a webhook", updateWebhook).Refuses(409),
	web.Do("DELETE", oneWebhook, web.Workspace(app.Admin), 204, "Delete a webhook", deleteWebhook),
	web.Do("POST", oneWebhook+"regenerate/", web.Workspace(app.Admin), 200, "Give a webhook another secret", renewWebhookSecret),
	web.Do("POST", oneWebhook+"ping/", web.Workspace(app.Admin), 202, "Ask whether a webhook hears", pingWebhook),
	web.Do("GET", deliveries, web.Workspace(app.Admin), 200, "List what a webhook is told", listDeliveries),
	web.Do("GET", oneDelivery, web.Workspace(app.Admin), 200, "Read what a webhook was told, and its answers", getDelivery),
	web.Do("POST", oneDelivery+"redeliver/", web.Workspace(app.Admin), 202, "Tell a webhook once more", redeliver).Refuses(409),
	web.Do("POST", deliveries+"redeliver/", web.Workspace(app.Admin), 202, "Tell a webhook a span of time once more",
		redeliverSpan).Refuses(409),
	web.Do("GET", inWorkspace+"webhook-logs/{pk:uuid}/", web.Workspace(app.Admin), 200, "List what a webhook sent", listWebhookLogs),
}

// Webhook is an address that is told of what happens.
type Webhook struct {
	ID  string `json:"id"`
	URL string `json:"url"`
	Made
	IsActive     bool   `json:"is_active"`
	SecretKey    string `json:"secret_key"`
	Project      bool   `json:"project"`
	Issue        bool   `json:"issue"`
	Module       bool   `json:"module"`
	Cycle        bool   `json:"cycle"`
	IssueComment bool   `json:"issue_comment"`
	IsInternal   bool   `json:"is_internal"`
	Version      string `json:"version"`
	Workspace    string `json:"workspace"`
}

func webhook(c *app.Call) func(store.Webhook) Webhook {
	return func(h store.Webhook) Webhook {
		return Webhook{
			ID: h.ID, URL: h.URL, Made: made(c, h.AuditFields), IsActive: h.IsActive, SecretKey: h.SecretKey,
			Project: h.Project, Issue: h.Issue, Module: h.Module, Cycle: h.Cycle, IssueComment: h.IssueComment,
			IsInternal: h.IsInternal, Version: h.Version, Workspace: h.WorkspaceID,
		}
	}
}

func webhookOf(c *app.Call, h *store.Webhook, err error) (Webhook, error) {
	if err != nil {
		return Webhook{}, err
	}
	return webhook(c)(*h), nil
}

// WebhookInput is what may be written about a webhook.
type WebhookInput struct {
	URL          app.Opt[string] `json:"url" check:"required"`
	IsActive     app.Opt[bool]   `json:"is_active"`
	Project      app.Opt[bool]   `json:"project"`
	Issue        app.Opt[bool]   `json:"issue"`
	Module       app.Opt[bool]   `json:"module"`
	Cycle        app.Opt[bool]   `json:"cycle"`
	IssueComment app.Opt[bool]   `json:"issue_comment"`
	IsInternal   app.Opt[bool]   `json:"is_internal"`
	Version      app.Opt[string] `json:"version" check:"max=50"`
}

func (in WebhookInput) change(h *store.Webhook) (cols []string) {
	app.Change(&cols, "url", in.URL, &h.URL)
	app.Change(&cols, "is_active", in.IsActive, &h.IsActive)
	app.Change(&cols, "project", in.Project, &h.Project)
	app.Change(&cols, "issue", in.Issue, &h.Issue)
	app.Change(&cols, "module", in.Module, &h.Module)
	app.Change(&cols, "cycle", in.Cycle, &h.Cycle)
	app.Change(&cols, "issue_comment", in.IssueComment, &h.IssueComment)
	app.Change(&cols, "is_internal", in.IsInternal, &h.IsInternal)
	app.Change(&cols, "version", in.Version, &h.Version)
	return cols
}

func listWebhooks(c *app.Call, _ web.Nothing) ([]Webhook, error) {
	rows, err := hooks.List(c)
	return web.Map(rows, webhook(c)), err
}

func createWebhook(c *app.Call, in WebhookInput) (Webhook, error) {
	h := &store.Webhook{IsActive: true, Version: "v1"}
	in.change(h)
	err := hooks.Create(c, h)
	if errors.Is(err, store.ErrUnique) {
		err = app.Refuse(app.Conflict, "URL already exists for the workspace")
	}
	return webhookOf(c, h, err)
}

func getWebhook(c *app.Call, in byID) (Webhook, error) {
	h, err := hooks.Get(c, in.ID)
	return webhookOf(c, h, err)
}

func updateWebhook(c *app.Call, in struct {
	ID string `path:"pk"`
	WebhookInput
}) (Webhook, error) {
	h, err := hooks.Get(c, in.ID)
	if err != nil {
		return Webhook{}, err
	}
	err = hooks.Update(c, h, in.change(h)...)
	return webhookOf(c, h, err)
}

func deleteWebhook(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, hooks.Delete(c, in.ID)
}

func renewWebhookSecret(c *app.Call, in byID) (Webhook, error) {
	h, err := hooks.RenewSecret(c, in.ID)
	return webhookOf(c, h, err)
}

// WebhookLog is an attempt to tell a webhook.
type WebhookLog struct {
	ID string `json:"id"`
	Made
	EventType       *string `json:"event_type"`
	RequestMethod   *string `json:"request_method"`
	RequestHeaders  *string `json:"request_headers"`
	RequestBody     *string `json:"request_body"`
	ResponseStatus  *string `json:"response_status"`
	ResponseHeaders *string `json:"response_headers"`
	ResponseBody    *string `json:"response_body"`
	RetryCount      int     `json:"retry_count"`
	Webhook         string  `json:"webhook"`
	Workspace       string  `json:"workspace"`
}

func listWebhookLogs(c *app.Call, in byID) ([]WebhookLog, error) {
	rows, err := hooks.ListLogs(c, in.ID)
	return web.Map(rows, func(l store.WebhookLog) WebhookLog {
		return WebhookLog{
			ID: l.ID, Made: made(c, l.AuditFields), EventType: l.EventType, RequestMethod: l.RequestMethod,
			RequestHeaders: l.RequestHeaders, RequestBody: l.RequestBody, ResponseStatus: l.ResponseStatus,
			ResponseHeaders: l.ResponseHeaders, ResponseBody: l.ResponseBody, RetryCount: l.RetryCount,
			Webhook: l.Webhook, Workspace: l.WorkspaceID,
		}
	}), err
}
