package v1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// written is a page as a program makes it.
func written(more map[string]any) map[string]any {
	body := map[string]any{"name": "Handbook", "description_html": "<p>How we work</p>"}
	for key, value := range more {
		body[key] = value
	}
	return body
}

// Pages are made, read, changed, archived, brought back and deleted, in a project and in the workspace itself.
func TestPagesByKey(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "papers")
		for _, at := range []string{p.base + "pages/", p.workspace + "pages/"} {
			made := p.key.Must("POST", at, written(map[string]any{"color": "#4ECDC4", "external_id": "1",
				"external_source": "wiki", "logo_props": map[string]any{"in_use": "emoji"}}))
			for key, want := range map[string]any{"name": "Handbook", "description_html": "<p>How we work</p>",
				"description_stripped": "How we work", "owned_by": p.key.User.ID, "access": 0.0, "color": "#4ECDC4",
				"is_locked": false, "archived_at": nil, "parent_id": nil, "external_id": "1", "external_source": "wiki",
				"is_global": at == p.workspace+"pages/", "logo_props.in_use": "emoji"} {
				if got := made.At(key); got != want {
					t.Errorf("%s of a new page of %s: %v, want %v", key, at, got, want)
				}
			}
			one := at + made.ID() + "/"
			below := p.key.Must("POST", at, written(map[string]any{"parent_id": made.ID(), "access": 1})).ID()
			walk(t, []step{
				{p.key, "GET", at + below + "/", nil, 200, `"parent_id":"` + made.ID() + `"`},
				{p.key, "GET", one + "?fields=name,owned_by&expand=owned_by", nil, 200, `"owned_by":{"id":`},
				{p.key, "POST", at, map[string]any{}, 400, `"name":["This field is required."]`},
				{p.key, "POST", at, map[string]any{"name": "x"}, 400, `{"description_html":["This field is required."]}`},
				{p.key, "POST", at, written(map[string]any{"access": 7}), 400, `"access":`},
				{p.key, "POST", at, written(map[string]any{"archived_at": "soon"}), 400, `"archived_at":`},
				{p.key, "POST", at, written(map[string]any{"parent_id": store.NewID()}), 400, `{"parent_id":`},
				{p.key, "POST", at, written(map[string]any{"parent_id": "x"}), 400, `{"parent_id":`},
				{p.key, "POST", at, written(map[string]any{"external_id": "1", "external_source": "wiki"}), 409, made.ID()},
				{p.key, "PUT", one, map[string]any{"parent_id": below}, 400, `{"parent_id":["This would be below itself."]}`},
				{p.key, "PUT", one, map[string]any{"parent_id": store.NewID()}, 400, `{"parent_id":`},
				{p.key, "PUT", one, map[string]any{"name": ""}, 400, `{"name":`},
				{p.key, "PUT", one, map[string]any{"description_html": ""}, 400, `{"description_html":`},
				{p.key, "PUT", one, map[string]any{"archived_at": "2026-05-04"}, 400, `{"archived_at":`},
				{p.key, "PUT", at + below + "/", map[string]any{"external_id": "1", "external_source": "wiki"}, 409, made.ID()},
				{p.key, "PUT", one, map[string]any{"external_id": "2"}, 200, `"external_id":"2"`},
				{p.key, "PUT", one, map[string]any{"name": "Ours"}, 200, `"description_html":"<p>How we work</p>"`},
				{p.key, "PUT", one, map[string]any{"is_locked": true}, 200, `"is_locked":true`},
				{p.key, "PUT", one, map[string]any{"name": "x"}, 400, `Page is locked`},
				{p.key, "PUT", one, map[string]any{"is_locked": false, "name": "Open"}, 200, `"name":"Open"`},
				{p.key, "DELETE", one, nil, 400, "archived before"},
				{p.key, "POST", one + "archive/", nil, 204, ""},
				{p.key, "PUT", one, map[string]any{"name": "x"}, 400, "Page is archived"},
				{p.key, "GET", at + "?type=archived&search=OPEN", nil, 200, `"total_count":1`},
				{p.key, "GET", at + "?type=public", nil, 200, `"total_count":0`},
				{p.key, "GET", at + "?type=private", nil, 200, `"total_count":0`}, // archived with the one above
				{p.key, "DELETE", one + "archive/", nil, 204, ""},
				{p.key, "GET", at + "?type=private", nil, 200, `"total_count":1`},
				{p.key, "GET", at + "?type=shared", nil, 200, `"total_count":0`},
				{p.key, "GET", at + "?type=odd", nil, 400, `"type":`},
				{p.key, "GET", at + "?order_by=color", nil, 400, `"order_by":`},
				{p.key, "GET", at + "?external_id=2&external_source=wiki", nil, 200, made.ID()},
				{p.key, "GET", at + store.NewID() + "/", nil, 404, ""},
			})
			listed := p.key.Must("GET", at+"?per_page=1", nil)
			if row := results(t, listed)[0]; listed.At("total_count") != 2.0 || row["id"] != below ||
				row["description_html"] != nil {
				t.Errorf("the list is %s", listed.Raw)
			}
			if got := column(t, p.key.Must("GET", at+"?order_by=name", nil), "name"); !slices.Equal(got,
				[]any{"Handbook", "Open"}) {
				t.Errorf("by name: %v", got)
			}
			p.key.Must("POST", one+"archive/", nil)
			walk(t, []step{
				{p.key, "DELETE", one, nil, 204, ""},
				{p.key, "GET", one, nil, 404, ""},
				{p.key, "GET", at + below + "/", nil, 200, `"parent_id":null`},
			})
		}
	})
}

