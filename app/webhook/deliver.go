package webhook

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/mail"
	"github.com/sailplane/sailplane/store"
)

// waits are for how long what could not be delivered waits before it is tried again. The later ones stay close to the
// reference, which gives up after five retries and five hours as well; the first ones are short, because everything
// that happens later waits behind it.
var waits = []time.Duration{10 * time.Second, time.Minute, 10 * time.Minute, time.Hour, 4 * time.Hour}

const (
	brokenRetries = 3                  // after which an event that a receiver breaks at holds up the next ones no longer
	patience      = 3 * 24 * time.Hour // with a receiver that breaks at everything
	longestWait   = time.Hour          // that a receiver may ask for

	mostKept = 64 << 10         // bytes of a text that the log keeps
	noteTime = 10 * time.Second // that it may take to note what came of an attempt
)

// Deliver makes one attempt to tell a webhook of something, and logs it. What nobody takes (see verdict) is tried again
// later, and what the webhook is to hear after it waits so long. Plane: bgtasks/webhook_task.py
func Deliver(ctx context.Context, a *app.App, job store.Delivery) error {
	read := a.DB.Read(ctx)
	d, err := store.WebhookDeliveries.Find(read, job.ID)
	if errors.Is(err, store.ErrNotFound) {
		return nil // cleaned away, or its workspace is gone
	}
	if err != nil {
		return err
	}
	h, err := store.Webhooks.Find(read, d.WebhookID)
	if errors.Is(err, store.ErrNotFound) || err == nil && !h.IsActive && d.Event != store.EventPing ||
		d.Status != store.DeliveryWaiting {
		return drop(ctx, a, d) // deleted or switched off since, or another job has sent it
	}
	if err != nil {
		return err
	}
	at, began := a.DB.Now(), time.Now()
	request, r := attempt(ctx, a, h, d, at)
	if r.err != nil && errors.Is(ctx.Err(), context.Canceled) {
		return ctx.Err() // the server stops: that was no attempt
	}
	r.took = time.Since(began)
	entry := r.entry(d, request)
	if r.verdict() == taken {
		a.Counts.WebhooksDelivered.Add(1)
	} else {
		a.Counts.WebhooksFailed.Add(1)
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), noteTime) // it was made, whatever happens now
	defer cancel()
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		d, h := *d, *h // the transaction may be done again
		if err := settle(t, a, &h, &d, r); err != nil {
			return err
		}
		return store.WebhookLogs.Insert(t, entry)
	})
}

// drop ends what is not sent any more.
func drop(ctx context.Context, a *app.App, d *store.WebhookDelivery) error {
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if d.Status == store.DeliveryWaiting {
			d.Status, d.EndedAt = store.DeliveryDropped, &t.Now
			if err := store.WebhookDeliveries.Set(t, d, "status", "ended_at"); err != nil {
				return err
			}
		}
		return store.FinishJob(t)
	})
}

// settle writes what came of an attempt, and ends the job or puts it off for another one.
func settle(t *store.Tx, a *app.App, h *store.Webhook, d *store.WebhookDelivery, r *result) error {
	d.DurationMS, d.Fault, d.ResponseStatus = r.took.Milliseconds(), r.fault(), nil
	if r.status > 0 {
		d.ResponseStatus = &r.status
	}
	wait, again := r.wait(d)
	d.Attempts++
	switch {
	case r.verdict() == taken:
		d.Status, d.EndedAt = store.DeliveryDelivered, &t.Now
	case !again:
		d.Status, d.EndedAt = store.DeliveryFailed, &t.Now
	}
	err := store.WebhookDeliveries.Update(t, d, "attempts", "response_status", "duration_ms", "fault", "status",
		"ended_at")
	if err != nil {
		return err
	}
	if again {
		job := store.Delivery{ID: d.ID, WebhookID: d.WebhookID}
		if err := store.PostponeJob(t, t.Now.Add(wait), job, d.Fault); err != nil {
			return err
		}
	} else if err := store.FinishJob(t); err != nil {
		return err
	}
	if d.Event == store.EventPing {
		return heard(t, h, r)
	}
	return judge(t, a, h, r, again)
}

// heard lets what waits for another try be sent at once when a ping is taken. One that is not says nothing: a webhook
// is not switched off for it.
func heard(t *store.Tx, h *store.Webhook, r *result) error {
	if r.verdict() != taken {
		return nil
	}
	return store.RetryDeliveries(t, h.ID, app.HostOf(h.URL))
}

// judge notes since when a webhook has not been heard by anybody, and switches it off when that is too long.
func judge(t *store.Tx, a *app.App, h *store.Webhook, r *result, again bool) error {
	if fails := r.verdict() == lost; fails != (h.FailingSince != nil) {
		if h.FailingSince = nil; fails {
			h.FailingSince = &t.Now
		}
		if err := store.Webhooks.Set(t, h, "failing_since"); err != nil {
			return err
		}
	}
	if again || h.FailingSince == nil || r.err == nil && t.Now.Sub(*h.FailingSince) < patience {
		return nil
	}
	return stop(t, a, h)
}

