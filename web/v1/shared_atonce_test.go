package v1_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// atOnce plays requests at the same time; none may fail for the sake of another one.
func atOnce(t *testing.T, who *webtest.Client, steps ...step) []webtest.Answer {
	t.Helper()
	got := make([]webtest.Answer, len(steps))
	var all sync.WaitGroup
	for i, to := range steps {
		all.Go(func() { got[i] = who.Do(to.method, to.path, to.body) })
	}
	all.Wait()
	for i, to := range steps {
		if got[i].Status >= 500 {
			t.Errorf("%s %s: %d %s", to.method, to.path, got[i].Status, got[i].Raw)
		}
	}
	return got
}

// Rounds of what two do at once: most meet in some of them.
const rounds = 12

// A request of a customer that is deleted takes its work items with it, also those that come and go meanwhile, and
// their histories say so once.
func TestRequestsOfCustomersGoAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "asks")
		id := p.key.Must("POST", p.workspace+"customers/", map[string]any{"name": "Acme"}).ID()
		one := p.workspace + "customers/" + id + "/"
		for range rounds {
			a, b := p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"})
			request := p.key.Must("POST", one+"requests/", map[string]any{"name": "x", "work_item_ids": []string{b}}).ID()
			of := "?customer_request_id=" + request
			atOnce(t, p.key, step{method: "DELETE", path: one + "requests/" + request + "/"},
				step{method: "POST", path: one + "issues/" + of, body: map[string]any{"issue_ids": []string{a}}},
				step{method: "DELETE", path: one + "issues/" + b + "/" + of})
			if left := string(p.key.Must("GET", one+"issues/", nil).Raw); left != "[]" {
				t.Fatalf("what is about a request that is gone: %s", left)
			}
			for name, item := range map[string]string{"a": a, "b": b} {
				history := string(p.key.Must("GET", p.base+"work-items/"+item+"/activities/", nil).Raw)
				came, went := strings.Count(history, "added to a customer"), strings.Count(history, "removed from a customer")
				if came != went {
					t.Fatalf("%s came %d times and went %d times", name, came, went)
				}
			}
		}
	})
}

// No release has a tag that is deleted while it is named.
func TestTagsOfReleasesGoAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "ships")
		at := p.workspace + "releases/"
		for n := range rounds {
			tag := p.key.Must("POST", at+"tags/", map[string]any{"version": fmt.Sprint(n)}).ID()
			got := atOnce(t, p.key, step{method: "POST", path: at, body: map[string]any{"name": "r", "tag": tag}},
				step{method: "DELETE", path: at + "tags/" + tag + "/"})
			if got[0].Status != 201 {
				continue
			}
			if now := p.key.Must("GET", at+got[0].ID()+"/", nil); now.At("tag") != nil {
				t.Fatalf("a release has a tag that is gone: %s", now.Raw)
			}
		}
	})
}

// No customer keeps values of a property that is deleted while they are written.
func TestPropertiesOfCustomersGoAtOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "knows")
		id := p.key.Must("POST", p.workspace+"customers/", map[string]any{"name": "Acme"}).ID()
		for n := range rounds {
			property := p.key.Must("POST", p.workspace+"customer-properties/", map[string]any{"display_name": "Segment",
				"property_type": "TEXT", "default_value": []string{"none"}}).ID()
			atOnce(t, p.key, step{method: "DELETE", path: p.workspace + "customer-properties/" + property + "/"},
				step{method: "PATCH", path: p.workspace + "customers/" + id + "/property-values/" + property + "/",
					body: map[string]any{"values": []string{"large"}}},
				step{method: "POST", path: p.workspace + "customers/", body: map[string]any{"name": fmt.Sprint(n)}})
			left, err := store.CustomerPropertyValues.Count(s.App.DB.Read(t.Context()), dbx.HashExp{"property_id": property})
			if err != nil || left > 0 {
				t.Fatalf("values of a property that is gone: %d, %v", left, err)
			}
		}
	})
}
