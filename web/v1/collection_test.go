package v1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// in is the body that files pages.
func in(pages ...string) map[string]any { return map[string]any{"page_ids": pages} }

// into is the body that moves a page into a collection, by its address.
func into(one string) map[string]any { return map[string]any{"collection": strings.Split(one, "/")[6]} }

// pagesOf are the ids of a collection's pages, in its order.
func pagesOf(t *testing.T, who *webtest.Client, at string) []any {
	t.Helper()
	ids := []any{}
	for _, row := range results(t, who.Must("GET", at, nil)) {
		ids = append(ids, row["page"].(map[string]any)["id"])
	}
	return ids
}

// Collections are made, read, changed and deleted; pages go in, move, and come out with what is below them.
func TestCollections(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "shelf"), newPlace(s, "other")
		all := p.workspace + "collections/"
		made := p.key.Must("POST", all, map[string]any{"name": "Guides", "logo_props": map[string]any{"in_use": "icon"}})
		for key, want := range map[string]any{"name": "Guides", "access": 0.0, "current_user_access": 2.0,
			"has_pages":  false,
			"is_default": false, "sort_order": 65535.0, "owned_by_id": p.key.User.ID, "logo_props.in_use": "icon",
			"created_by": p.key.User.ID} {
			if got := made.At(key); got != want {
				t.Errorf("%s of a new collection: %v, want %v", key, got, want)
			}
		}
		one := all + made.ID() + "/"
		two := all + p.key.Must("POST", all, map[string]any{"name": "Second"}).ID() + "/"
		page := func(more map[string]any) string { return p.key.Must("POST", p.workspace+"pages/", written(more)).ID() }
		a, b := page(map[string]any{"name": "Alpha"}), page(map[string]any{"name": "Beta"})
		below := page(map[string]any{"name": "Below", "parent_id": a})
		foreign := other.key.Must("POST", other.workspace+"pages/", written(nil)).ID()
		mine := p.key.Must("POST", p.base+"pages/", written(nil)).ID()
		theirs := other.workspace + "collections/" + other.key.Must("POST", other.workspace+"collections/",
			map[string]any{"name": "x"}).ID() + "/"
		walk(t, []step{
			{p.key, "POST", all, map[string]any{}, 400, `{"name":["This field is required."]}`},
			{p.key, "POST", all, map[string]any{"name": "x", "access": 2}, 400, `{"access":`},
			{p.key, "POST", all, map[string]any{"name": "x", "logo_props": map[string]any{"icon": map[string]any{"url": "javascript:x"}}}, 400, `{"logo_props":`},
			{p.key, "PATCH", one, map[string]any{"access": 1}, 400, `{"access":`},
			{p.key, "PATCH", one, map[string]any{"name": " ", "sort_order": "x"}, 400, `"sort_order":`},
			{p.key, "PATCH", one, map[string]any{"name": "Handbooks", "sort_order": 99999}, 200, `"name":"Handbooks"`},
			{p.key, "GET", all, nil, 200, `"sort_order":99999`},
			{p.key, "GET", strings.Replace(theirs, "other", "shelf", 1), nil, 404, ""},
			{p.key, "POST", one + "pages/", map[string]any{}, 400, `{"page_ids":["This field is required."]}`},
			{p.key, "POST", one + "pages/", in(), 400, `{"page_ids":`},
			{p.key, "POST", one + "pages/", in("x"), 400, `{"page_ids":`},
			{p.key, "POST", one + "pages/", in(slices.Repeat([]string{""}, 3)...), 400, `{"page_ids":`},
			{p.key, "POST", one + "pages/", in(a, foreign), 400, foreign},
			{p.key, "POST", one + "pages/", in(mine), 400, mine}, // of a project
			{p.key, "POST", one + "pages/", in(below), 400, "below another one"},
			{p.key, "POST", one + "pages/", map[string]any{"page_ids": []string{a}, "sort_orders": map[string]any{b: 1}}, 400, `{"sort_orders":`},
			{p.key, "POST", one + "pages/", map[string]any{"page_ids": []string{a}, "sort_orders": []int{1}}, 400, `{"sort_orders":`},
			{p.key, "POST", one + "pages/", map[string]any{"page_ids": []string{a}, "sort_orders": map[string]any{a: "x"}}, 400, `{"sort_orders":`},
			{p.key, "GET", one + "pages/", nil, 200, `"total_count":0`},
			{p.key, "GET", one + "pages-search/?search=ALPH", nil, 200, a},
			{p.key, "POST", p.base + "pages/", written(map[string]any{"collection_id": made.ID()}), 400, `{"collection_id":`},
			{p.key, "POST", p.workspace + "pages/", written(map[string]any{"collection_id": store.NewID()}), 400, `{"collection_id":`},
			{p.key, "POST", p.workspace + "pages/", written(map[string]any{"collection_id": made.ID(), "parent_id": a}), 400, `{"collection_id":`},
		})
		filed := p.key.Must("POST", one+"pages/", in(b, a, b)).JSON().([]any)
		if len(filed) != 2 {
			t.Fatalf("two pages were put in: %v", filed)
		}
		place := filed[1].(map[string]any)
		at := one + "pages/" + place["id"].(string) + "/"
		belows := p.key.Must("GET", p.workspace+"pages/"+below+"/", nil)
		got := pagesOf(t, p.key, one+"pages/")
		if !slices.Equal(got, []any{b, below, a}) && !slices.Equal(got, []any{below, b, a}) || place["page"] != a ||
			place["collection"] != made.ID() || belows.At("collection_id") != made.ID() {
			t.Errorf("in the collection are %v; %v; what is below says %v", got, place, belows.At("collection_id"))
		}
		belowAt := one + "pages/" + belows.At("page_collection_id").(string) + "/"
		walk(t, []step{
			{p.key, "GET", one, nil, 200, `"has_pages":true`}, {p.key, "GET", two, nil, 200, `"has_pages":false`},
			{p.key, "GET", one + "pages/?search=alpha", nil, 200, `"total_count":1`},
			{p.key, "GET", one + "pages/?parent_id=" + a, nil, 200, `"parent_id":"` + a},
			{p.key, "GET", one + "pages/?per_page=1", nil, 200, `"next_cursor":"1:1:0"`},
			{p.key, "GET", one + "pages-search/", nil, 200, "[]"}, {p.key, "GET", two + "pages-search/", nil, 200, a},
			{p.key, "PATCH", at, map[string]any{"sort_order": 5}, 200, `"sort_order":5`},
			{p.key, "PATCH", at, map[string]any{"collection": store.NewID()}, 400, `{"collection":`},
			{p.key, "PATCH", belowAt, into(two), 400, "below another one"},
			{p.key, "DELETE", belowAt, nil, 400, "below another one"},
			{p.key, "PATCH", at, into(two), 200, place["id"].(string)},
			{p.key, "PATCH", at, map[string]any{"sort_order": 5}, 404, ""}, // by its old collection
			{p.key, "GET", two + "pages/", nil, 200, `"total_count":2`}, {p.key, "GET", one + "pages/", nil, 200, `"total_count":1`},
			{p.key, "POST", one + "pages/", in(a), 201, place["id"].(string)}, // back
			{p.key, "DELETE", at, nil, 204, ""}, {p.key, "DELETE", at, nil, 404, ""},
			{p.key, "GET", p.workspace + "pages/" + below + "/", nil, 200, `"collection_id":null`},
		})
		if got := pagesOf(t, p.key, one+"pages/"); !slices.Equal(got, []any{b}) {
			t.Errorf("left in the collection are %v", got)
		}
	})
}