// What a program writes is what editors show, and a version of it is kept; mentions and text follow.
func TestAPageByKeyReachesEditors(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "editors")
		project := "/api" + strings.TrimPrefix(p.base, "/api/v1")
		id := p.key.Must("POST", p.base+"pages/", written(nil)).ID()
		d := ydoc.New()
		n, err := document.FromHTML("<p>typed</p>")
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.Replace(document.Body, n.Yjs(), 7); err != nil {
			t.Fatal(err)
		}
		binary, err := d.Diff(nil)
		if err != nil {
			t.Fatal(err)
		}
		p.person.Must("PATCH", project+"pages/"+id+"/description/", map[string]any{"description_html": "<p>typed</p>",
			"description_binary": binary})
		p.key.Must("PUT", p.base+"pages/"+id+"/", map[string]any{
			"description_html": `<p>by a program</p><script>alert(1)</script>`})
		d = ydoc.New()
		if err := d.Apply(p.person.Must("GET", project+"pages/"+id+"/description/", nil).Raw); err != nil {
			t.Fatal(err)
		}
		if got := document.FromYjs(d).PlainText(); got != "by a program" {
			t.Errorf("editors show %q", got)
		}
		walk(t, []step{
			{p.key, "GET", p.base + "pages/" + id + "/", nil, 200, `"description_stripped":"by a program"`},
			{p.person, "GET", project + "pages/" + id + "/", nil, 200, `"description_html":"<p>by a program</p>"`},
			{p.person, "GET", project + "pages/", nil, 200, id},
		})
		versions := rows(p.person.Must("GET", project+"pages/"+id+"/versions/", nil))
		last := p.person.Must("GET", project+"pages/"+id+"/versions/"+versions[0]["id"].(string)+"/", nil)
		if last.At("description_html") != "<p>by a program</p>" {
			t.Errorf("the version is %s", last.Raw)
		}
	})
}

// Who may: pages of the workspace are for its members, and everywhere a private page is its owner's only.
func TestWhoMayWhatWithPages(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "mine"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		for _, tt := range []struct {
			at                           string
			list, read, change, archives [5]int // to elsewhere, outsider, guest, member and admin (of the project)
		}{
			{p.base + "pages/", [5]int{403, 403, 200, 200, 200}, [5]int{403, 403, 403, 200, 200},
				[5]int{403, 403, 403, 200, 200}, [5]int{403, 403, 403, 400, 204}},
			{p.workspace + "pages/", [5]int{403, 200, 403, 200, 200}, [5]int{403, 200, 403, 200, 200},
				[5]int{403, 200, 403, 200, 200}, [5]int{403, 400, 403, 400, 400}},
		} {
			one := tt.at + p.key.Must("POST", tt.at, written(nil)).ID() + "/"
			secret := p.key.Must("POST", tt.at, written(map[string]any{"access": 1, "name": "secret"})).ID()
			own := all.member.Must("POST", tt.at, written(map[string]any{"access": 1})).ID()
			all.each(func(i int, name string, who *webtest.Client) {
				for _, to := range []struct {
					method, path string
					body         any
					want         int
				}{
					{"GET", tt.at, nil, tt.list[i]}, {"GET", one, nil, tt.read[i]},
					{"PUT", one, map[string]any{"name": "by " + name}, tt.change[i]},
					{"PUT", one, map[string]any{"access": 1}, max(400, tt.change[i])},
					{"POST", one + "archive/", nil, tt.archives[i]},
					{"GET", tt.at + secret + "/", nil, 403}, {"PUT", tt.at + secret + "/", map[string]any{"name": "x"}, 403},
					{"POST", tt.at + secret + "/archive/", nil, 403}, {"DELETE", tt.at + secret + "/", nil, 403},
				} {
					if a := who.Do(to.method, to.path, to.body); a.Status != to.want {
						t.Errorf("%s %s %s: %d %.200s, want %d", name, to.method, to.path, a.Status, a.Raw, to.want)
					} else if strings.Contains(string(a.Raw), secret) {
						t.Errorf("%s sees a private page in %s", name, to.path)
					}
				}
			})
			walk(t, []step{
				{all.member, "GET", tt.at + "?type=private", nil, 200, own},
				{p.key, "GET", tt.at + own + "/", nil, 403, ""},
				{all.member, "POST", tt.at + own + "/archive/", nil, 204, ""},
				{all.member, "DELETE", tt.at + own + "/archive/", nil, 204, ""},
				{other.key, "GET", other.base + "pages/" + secret + "/", nil, 404, ""},
				{other.key, "GET", other.workspace + "pages/" + secret + "/", nil, 404, ""},
			})
		}
		global := p.key.Must("POST", p.workspace+"pages/", written(nil)).ID()
		walk(t, []step{
			{p.key, "GET", p.base + "pages/" + global + "/", nil, 404, ""},
			{p.key, "POST", p.base + "pages/", written(map[string]any{"parent_id": global}), 400, `{"parent_id":`},
			{s.Stranger(), "GET", p.base + "pages/", nil, 401, ""},
		})
	})
}

