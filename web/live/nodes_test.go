package live_test

import (
	"os"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/webtest"
)

// People on different nodes write in one document, see each other, and lose what they may at once on all nodes; a node
// that dies loses nobody's text.
func TestSeveralNodes(t *testing.T) {
	if os.Getenv(storetest.Postgres) == "" {
		t.Skip("several nodes need Postgres")
	}
	nodes := storetest.Nodes(t, 2)
	one := webtest.New(t, apptest.New(t, nodes[0]))
	two := webtest.New(t, apptest.New(t, nodes[1]))
	w := newWorld(t, one)
	a, b := w.edit(w.owner), w.editAt(w.owner, two)
	a.ready()
	b.ready()
	if got := strings.Count(a.html()+b.html(), "Begin"); got != 2 {
		t.Errorf("the HTML of the page was read %d times by two nodes", got)
	}
	a.write("<p>Begin</p><p>from one</p>")
	b.shows("from one")
	b.write("<p>Begin</p><p>from one</p><p>from two</p>")
	a.shows("from two")
	a.saved()
	b.saved()
	a.aware(1, `{"user":{"name":"ann"}}`)
	w.eventually("two sees ann", b.now(func() bool { return b.others[a.id] != "" }))
	b.aware(1, `{"user":{"name":"bob"}}`)
	w.eventually("one sees bob", a.now(func() bool { return a.others[b.id] != "" }))
	c := w.editAt(w.owner, two).ready()
	w.eventually("who comes later sees ann", c.now(func() bool { return c.others[a.id] != "" }))
	a.rename("Called by one")
	w.eventually("two sees the title", func() bool { return b.title() == "Called by one" })
	w.owner.Must("POST", w.one()+"lock/", nil)
	b.hears("locked")
	w.owner.Must("DELETE", w.one()+"lock/", nil)
	b.hears("unlocked")
	w.owner.On(two).Must("PATCH", w.one(), map[string]any{"name": "Called by the API"})
	w.eventually("both have the name", func() bool {
		return a.title() == "Called by the API" && b.title() == "Called by the API"
	})
	a.leave()
	w.eventually("two sees that ann has gone", b.now(func() bool { return b.others[a.id] == "" }))
	w.owner.Must("POST", w.one()+"archive/", nil)
	b.hears("archived")
	w.owner.Must("POST", wsPath+"projects/"+w.project+"/archive/", nil)
	if code, _ := b.out(); code != 4003 {
		t.Errorf("closed with %d", code)
	}
	w.owner.Must("DELETE", wsPath+"projects/"+w.project+"/archive/", nil)
	c.leave()
	w.eventually("all of it is the page's", func() bool {
		html := w.html()
		return strings.Contains(html, "from one") && strings.Contains(html, "from two")
	})
	if got := strings.Count(w.html(), "Begin"); got != 1 {
		t.Errorf("the text is there %d times: %s", got, w.html())
	}
}