// A page that comes below another one is where that is.
func TestPagesFollowThoseAbove(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "follow")
		pages := p.workspace + "pages/"
		k := p.key.Must("POST", p.workspace+"collections/", map[string]any{"name": "k"}).ID()
		a := p.key.Must("POST", pages, written(map[string]any{"collection_id": k})).ID()
		b := p.key.Must("POST", pages, written(nil)).ID()
		c := p.key.Must("POST", pages, written(map[string]any{"parent_id": b})).ID()
		where := func(page string) any { return p.key.Must("GET", pages+page+"/", nil).At("collection_id") }
		for _, move := range []struct {
			above any
			want  any
		}{{a, k}, {nil, k}, {a, k}} {
			p.key.Must("PUT", pages+b+"/", map[string]any{"parent_id": move.above})
			if where(b) != move.want || where(c) != move.want {
				t.Errorf("below %v: %v and %v, want %v", move.above, where(b), where(c), move.want)
			}
		}
		p.key.Must("PUT", pages+b+"/", map[string]any{"parent_id": nil})
		d := p.key.Must("POST", pages, written(nil)).ID()
		p.key.Must("PUT", pages+b+"/", map[string]any{"parent_id": d})
		if where(b) != nil || where(c) != nil {
			t.Errorf("below a page in no collection: %v and %v", where(b), where(c))
		}
		p.key.Must("POST", pages+a+"/archive/", nil)
		walk(t, []step{
			{p.key, "GET", p.workspace + "collections/" + k + "/", nil, 200, `"has_pages":false`},
			{p.key, "DELETE", pages + a + "/", nil, 204, ""},
			{p.key, "GET", p.workspace + "collections/" + k + "/pages/", nil, 200, `"total_count":0`},
		})
	})
}

