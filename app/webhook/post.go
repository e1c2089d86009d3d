package webhook

import (
	"context"
	"time"

	"github.com/sailplane/sailplane/app"
)

// Post is something that another server is told or asked once, in the form of a webhook's deliveries.
type Post struct {
	ID      string // by which receivers know what was sent twice
	URL     string
	Secret  string // sealed
	Event   string
	Body    string
	Headers map[string]string // beside our own, which come first
}

// Answer is what came of a Post.
type Answer struct {
	Taken  bool // 2xx
	Status int  // 0: nothing answered
	Body   string
	Fault  string // why it was not taken
	Took   time.Duration

	result *result
}

// Wait is for how long to wait before it is sent again, after so many attempts before this one; false: it is of no use.
func (a *Answer) Wait(attempts int) (time.Duration, bool) { return a.result.waitAfter(attempts) }

// Send makes one attempt to send a Post, signed as deliveries are, and to no address that is closed to webhooks.
func Send(ctx context.Context, a *app.App, p *Post) *Answer {
	began := time.Now()
	_, r := send(ctx, a, p, a.DB.Now())
	return &Answer{Taken: r.verdict() == taken, Status: r.status, Body: r.body, Fault: r.fault(), Took: time.Since(began),
		result: r}
}

// NewSecret is a secret for signing, as it is shown.
func NewSecret() string { return "plane_wh_" + app.RandomHex(32) }