// A work item refers to pages of its project and of the workspace, each once; who may not read a page does not see the
// reference.
func TestPagesOfAWorkItem(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "refer"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		item, second := p.item(map[string]any{"name": "a"}), p.item(map[string]any{"name": "b"})
		foreign := other.key.Must("POST", other.workspace+"pages/", written(nil)).ID()
		own := all.member.Must("POST", p.base+"pages/", written(map[string]any{"access": 1, "name": "secret"})).ID()
		wide := p.key.Must("POST", p.workspace+"pages/", written(map[string]any{"name": "Wiki"})).ID()
		near := p.key.Must("POST", p.base+"pages/", written(nil)).ID()
		at := p.base + "work-items/" + item + "/pages/"
		made := p.key.Must("POST", at, map[string]any{"page_id": wide})
		for key, want := range map[string]any{"page.id": wide, "page.name": "Wiki", "page.is_global": true,
			"page.description_html": "<p>How we work</p>", "issue": item, "project": p.project(),
			"created_by": p.key.User.ID} {
			if got := made.At(key); got != want {
				t.Errorf("%s is %v, want %v", key, got, want)
			}
		}
		one := at + made.ID() + "/"
		p.key.Must("POST", at, map[string]any{"page_id": near})
		secret := all.member.Must("POST", at, map[string]any{"page_id": own}).ID()
		walk(t, []step{
			{p.key, "POST", at, map[string]any{"page_id": wide}, 409, made.ID()},
			{p.key, "POST", at, map[string]any{}, 400, `{"page_id":`},
			{p.key, "POST", at, map[string]any{"page_id": "x"}, 400, `{"page_id":`},
			{p.key, "POST", at, map[string]any{"page_id": own}, 400, `{"page_id":`},
			{p.key, "POST", at, map[string]any{"page_id": foreign}, 400, `{"page_id":`},
			{p.key, "POST", strings.Replace(at, item, store.NewID(), 1), map[string]any{"page_id": wide}, 404, ""},
			{p.key, "GET", at, nil, 200, `"total_count":2`}, {all.member, "GET", at, nil, 200, `"total_count":3`},
			{p.key, "GET", at + "?per_page=1&cursor=1:1:0", nil, 200, `"page":{"id":"` + wide},
			{p.key, "GET", at + "?fields=id,issue&expand=issue", nil, 200, `"issue":{`},
			{p.key, "GET", one, nil, 200, `"name":"Wiki"`},
			{p.key, "GET", at + secret + "/", nil, 404, ""}, {p.key, "DELETE", at + secret + "/", nil, 404, ""},
			{p.key, "GET", strings.Replace(one, item, second, 1), nil, 404, ""},
			{p.key, "DELETE", strings.Replace(one, item, second, 1), nil, 404, ""},
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"page_id": wide}, 403, ""},
			{all.outsider, "GET", at, nil, 403, ""}, {all.elsewhere, "GET", one, nil, 403, ""},
			{p.key, "GET", p.base + "work-items/" + item + "/activities/", nil, 200, `"field":"page"`},
			{all.member, "DELETE", one, nil, 204, ""}, {p.key, "GET", one, nil, 404, ""},
			{p.key, "POST", at, map[string]any{"page_id": wide}, 201, ""},
			{p.key, "POST", p.workspace + "pages/" + wide + "/archive/", nil, 204, ""},
			{p.key, "DELETE", p.workspace + "pages/" + wide + "/", nil, 204, ""},
			{p.key, "GET", at, nil, 200, `"total_count":1`},
		})
		p.key.Must("PATCH", p.base, map[string]any{"guest_view_all_features": true})
		walk(t, []step{{all.guest, "GET", at, nil, 200, `"page":{"id":"` + near}})
	})
}
