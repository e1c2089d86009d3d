package api

import (
	"time"

	"github.com/sailplane/sailplane/app"
	hooks "github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// Delivery is what a webhook is told of one event, and what became of it.
type Delivery struct {
	ID             string  `json:"id"` // webhook-id and X-Plane-Delivery of every attempt
	Webhook        string  `json:"webhook"`
	Event          string  `json:"event"`
	Action         string  `json:"action"`
	Status         string  `json:"status"`          // waiting, delivered, failed or dropped
	Attempts       int     `json:"attempts"`        // since it was written, or was to be sent again
	ResponseStatus *int    `json:"response_status"` // of the last attempt; null: nothing answered
	DurationMS     int64   `json:"duration_ms"`
	Error          string  `json:"error"`
	CreatedAt      string  `json:"created_at"`
	EndedAt        *string `json:"ended_at"`
}

func deliveryOf(c *app.Call) func(store.WebhookDelivery) Delivery {
	return func(d store.WebhookDelivery) Delivery {
		return Delivery{ID: d.ID, Webhook: d.WebhookID, Event: d.Event, Action: d.Action, Status: d.Status,
			Attempts: d.Attempts, ResponseStatus: d.ResponseStatus, DurationMS: d.DurationMS, Error: d.Fault,
			CreatedAt: c.Time(d.CreatedAt), EndedAt: c.TimePtr(d.EndedAt)}
	}
}

// DeliveryTry is one attempt.
type DeliveryTry struct {
	CreatedAt       string     `json:"created_at"`
	RequestHeaders  store.JSON `json:"request_headers"` // signatures are veiled
	ResponseStatus  *string    `json:"response_status"`
	ResponseHeaders store.JSON `json:"response_headers"`
	ResponseBody    *string    `json:"response_body"` // its beginning
	DurationMS      int64      `json:"duration_ms"`
	RetryCount      int        `json:"retry_count"`
}

// DeliveryDetail is a delivery with what was sent and what was answered.
type DeliveryDetail struct {
	Delivery

	RequestBody string        `json:"request_body"`
	Tries       []DeliveryTry `json:"tries"` // newest first, no more than the last 20
}

// DeliverySpan says which deliveries are meant.
type DeliverySpan struct {
	Since  *string `query:"since" type:"date-time"`
	Until  *string `query:"until" type:"date-time"`
	Status *string `query:"status" type:"waiting|delivered|failed|dropped"`
}

func (in DeliverySpan) read() (s hooks.Span, err error) {
	faults := app.Fields{}
	moment := func(name string, text *string) *time.Time {
		if text == nil || *text == "" {
			return nil
		}
		at, ok := web.ParseTime(*text)
		if !ok {
			faults.Add(name, "Say a time as 2026-11-30T08:00:00Z.")
		}
		return &at
	}
	s.Since, s.Until = moment("since", in.Since), moment("until", in.Until)
	if in.Status != nil && *in.Status != "" {
		s.Statuses = []string{*in.Status}
	}
	if err := s.Check(); err != nil {
		faults.Add("status", err.Error())
	}
	return s, faults.Err()
}

func listDeliveries(c *app.Call, in struct {
	ID string `path:"pk"`
	DeliverySpan
	web.Pages
}) (web.Page[Delivery], error) {
	var none web.Page[Delivery]
	p, err := in.Paging(100)
	if err != nil {
		return none, err
	}
	span, err := in.read()
	if err != nil {
		return none, err
	}
	rows, total, err := hooks.ListDeliveries(c, in.ID, span, store.ListPart{Offset: p.Offset(), Limit: p.Size})
	if err != nil {
		return none, err
	}
	return web.Paged(p, total, web.Map(rows, deliveryOf(c))), nil
}

type deliveryID struct {
	Webhook string `path:"pk"`
	ID      string `path:"delivery_id"`
}

func getDelivery(c *app.Call, in deliveryID) (DeliveryDetail, error) {
	d, tries, err := hooks.GetDelivery(c, in.Webhook, in.ID)
	if err != nil {
		return DeliveryDetail{}, err
	}
	return DeliveryDetail{Delivery: deliveryOf(c)(*d), RequestBody: d.Body,
		Tries: web.Map(tries, func(l store.WebhookLog) DeliveryTry {
			return DeliveryTry{CreatedAt: c.Time(l.CreatedAt), RequestHeaders: headersOf(l.RequestHeaders),
				ResponseStatus: l.ResponseStatus, ResponseHeaders: headersOf(l.ResponseHeaders), ResponseBody: l.ResponseBody,
				DurationMS: l.DurationMS, RetryCount: l.RetryCount}
		})}, nil
}

func headersOf(text *string) store.JSON {
	if text == nil {
		return nil
	}
	return store.JSON(*text)
}

func redeliver(c *app.Call, in deliveryID) (Delivery, error) {
	d, err := hooks.Redeliver(c, in.Webhook, in.ID)
	return deliveryOr(c, d, err)
}

func pingWebhook(c *app.Call, in byID) (Delivery, error) {
	d, err := hooks.Ping(c, in.ID)
	return deliveryOr(c, d, err)
}

func deliveryOr(c *app.Call, d *store.WebhookDelivery, err error) (Delivery, error) {
	if err != nil {
		return Delivery{}, err
	}
	return deliveryOf(c)(*d), nil
}

// Redelivered says how many deliveries are sent once more.
type Redelivered struct {
	Redelivered int `json:"redelivered"`
	Left        int `json:"left"` // for another request: there are more than one takes
}

func redeliverSpan(c *app.Call, in struct {
	ID     string             `path:"pk"`
	Since  app.Opt[time.Time] `json:"since" check:"null"`
	Until  app.Opt[time.Time] `json:"until" check:"null"`
	Status app.Opt[string]    `json:"status" check:"null"`
}) (Redelivered, error) {
	span := hooks.Span{Since: in.Since.Ptr(), Until: in.Until.Ptr()}
	if in.Status.V != "" {
		span.Statuses = []string{in.Status.V}
	}
	if err := span.Check(); err != nil {
		return Redelivered{}, app.Field("status", err.Error())
	}
	sent, left, err := hooks.RedeliverSpan(c, in.ID, span)
	return Redelivered{sent, left}, err
}
