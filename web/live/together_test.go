package live_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/page/room"
	"github.com/sailplane/sailplane/web/webtest"
)

// Two people open a page that was written by the API, type and give it a title; what they typed is the page's when they
// have gone.
func TestTwoWriteTogether(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		a := w.edit(w.owner).ready()
		if got := a.html(); !strings.Contains(got, "Begin") {
			t.Errorf("the page begins with %s", got)
		}
		if a.title() != "Plan" || a.scope != "read-write" {
			t.Errorf("title %q, scope %q", a.title(), a.scope)
		}
		b := w.edit(w.owner).ready()
		a.aware(1, `{"user":{"name":"ann"}}`)
		w.eventually("b sees a", b.now(func() bool { return b.others[a.id] == `{"user":{"name":"ann"}}` }))
		w.eventually("a hears itself, or it would take the line for dead",
			a.now(func() bool { return a.others[a.id] != "" }))
		a.write("<p>Begin</p><p>ann was here</p>")
		b.shows("ann was here")
		b.write("<p>Begin</p><p>ann was here</p><p>bob too</p>")
		a.shows("bob too")
		a.saved()
		b.saved()
		b.rename("The plan")
		w.eventually("a sees the title", func() bool { return a.title() == "The plan" })
		b.aware(1, `{"user":{"name":"bob"}}`)
		w.eventually("a sees b", a.now(func() bool { return a.others[b.id] != "" }))
		b.leave()
		w.eventually("a sees that b has gone", a.now(func() bool { return a.others[b.id] == "" }))
		c := w.edit(w.owner).ready()
		w.eventually("c sees a at once", c.now(func() bool { return c.others[a.id] != "" }))
		c.leave()
		a.leave()
		w.eventually("what was typed is the page's", func() bool { return strings.Contains(w.html(), "bob too") })
		page := w.owner.Must("GET", w.one(), nil)
		if got := page.At("name"); got != "The plan" {
			t.Errorf("the page is called %v", got)
		}
		versions := w.owner.Must("GET", w.one()+"versions/", nil)
		if list, _ := versions.JSON().([]any); len(list) == 0 {
			t.Errorf("no version was kept: %s", versions.Raw)
		}
		again := w.edit(w.owner).ready()
		if got := again.html(); got != w.html() || again.title() != "The plan" {
			t.Errorf("opened again: %s", got)
		}
	})
}

// The frames come in the order in which Plane's live server sends them.
func TestTheOrderOfFrames(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		a := w.edit(w.owner).ready()
		if want := []string{"authenticated", "step1", "step2", "status"}; !slices.Equal(a.seen, want) {
			t.Errorf("the first: %q, want %q", a.seen, want)
		}
		a.aware(1, `{"user":{"name":"ann"}}`)
		w.eventually("a is there", a.now(func() bool { return len(a.others) == 1 }))
		b := w.edit(w.owner).ready()
		if want := []string{"authenticated", "awareness", "step1", "step2", "status"}; !slices.Equal(b.seen, want) {
			t.Errorf("the second: %q, want %q", b.seen, want)
		}
	})
}

// What was typed becomes part of the page by the job, too, which looks at all workspaces: the node may have died on
// which it was typed.
func TestTheJobFoldsWhatIsLeft(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		w := newWorld(t, s)
		a := w.edit(w.owner).ready()
		a.write("<p>left behind</p>")
		a.saved()
		if strings.Contains(w.html(), "left behind") {
			t.Fatal("it is part of the page before anybody has made it so")
		}
		s.App.DB.OwnClock().Advance(time.Hour)
		if err := room.FoldLeft(t.Context(), s.App); err != nil {
			t.Fatal(err)
		}
		if html := w.html(); !strings.Contains(html, "left behind") {
			t.Errorf("the page is %s", html)
		}
	})
}
