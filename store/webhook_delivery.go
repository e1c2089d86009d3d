package store

import (
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// WebhookDelivery is a row of webhook_deliveries: what one webhook is told of one event.
type WebhookDelivery struct {
	Base
	WebhookID      string     `db:"webhook_id"`
	WorkspaceID    string     `db:"workspace_id"`
	Event          string     `db:"event"`
	Action         string     `db:"action"`
	Body           string     `db:"body"` // as it is sent, word for word
	Status         string     `db:"status"`
	Attempts       int        `db:"attempts"`        // since it was written, or was to be sent again
	ResponseStatus *int       `db:"response_status"` // of the last attempt; nil: nothing answered
	DurationMS     int64      `db:"duration_ms"`     // of the last attempt
	Fault          string     `db:"fault"`           // of the last attempt
	EndedAt        *time.Time `db:"ended_at"`        // nil: it waits
}

// WebhookDeliveries is the table of WebhookDelivery rows.
var WebhookDeliveries = NewTable[WebhookDelivery]("webhook_deliveries")

// What becomes of a delivery.
const (
	DeliveryWaiting   = "waiting"   // for its turn, or for another try
	DeliveryDelivered = "delivered" // it was answered with 2xx
	DeliveryFailed    = "failed"    // it was refused, or nothing answered in time
	DeliveryDropped   = "dropped"   // the webhook was switched off before its turn, or its job was dropped
)

// EventPing is the event that tells nothing: it asks whether somebody hears.
const EventPing = "ping"

// Delivery is the payload of the job that sends a row of webhook_deliveries.
type Delivery struct {
	ID        string `json:"id"`
	WebhookID string `json:"webhook_id"`
	Host      string `json:"-"` // that is asked
	Ping      bool   `json:"-"` // it waits for nothing that the webhook is told
}

var _ OrderedJob = Delivery{}

// Order is the webhook's: it hears of things in the order in which they happened. One host is asked one thing at a
// time.
func (d Delivery) Order() JobOrder {
	line := d.WebhookID
	if d.Ping {
		line += "/ping"
	}
	return JobOrder{Line: line, Host: d.Host}
}

// EnqueueDeliveries writes down what webhooks are told, in that order, and leaves the jobs that send it; hosts are
// those of the webhooks.
func EnqueueDeliveries(t *Tx, rows []*WebhookDelivery, hosts map[string]string) error {
	for _, d := range rows {
		d.Status = DeliveryWaiting
	}
	if err := WebhookDeliveries.Insert(t, rows...); err != nil {
		return err
	}
	return sendDeliveries(t, rows, hosts)
}

func sendDeliveries(t *Tx, rows []*WebhookDelivery, hosts map[string]string) error {
	jobs := make([]any, len(rows))
	for i, d := range rows {
		jobs[i] = Delivery{ID: d.ID, WebhookID: d.WebhookID, Host: hosts[d.WebhookID], Ping: d.Event == EventPing}
	}
	return EnqueueAll(t, JobDeliver, jobs)
}

// SendAgain lets what a webhook was told, or should have been, be sent once more, under the same ids and in that order,
// after what waits already.
func SendAgain(t *Tx, webhook, host string, rows []*WebhookDelivery) error {
	ids := make([]string, len(rows))
	for i, d := range rows {
		d.Status, d.Attempts, d.EndedAt, ids[i] = DeliveryWaiting, 0, nil, d.ID
	}
	err := WebhookDeliveries.SetWhere(t, dbx.Params{"status": DeliveryWaiting, "attempts": 0, "ended_at": nil,
		"updated_at": t.Now}, In("id", ids))
	if err != nil {
		return err
	}
	return sendDeliveries(t, rows, map[string]string{webhook: host})
}

// DeliverySpan is a part of the deliveries of a webhook. Since belongs to it, Until does not; nil is open.
type DeliverySpan struct {
	Since, Until *time.Time
	Statuses     []string // none: any
}

var deliveryStatuses = []string{DeliveryWaiting, DeliveryDelivered, DeliveryFailed, DeliveryDropped}

// Check refuses statuses that there are not.
func (s DeliverySpan) Check() error {
	for _, status := range s.Statuses {
		if !slices.Contains(deliveryStatuses, status) {
			return errors.New("Say one of " + strings.Join(deliveryStatuses, ", ") + ".")
		}
	}
	return nil
}

// Of holds for the deliveries of the span.
func (s DeliverySpan) Of(webhook string) dbx.Expression {
	where := []dbx.Expression{dbx.HashExp{"webhook_id": webhook}}
	if s.Since != nil {
		where = append(where, dbx.NewExp("created_at >= {:since}", dbx.Params{"since": Stamped(*s.Since)}))
	}
	if s.Until != nil {
		where = append(where, dbx.NewExp("created_at < {:until}", dbx.Params{"until": Stamped(*s.Until)}))
	}
	if len(s.Statuses) > 0 {
		where = append(where, In("status", s.Statuses))
	}
	return dbx.And(where...)
}

// After holds for those of the span that can be sent again and come after one, in the order in which things happened;
// nil: from the first one on. Pings are left out, and what waits.
func (s DeliverySpan) After(webhook string, last *WebhookDelivery) dbx.Expression {
	where := dbx.And(s.Of(webhook), dbx.Not(dbx.HashExp{"event": EventPing}),
		dbx.Not(dbx.HashExp{"status": DeliveryWaiting}))
	if last == nil {
		return where
	}
	return dbx.And(where, dbx.NewExp("(created_at > {:at} OR created_at = {:at} AND id > {:id})",
		dbx.Params{"at": last.CreatedAt, "id": last.ID}))
}

// deliveryColumns are all but the body, which may be large.
var deliveryColumns = []string{"id", "created_at", "updated_at", "webhook_id", "workspace_id", "event", "action",
	"status", "attempts", "response_status", "duration_ms", "fault", "ended_at"}

// ListDeliveries returns a part of the deliveries that fit, without their bodies, and how many there are in all.
func ListDeliveries(t *Tx, where dbx.Expression, s ListPart, order ...string) ([]WebhookDelivery, int, error) {
	total, err := WebhookDeliveries.Count(t, where)
	if err != nil {
		return nil, 0, err
	}
	list := []WebhookDelivery{}
	err = WebhookDeliveries.Query(t).Select(deliveryColumns...).AndWhere(where).OrderBy(order...).
		Offset(int64(s.Offset)).Limit(int64(s.Limit)).All(&list)
	return list, total, db.Mark(err)
}

// DropDeliveries forgets what a webhook has not been told yet: it can be sent again.
func DropDeliveries(t *Tx, webhook string) error {
	if _, err := t.Exec("DELETE FROM jobs WHERE kind = ? AND line = ? AND dead_at IS NULL", JobDeliver,
		webhook); err != nil {
		return err
	}
	return WebhookDeliveries.SetWhere(t, dbx.Params{"status": DeliveryDropped, "ended_at": t.Now},
		dbx.And(dbx.HashExp{"webhook_id": webhook, "status": DeliveryWaiting},
			dbx.Not(dbx.HashExp{"event": EventPing})))
}

// endDeliveries says of deliveries that wait what became of them instead.
func endDeliveries(t *Tx, ids []string, status, fault string) error {
	set := dbx.Params{"status": status, "ended_at": t.Now, "updated_at": t.Now}
	if fault != "" {
		set["fault"] = fault
	}
	return WebhookDeliveries.SetWhere(t, set, dbx.And(In("id", ids), dbx.HashExp{"status": DeliveryWaiting}))
}

// RetryDeliveries tries at once what waits for another try at a webhook, at the host at which it is now.
func RetryDeliveries(t *Tx, webhook, host string) error {
	_, err := t.Exec(`UPDATE jobs SET host = ?, run_at = CASE WHEN run_at > ? THEN ? ELSE run_at END
		WHERE kind = ? AND line = ? AND dead_at IS NULL`, filled(host), t.Now, t.Now, JobDeliver, webhook)
	if err != nil {
		return err
	}
	t.After(func() { t.DB().Wake(JobDeliver) })
	return nil
}