// A private collection and its pages are its owner's and its members', by what each may; who is let in sees it at once,
// and who is put out does not.
func TestPrivateCollections(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "closed")
		all := newCrowd(t, s, p)
		pages, shelf := p.workspace+"pages/", p.workspace+"collections/"
		open := shelf + all.member.Must("POST", shelf, map[string]any{"name": "open"}).ID() + "/"
		k := all.member.Must("POST", shelf, map[string]any{"name": "closed", "access": 1}).ID()
		one := shelf + k + "/"
		doc := all.member.Must("POST", pages, written(map[string]any{"collection_id": k, "name": "inside"})).ID()
		public := p.key.Must("POST", pages, written(nil)).ID()
		item := p.base + "work-items/" + p.item(map[string]any{"name": "a"}) + "/pages/"
		all.member.Must("POST", item, map[string]any{"page_id": doc})
		filed := all.member.Must("GET", pages+doc+"/", nil).At("page_collection_id").(string)
		shut := func(name string, who *webtest.Client) {
			t.Helper()
			walk(t, []step{
				{who, "GET", one, nil, 404, ""}, {who, "PATCH", one, map[string]any{"name": "x"}, 404, ""},
				{who, "DELETE", one, nil, 404, ""}, {who, "GET", one + "pages/", nil, 404, ""},
				{who, "GET", one + "pages-search/", nil, 404, ""}, {who, "POST", one + "pages/", in(public), 404, ""},
				{who, "GET", one + "members/", nil, 404, ""},
				{who, "POST", one + "members/", map[string]any{"member": who.User.ID, "access": 2}, 404, ""},
				{who, "DELETE", one + "pages/" + filed + "/", nil, 404, ""},
				{who, "GET", pages + doc + "/", nil, 403, ""},
				{who, "PUT", pages + doc + "/", map[string]any{"name": "x"}, 403, ""},
				{who, "POST", pages + doc + "/archive/", nil, 403, ""},
				{who, "POST", pages, written(map[string]any{"parent_id": doc}), 400, `{"parent_id":`},
				{who, "POST", pages, written(map[string]any{"collection_id": k}), 400, `{"collection_id":`},
				{who, "POST", open + "pages/", in(doc), 400, `{"page_ids":`},
			})
			for _, list := range []string{pages, shelf, open + "pages-search/"} {
				if a := who.Must("GET", list, nil); strings.Contains(string(a.Raw), doc) || strings.Contains(string(a.Raw), k) {
					t.Errorf("%s sees it in %s: %s", name, list, a.Raw)
				}
			}
		}
		shut("the workspace's administrator", p.key)
		shut("another member", all.admin)
		for _, list := range []string{item, shelf} {
			if a := p.key.Must("GET", list, nil); strings.Contains(string(a.Raw), "inside") {
				t.Errorf("%s shows what is inside: %s", list, a.Raw)
			}
		}
		members := one + "members/"
		walk(t, []step{
			{all.guest, "GET", shelf, nil, 403, ""}, {all.elsewhere, "GET", shelf, nil, 403, ""},
			{all.member, "GET", members, nil, 200, `"access":2`},
			{all.member, "POST", members, map[string]any{}, 400, `"access":["This field is required."]`},
			{all.member, "POST", members, map[string]any{"member": all.admin.User.ID, "access": 3}, 400, `{"access":`},
			{all.member, "POST", members, map[string]any{"member": all.elsewhere.User.ID, "access": 0}, 400, `{"member":`},
			{all.member, "POST", members, map[string]any{"member": all.guest.User.ID, "access": 0}, 400, `{"member":`},
			{all.member, "POST", members, map[string]any{"member": all.member.User.ID, "access": 0}, 409, `"id":`},
			{all.member, "POST", open + "members/", map[string]any{"member": all.admin.User.ID, "access": 0}, 400, "no members"},
			{p.key, "GET", open + "members/", nil, 200, "[]"},
		})
		entry := all.member.Must("POST", members, map[string]any{"member": all.admin.User.ID, "access": 1}).ID()
		walk(t, []step{ // may read
			{all.admin, "GET", one, nil, 200, `"current_user_access":1,"has_pages":true`},
			{all.admin, "GET", pages + doc + "/", nil, 200, `"collection_id":"` + k},
			{all.admin, "GET", one + "pages/", nil, 200, doc}, {all.admin, "GET", pages, nil, 200, doc},
			{all.admin, "GET", item, nil, 200, "inside"},
			{all.admin, "PUT", pages + doc + "/", map[string]any{"name": "x"}, 403, ""},
			{all.admin, "PATCH", one, map[string]any{"name": "x"}, 403, ""}, {all.admin, "DELETE", one, nil, 403, ""},
			{all.admin, "POST", one + "pages/", in(public), 403, ""},
			{all.admin, "DELETE", one + "pages/" + filed + "/", nil, 403, ""},
			{all.admin, "PATCH", one + "pages/" + filed + "/", map[string]any{"sort_order": 1}, 403, ""},
			{all.admin, "POST", members, map[string]any{"member": p.key.User.ID, "access": 2}, 403, ""},
			{all.admin, "PATCH", members + entry + "/", map[string]any{"access": 2}, 403, ""},
			{all.member, "PATCH", members + entry + "/", map[string]any{"access": 2}, 200, `"access":2`},
			// may edit, but not decide who sees what others own
			{all.admin, "PUT", pages + doc + "/", map[string]any{"name": "both"}, 200, ""},
			{all.admin, "PATCH", one, map[string]any{"name": "ours"}, 200, ""}, {all.admin, "DELETE", one, nil, 403, ""},
			{all.admin, "POST", one + "pages/", in(public), 403, "owner's to say"},
			{all.admin, "POST", open + "pages/", in(doc), 403, "owner's to say"},
			{all.admin, "PATCH", one + "pages/" + filed + "/", into(open), 403, "owner's to say"},
			{all.admin, "PUT", pages + doc + "/", map[string]any{"parent_id": public}, 403, "owner's to say"},
			{p.key, "PUT", pages + public + "/", map[string]any{"parent_id": doc}, 400, `{"parent_id":`},
			{all.admin, "DELETE", one + "pages/" + filed + "/", nil, 204, ""},
			{all.admin, "GET", pages + doc + "/", nil, 403, ""}, // its owner's only, now
			{all.member, "GET", pages + doc + "/", nil, 200, `"access":1`},
			{all.member, "POST", one + "pages/", in(doc), 201, ""},
			{all.admin, "DELETE", members + entry + "/", nil, 204, ""},
		})
		shut("who has left", all.admin)
	})
}

