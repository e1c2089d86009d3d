package routes_test

import (
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"mime/quotedprintable"
	"net/mail"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/letter"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/web/webtest"
)

// post is a site with a mailbox, whose background work and clock the test moves.
type post struct {
	*site
	box    *webtest.Mailbox
	runner *jobs.Runner
	ben    *webtest.Client
	issue  string
	got    int
}

// eachPost runs a test on every engine with a work item of ann's that ben follows.
func eachPost(t *testing.T, test func(t *testing.T, x *post)) {
	t.Helper()
	apptest.Each(t, func(t *testing.T, a *app.App) {
		s := webtest.Still(t, a)
		x := &post{site: newSite(t, s), box: s.Mail(), runner: jobs.NewRunner(a, jobs.Handlers())}
		x.ben = x.join("ben", 15)
		x.issue = x.item("Pump leaks")
		x.ben.Must("POST", x.p+"issues/"+x.issue+"/subscribe/", nil)
		x.drain()
		x.got = len(x.box.Whole("ben@sailplane.test"))
		test(t, x)
	})
}

// later moves the clock on.
func (x *post) later(by time.Duration) { x.s.App.DB.OwnClock().Advance(by) }

func (x *post) drain() {
	x.t.Helper()
	if _, err := x.runner.Drain(context.Background()); err != nil {
		x.t.Fatal(err)
	}
}

func (x *post) change(fields map[string]any) {
	x.t.Helper()
	x.ann.Must("PATCH", x.p+"issues/"+x.issue+"/", fields)
	x.drain()
}

func (x *post) comment(by *webtest.Client, html string) string {
	x.t.Helper()
	id := by.Must("POST", x.p+"issues/"+x.issue+"/comments/", map[string]any{"comment_html": html}).ID()
	x.drain()
	return id
}

func (x *post) mention(c *webtest.Client) string {
	return `<mention-component entity_name="user_mention" entity_identifier="` + c.User.ID + `"></mention-component>`
}

// read is what ben's mailbox got since the last time, when five minutes have gone by.
func (x *post) read() []message {
	x.t.Helper()
	x.later(letter.Wait + time.Second)
	if err := letter.Gather(context.Background(), x.s.App); err != nil {
		x.t.Fatal(err)
	}
	return x.fresh()
}

func (x *post) fresh() []message {
	x.t.Helper()
	x.drain()
	all := x.box.Whole("ben@sailplane.test")
	fresh := all[x.got:]
	x.got = len(all)
	var list []message
	for _, raw := range fresh {
		list = append(list, open(x.t, raw))
	}
	return list
}

// one is the only letter that came.
func (x *post) one() message {
	x.t.Helper()
	list := x.read()
	if len(list) != 1 {
		x.t.Fatalf("%d letters", len(list))
	}
	return list[0]
}

// message is a letter with its parts.
type message struct {
	*mail.Message
	text, html string
}

func open(t *testing.T, raw string) message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	_, is, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	out := message{Message: m}
	for r := multipart.NewReader(m.Body, is["boundary"]); ; {
		part, err := r.NextRawPart()
		if errors.Is(err, io.EOF) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(quotedprintable.NewReader(part))
		if err != nil {
			t.Fatal(err)
		}
		text := strings.ReplaceAll(string(body), "\r\n", "\n")
		if strings.HasPrefix(part.Header.Get("Content-Type"), "text/html") {
			out.html = text
		} else {
			out.text = text
		}
	}
}

func (m message) subject(t *testing.T) string {
	t.Helper()
	s, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (m message) has(t *testing.T, texts ...string) {
	t.Helper()
	for _, want := range texts {
		if !strings.Contains(m.text, want) {
			t.Errorf("the letter has no %q:\n%s", want, m.text)
		}
	}
}

func (m message) hasNot(t *testing.T, texts ...string) {
	t.Helper()
	for _, bad := range texts {
		if strings.Contains(m.text, bad) || strings.Contains(m.html, bad) {
			t.Errorf("the letter has %q:\n%s", bad, m.text)
		}
	}
}
