package webhook

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// waits are for how long what could not be delivered waits before it is tried again. The later ones stay close to the
// reference, which gives up after five retries and five hours as well; the first ones are short, because everything
// that happens later waits behind it.
var waits = []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour}

const (
	maxAnswer = 64 << 10         // bytes of an answer that the log keeps
	noteTime  = 10 * time.Second // that it may take to note what came of an attempt
)

// Deliver makes one attempt and logs it. What could not be delivered at all is tried again later, and what the webhook
// is to hear after it waits so long; after the last attempt the webhook is switched off and its maker is told. Any
// answer counts as delivered, as in the reference. Plane: bgtasks/webhook_task.py
func Deliver(ctx context.Context, a *app.App, d store.Delivery) error {
	t := a.DB.Read(ctx)
	h, err := store.Webhooks.Get(t, dbx.HashExp{"id": d.WebhookID, "is_active": true})
	if errors.Is(err, store.ErrNotFound) {
		return nil // deleted or switched off since
	}
	if err != nil {
		return err
	}
	entry, fault := attempt(ctx, a, h, d)
	if fault != nil && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // the server stops: that was no attempt
	}
	if fault == nil {
		a.Counts.WebhooksDelivered.Add(1)
	} else {
		a.Counts.WebhooksFailed.Add(1)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime) // it was made, whatever happens now
	defer cancel()
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := settle(t, d, fault); err != nil {
			return err
		}
		if err := store.WebhookLogs.Insert(t, entry); err != nil || fault == nil || d.Attempt < len(waits) {
			return err
		}
		return stop(t, a, h)
	})
}

// settle ends the job, or puts it off for another attempt.
func settle(t *store.Tx, d store.Delivery, fault error) error {
	if fault == nil || d.Attempt >= len(waits) {
		return store.FinishJob(t)
	}
	until := t.Now.Add(waits[d.Attempt])
	d.Attempt++
	return store.PostponeJob(t, until, d, fault.Error())
}

// attempt sends it and returns the entry of the log, and why nothing answered, if so.
func attempt(ctx context.Context, a *app.App, h *store.Webhook, d store.Delivery) (*store.WebhookLog, error) {
	header := http.Header{"Content-Type": {"application/json"}, "User-Agent": {"Autopilot"}, "X-Plane-Delivery": {d.ID},
		"X-Plane-Event": {d.Event}}
	entry := &store.WebhookLog{EventType: &d.Event, RequestMethod: &d.Action, Webhook: h.ID, WorkspaceID: h.WorkspaceID,
		RetryCount: d.Attempt}
	body := string(d.Body)
	entry.RequestBody, entry.RequestHeaders = &body, headerText(header)
	status, headers, answer, err := post(ctx, a, h, header, d.Body)
	if err != nil {
		status, answer = http.StatusInternalServerError, err.Error()
	}
	code := strconv.Itoa(status)
	entry.ResponseStatus, entry.ResponseHeaders, entry.ResponseBody = &code, headerText(headers), &answer
	return entry, err
}

// post signs the body with the webhook's secret and sends it, to no address that is closed to webhooks.
func post(ctx context.Context, a *app.App, h *store.Webhook, header http.Header, body []byte) (int, http.Header,
	string, error) {
	secret, err := a.Unseal(h.SecretKey)
	if err != nil {
		return 0, nil, "", fmt.Errorf("secret of a webhook: %w", err)
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, h.URL, bytes.NewReader(body))
	if err != nil {
		return 0, nil, "", fmt.Errorf("request of a webhook: %w", err)
	}
	r.Header = header.Clone()
	r.Header.Set("X-Plane-Signature", hex.EncodeToString(mac.Sum(nil)))
	client, err := a.SafeHTTPClient()
	if err != nil {
		return 0, nil, "", err
	}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return 0, nil, "", err
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(io.LimitReader(answer.Body, maxAnswer))
	if err != nil {
		return 0, nil, "", err
	}
	// no database keeps zeros
	return answer.StatusCode, answer.Header, strings.ReplaceAll(strings.ToValidUTF8(string(text), "\uFFFD"), "\x00", ""),
		nil
}

func headerText(h http.Header) *string {
	flat := map[string]string{}
	for name, values := range h {
		flat[name] = strings.ToValidUTF8(strings.Join(values, ", "), "\uFFFD")
	}
	doc, _ := json.Marshal(flat) // texts always encode
	text := string(doc)
	return &text
}

// stop switches a webhook off that nothing answers for, and tells its maker.
func stop(t *store.Tx, a *app.App, h *store.Webhook) error {
	h.IsActive = false
	if err := store.Webhooks.Set(t, h, "is_active"); err != nil {
		return err
	}
	if err := store.DropDeliveries(t, h.ID); err != nil || h.CreatedByID == nil {
		return err
	}
	u, err := store.Users.Find(t, *h.CreatedByID)
	if errors.Is(err, store.ErrNotFound) || err == nil && u.Email == nil {
		return nil
	}
	if err != nil {
		return err
	}
	return mail.Enqueue(a, t, *u.Email, "webhook-stopped", map[string]string{"url": h.URL})
}