// result is what came of an attempt.
type result struct {
	status  int // 0: nothing answered
	headers http.Header
	body    string
	err     error // why nothing answered
	took    time.Duration
}

// verdict is what an attempt means for the delivery.
type verdict int

const (
	taken   verdict = iota // 2xx
	refused                // the receiver is there and does not want it: it would not want it the next time either
	lost                   // nothing answered, or what did is broken or has too much to do: it is tried again
)

func (r *result) verdict() verdict {
	switch {
	case r.err != nil || r.status >= 500 || r.status == http.StatusTooManyRequests ||
		r.status == http.StatusRequestTimeout || r.status == http.StatusTooEarly:
		return lost
	case r.status >= 200 && r.status < 300:
		return taken
	}
	return refused
}

// fault says what was wrong; empty: nothing.
func (r *result) fault() string {
	switch {
	case r.err != nil:
		return r.err.Error()
	case r.verdict() == taken:
		return ""
	}
	return fmt.Sprintf("answered %d %s", r.status, http.StatusText(r.status))
}

// wait is for how long a delivery waits for another try, if there is one. An event at which a receiver breaks, again
// and again, is given up sooner than one for which nobody is there: the next event may be another matter.
func (r *result) wait(d *store.WebhookDelivery) (time.Duration, bool) {
	if d.Event == store.EventPing {
		return 0, false
	}
	return r.waitAfter(d.Attempts)
}

// waitAfter is wait after so many attempts before this one.
func (r *result) waitAfter(attempts int) (time.Duration, bool) {
	most := len(waits)
	if r.err == nil {
		most = brokenRetries
	}
	if r.verdict() != lost || attempts >= most {
		return 0, false
	}
	asked, _ := strconv.Atoi(r.headers.Get("Retry-After")) // in seconds; a date is not looked at
	return max(waits[attempts], min(time.Duration(min(max(asked, 0), 1<<20))*time.Second, longestWait)), true
}

// entry is the row of the log, in the reference's form: what nobody answered is a 500 there.
func (r *result) entry(d *store.WebhookDelivery, request http.Header) *store.WebhookLog {
	status, answer, body := r.status, r.body, kept(d.Body)
	if r.err != nil {
		status, answer = http.StatusInternalServerError, r.err.Error()
	}
	code := strconv.Itoa(status)
	return &store.WebhookLog{EventType: &d.Event, RequestMethod: &d.Action, RequestHeaders: headerText(request),
		RequestBody: &body, ResponseStatus: &code, ResponseHeaders: headerText(r.headers), ResponseBody: &answer,
		RetryCount: d.Attempts, Webhook: d.WebhookID, WorkspaceID: d.WorkspaceID, DeliveryID: &d.ID,
		DurationMS: r.took.Milliseconds()}
}

// attempt signs a delivery with the webhook's secret and sends it, to no address that is closed to webhooks.
func attempt(ctx context.Context, a *app.App, h *store.Webhook, d *store.WebhookDelivery,
	at time.Time) (http.Header, *result) {
	return send(ctx, a, &Post{ID: d.ID, URL: h.URL, Secret: h.SecretKey, Event: d.Event, Body: d.Body}, at)
}

func send(ctx context.Context, a *app.App, p *Post, at time.Time) (http.Header, *result) {
	header := http.Header{}
	for name, value := range p.Headers {
		header.Set(name, value)
	}
	header.Set("Content-Type", "application/json")
	header.Set("User-Agent", "Autopilot")
	header.Set("X-Plane-Delivery", p.ID)
	header.Set("X-Plane-Event", p.Event)
	secret, err := a.Unseal(p.Secret)
	if err != nil {
		return header, &result{err: fmt.Errorf("secret of a webhook: %w", err)}
	}
	for name, value := range sign(secret, p.ID, at, p.Body) {
		header.Set(name, value)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, p.URL, strings.NewReader(p.Body))
	if err != nil {
		return header, &result{err: fmt.Errorf("request of a webhook: %w", err)}
	}
	r.Header = header.Clone()
	client, err := a.SafeHTTPClient()
	if err != nil {
		return header, &result{err: err}
	}
	defer client.CloseIdleConnections()
	answer, err := client.Do(r)
	if err != nil {
		return header, &result{err: err}
	}
	defer answer.Body.Close()
	// The status says what became of it; a body that is cut short or never ends changes nothing of that.
	text, _ := io.ReadAll(io.LimitReader(answer.Body, mostKept))
	return header, &result{status: answer.StatusCode, headers: answer.Header, body: kept(string(text))}
}

// kept is the beginning of a text, as databases keep it: they take no zeros.
func kept(text string) string {
	return strings.ReplaceAll(strings.ToValidUTF8(text[:min(len(text), mostKept)], "\uFFFD"), "\x00", "")
}

func headerText(h http.Header) *string {
	flat := map[string]string{}
	for name, values := range h {
		flat[name] = strings.ToValidUTF8(strings.Join(values, ", "), "\uFFFD")
		if slices.Contains(veiled, name) {
			flat[name] = "***"
		}
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