// Who leaves the workspace, or is put out of it, is in no private collection of others when they come back.
func TestWhoComesBackIsInNoCollection(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, elsewhere := newPlace(s, "back"), newPlace(s, "next")
		all, leaver := newCrowd(t, s, p), p.join(t, s, "leaver", app.Member, app.Member)
		shelf := p.workspace + "collections/"
		private := map[string]any{"name": "k", "access": 1}
		one := shelf + p.key.Must("POST", shelf, private).ID() + "/"
		own := shelf + all.member.Must("POST", shelf, private).ID() + "/"
		there := elsewhere.workspace + "collections/"
		other := there + elsewhere.key.Must("POST", there, private).ID() + "/"
		inTx := func(do func(tx *store.Tx) error) {
			t.Helper()
			if err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error { tx.ForgetAll(); return do(tx) }); err != nil {
				t.Fatal(err)
			}
		}
		inTx(func(tx *store.Tx) error {
			project, err := store.Projects.Find(tx, elsewhere.project())
			if err != nil {
				return err
			}
			return store.WorkspaceMembers.Insert(tx,
				store.NewWorkspaceMember(project.WorkspaceID, all.member.User.ID, int(app.Member)))
		})
		let := func(by *webtest.Client, into string, who *webtest.Client) {
			t.Helper()
			by.Must("POST", into+"members/", map[string]any{"member": who.User.ID, "access": 2})
		}
		let(p.key, one, all.member)
		let(p.key, one, leaver)
		let(elsewhere.key, other, all.member)
		p.key.Must("POST", p.workspace+"members/remove/", map[string]any{"member_id": all.member.User.ID})
		leaver.Must("POST", appPath(p.workspace)+"members/leave/", nil)
		if members := rows(p.key.Must("GET", one+"members/", nil)); len(members) != 1 {
			t.Errorf("of who has left are in it: %v", members)
		}
		inTx(func(tx *store.Tx) error {
			return store.WorkspaceMembers.SetWhere(tx, dbx.Params{"is_active": true},
				store.In("member_id", []string{all.member.User.ID, leaver.User.ID}))
		})
		walk(t, []step{
			{all.member, "GET", one, nil, 404, ""}, {leaver.WithKey(), "GET", one, nil, 404, ""},
			{all.member, "GET", own, nil, 200, ""},   // it is theirs
			{all.member, "GET", other, nil, 200, ""}, // nothing has changed there
		})
	})
}

