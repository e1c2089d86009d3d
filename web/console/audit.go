package console

import (
	"errors"
	"maps"
	"net/url"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// auditLog is the page of the audit log.
var auditLog = []web.Op{page("audit/", admin, showAudit)}

const auditPage = 50 // entries

// auditForm is what is asked of the log.
type auditForm struct {
	User   string `query:"user"`
	Event  string `query:"event"`
	Target string `query:"target"`
	IP     string `query:"ip"`
	Since  string `query:"since"`
	Until  string `query:"until"`
	Text   string `query:"text"`
	Failed string `query:"failed"`
	Cursor string `query:"cursor"`
}

type auditScreen struct {
	Asked   auditForm
	Events  []string
	Entries []audit.Entry
	Until   time.Time // of what was looked at
	Older   string    // the address of the next page; empty: there is none
	JSONL   string    // the addresses of the export
	CSV     string
}

func showAudit(c *app.Call, in auditForm) (screen, error) {
	p := auditScreen{Asked: in, Events: slices.Sorted(maps.Keys(app.Events))}
	f := store.AuditFilter{Event: in.Event, TargetID: in.Target, IP: in.IP, Text: in.Text, From: day(in.Since),
		Until: day(in.Until)}
	asked := url.Values{}
	for name, value := range map[string]string{"event_name": in.Event, "target_id": in.Target, "ip_address": in.IP,
		"search": in.Text} {
		if value != "" {
			asked.Set(name, value)
		}
	}
	if !f.From.IsZero() {
		asked.Set("created_after", f.From.Format(time.RFC3339))
	}
	if !f.Until.IsZero() {
		asked.Set("created_before", f.Until.Format(time.RFC3339))
	}
	if in.Failed != "" {
		f.Outcome = store.AuditFailure
		asked.Set("outcome", f.Outcome)
	}
	if in.User != "" {
		email, _ := app.CleanEmail(in.User)
		u, err := user.WithEmail(c, email)
		if errors.Is(err, store.ErrNotFound) {
			return screen{Template: "audit", Data: p}, nil
		}
		if err != nil {
			return screen{}, err
		}
		f.Actor = u.ID
		asked.Set("actor_id", u.ID)
	}
	list, err := audit.List(c, c.App, audit.Query{AuditFilter: f, AuditOrder: store.AuditOrder{Newest: true},
		Cursor: in.Cursor, Size: auditPage})
	if err != nil {
		return screen{}, err
	}
	p.Entries, p.Until = list.Entries, list.Until
	if list.Next != "" {
		p.Older = Home + "audit/?" + in.values(list.Next).Encode()
	}
	for format, to := range map[string]*string{audit.FormatJSONL: &p.JSONL, audit.FormatCSV: &p.CSV} {
		asked.Set("format", format)
		*to = "/api/v2/audit-logs/export/?" + asked.Encode()
	}
	return screen{Template: "audit", Data: p}, nil
}

// values are the form's, for the page behind a cursor.
func (in *auditForm) values(cursor string) url.Values {
	v := url.Values{"cursor": {cursor}}
	for name, value := range map[string]string{"user": in.User, "event": in.Event, "target": in.Target, "ip": in.IP,
		"since": in.Since, "until": in.Until, "text": in.Text, "failed": in.Failed} {
		if value != "" {
			v.Set(name, value)
		}
	}
	return v
}

// day is the beginning of a day as a browser sends it, UTC; zero when it is none.
func day(text string) time.Time {
	at, err := time.Parse(time.DateOnly, text)
	if err != nil {
		return time.Time{}
	}
	return at
}