// A collection that is deleted leaves its pages: archived or in none, and those of a private one to their owners.
func TestDeletedCollections(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "gone")
		all := newCrowd(t, s, p)
		pages, shelf := p.workspace+"pages/", p.workspace+"collections/"
		for _, tt := range []struct {
			access, query     string
			by                *webtest.Client
			own, theirs, left string // is in the pages afterwards
		}{
			{"0", "", all.member, `"archived_at":"`, `"archived_at":null`, `"access":0`}, // not theirs to archive
			{"0", "", p.key, `"archived_at":"`, `"archived_at":"`, `"access":0`},
			{"0", "?archive_pages=false", p.key, `"archived_at":null`, `"archived_at":null`, `"access":0`},
			{"1", "?archive_pages=false", all.member, `"archived_at":"`, `"archived_at":"`, `"access":1`},
		} {
			k := all.member.Must("POST", shelf, map[string]any{"name": "k", "access": tt.access}).ID()
			if tt.access == "1" {
				all.member.Must("POST", shelf+k+"/members/", map[string]any{"member": all.admin.User.ID, "access": 2})
			}
			own := all.member.Must("POST", pages, written(map[string]any{"collection_id": k})).ID()
			theirs := all.admin.Must("POST", pages, written(map[string]any{"collection_id": k})).ID()
			walk(t, []step{
				{all.admin, "DELETE", shelf + k + "/", nil, 403, ""},
				{tt.by, "DELETE", shelf + k + "/?archive_pages=soon", nil, 400, `"archive_pages":`},
				{tt.by, "DELETE", shelf + k + "/" + tt.query, nil, 204, ""},
				{tt.by, "GET", shelf + k + "/", nil, 404, ""},
				{all.member, "GET", pages + own + "/", nil, 200, tt.own}, {all.member, "GET", pages + own + "/", nil, 200, tt.left},
				{all.admin, "GET", pages + theirs + "/", nil, 200, tt.theirs},
				{all.admin, "GET", pages + theirs + "/", nil, 200, `"collection_id":null`},
			})
		}
	})
}

// Of a deleted account goes the private collection that nobody else is in, with its pages; what others are in stays.
func TestCollectionsOfADeletedAccount(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "erased")
		all := newCrowd(t, s, p)
		pages, shelf := p.workspace+"pages/", p.workspace+"collections/"
		private := map[string]any{"name": "k", "access": 1}
		lonely, shared := all.member.Must("POST", shelf, private).ID(), all.member.Must("POST", shelf, private).ID()
		all.member.Must("POST", shelf+shared+"/members/", map[string]any{"member": all.admin.User.ID, "access": 2})
		own := all.member.Must("POST", pages, written(map[string]any{"collection_id": lonely})).ID()
		both := all.member.Must("POST", pages, written(map[string]any{"collection_id": shared})).ID()
		if err := user.Erase(t.Context(), s.App, all.member.User); err != nil {
			t.Fatal(err)
		}
		filed := results(t, all.admin.Must("GET", shelf+shared+"/pages/", nil))
		if len(filed) != 1 {
			t.Errorf("in the shared one are %v", filed)
		}
		walk(t, []step{
			{all.admin, "GET", pages + both + "/", nil, 200, shared}, {p.key, "GET", pages + both + "/", nil, 403, ""},
			{p.key, "GET", pages + own + "/", nil, 404, ""}, {all.admin, "GET", pages + own + "/", nil, 404, ""},
		})
		a := all.admin.Must("GET", shelf+shared+"/members/", nil)
		if strings.Contains(string(a.Raw), `"member":"`+all.member.User.ID) {
			t.Errorf("its members: %s", a.Raw)
		}
	})
}
