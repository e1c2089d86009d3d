package v1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// A customer is made once, however often it is sent, and is what was sent of it.
func TestCustomers(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "sells"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "customers/"
		made := all.member.Must("POST", at, map[string]any{"name": "Acme", "description": "Plain", "revenue": 1000000,
			"description_html": `<p onclick="x()">Pays<script>x()</script></p>`, "email": "ada@acme.example",
			"website_url": "https://acme.example", "employees": 42, "logo_props": map[string]any{"in_use": "icon"},
			"external_source": "crm", "external_id": "7", "archived_at": "2026-05-04T09:30:00Z"})
		for key, want := range map[string]any{"description": "Plain", "description_html": "<p>Pays</p>",
			"description_stripped": "Pays", "revenue": "1000000", "employees": 42.0, "customer_request_count": 0.0,
			"created_by": all.member.User.ID, "archived_at": "2026-05-04T09:30:00Z", "logo_url": nil} {
			if got := made.At(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		id := made.ID()
		second := all.admin.Must("POST", at, map[string]any{"name": "Beta"}).ID()
		for _, tt := range []struct {
			body       map[string]any
			id, says   string
			employees  any
			name, html string
		}{
			{body: map[string]any{"name": "Acme", "employees": 43}, id: id, employees: 43.0, name: "Acme", html: "<p>Pays</p>"},
			{body: map[string]any{"name": "Acme & Sons", "external_source": "crm", "external_id": "7"}, id: id,
				employees: 43.0, name: "Acme & Sons", html: "<p>Pays</p>"},
		} {
			a := p.key.Must("POST", at, tt.body)
			if a.ID() != tt.id || a.At("employees") != tt.employees || a.At("name") != tt.name ||
				a.At("description_html") != tt.html {
				t.Errorf("%v: %s", tt.body, a.Raw)
			}
		}
		one := at + id + "/"
		foreign := other.key.Must("POST", other.workspace+"customers/", map[string]any{"name": "Theirs"}).ID()
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `{"name":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"name": "x", "email": "none", "website_url": "javascript:x", "employees": -1},
				400, `"email":["Enter a valid email address."],"employees":["Ensure this value is greater`},
			{p.key, "POST", at, map[string]any{"name": "Beta", "external_source": "crm", "external_id": "7"}, 409,
				"A customer with this name"},
			{p.key, "POST", at, map[string]any{"name": "x", "logo_asset": store.NewID()}, 400, `"logo_asset":["Invalid pk`},
			{p.key, "PATCH", at + second + "/", map[string]any{"external_source": "crm", "external_id": "7"}, 409, id},
			{p.key, "PATCH", at + second + "/", map[string]any{"name": "Acme & Sons"}, 409, id},
			{p.key, "PATCH", one, map[string]any{"archived_at": nil, "employees": nil}, 200, `"employees":null`},
			{p.key, "PATCH", at + foreign + "/", map[string]any{"name": "x"}, 404, ""},
			{p.key, "GET", at + foreign + "/", nil, 404, ""}, {p.key, "DELETE", at + foreign + "/", nil, 404, ""},
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"name": "x"}, 403, ""},
			{all.guest, "GET", one, nil, 403, ""}, {all.elsewhere, "GET", at, nil, 403, ""},
			{all.outsider, "PATCH", one, map[string]any{"stage": "lead"}, 200, `"stage":"lead"`},
			{all.outsider, "DELETE", one, nil, 403, ""},
			{all.member, "DELETE", at + second + "/", nil, 403, ""},
			{all.member, "DELETE", at + "?external_source=crm&external_id=7", nil, 403, ""},
			{p.key, "DELETE", at + "?external_source=crm", nil, 400, `{"external_id":["This field is required."]}`},
			{p.key, "DELETE", at + "?external_source=crm&external_id=8", nil, 204, ""},
			{p.key, "GET", one, nil, 200, ""},
			{p.key, "GET", one + "?fields=name", nil, 200, `{"name":"Acme \u0026 Sons"}`},
			{p.key, "GET", at + "?order_by=colour", nil, 400, `"order_by"`},
		})
		for query, want := range map[string][]any{"": {"Beta", "Acme & Sons"}, "?query=acme": {"Acme & Sons"},
			"?search=ET": {"Beta"}, "?order_by=name": {"Acme & Sons", "Beta"}, "?per_page=1&cursor=1:1:0": {"Acme & Sons"}} {
			if got := column(t, p.key.Must("GET", at+query, nil), "name"); !slices.Equal(got, want) {
				t.Errorf("%q lists %v, want %v", query, got, want)
			}
		}
		walk(t, []step{
			{p.key, "DELETE", at + "?external_source=crm&external_id=7", nil, 204, ""}, {p.key, "GET", one, nil, 404, ""},
			{all.admin, "DELETE", at + second + "/", nil, 204, ""}, // their own
			{p.key, "POST", at, map[string]any{"name": "Beta"}, 201, ""},
		})
	})
}

// What customers ask for, and the work items that it is about.
func TestCustomerRequests(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "asks"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		a, b := p.item(map[string]any{"name": "alpha"}), p.item(map[string]any{"name": "beta"})
		foreign := other.item(map[string]any{"name": "f"})
		id := p.key.Must("POST", p.workspace+"customers/", map[string]any{"name": "Acme"}).ID()
		one := p.workspace + "customers/" + id + "/"
		at, items := one+"requests/", one+"issues/"
		walk(t, []step{
			{p.key, "GET", items, nil, 200, "[]"},
			{p.key, "POST", at, map[string]any{"name": "x", "work_item_ids": []string{a, foreign}}, 400, `"work_item_ids":["Invalid pk`},
			{p.key, "GET", at, nil, 200, `"total_count":0`},
			{p.key, "POST", at, map[string]any{"name": "x", "link": "javascript:x"}, 400, `{"link":["Enter a valid URL."]}`},
			{all.outsider, "POST", at, map[string]any{"name": "x", "work_item_ids": []string{a}}, 400, "does not exist"},
		})
		asked := all.member.Must("POST", at, map[string]any{"name": "Dark mode", "description": "Plain",
			"description_html": "<p>n<script></script></p>", "link": "https://acme.example", "work_item_ids": []string{a}})
		if asked.At("description") != "Plain" || asked.At("description_html") != "<p>n</p>" || asked.At("customer") != id {
			t.Errorf("%s", asked.Raw)
		}
		request := asked.ID()
		walk(t, []step{
			{p.key, "GET", one, nil, 200, `"customer_request_count":1`},
			{p.key, "PATCH", at + request + "/", map[string]any{"name": "Darker", "work_item_ids": []string{b}}, 200, `"name":"Darker"`},
			{p.key, "POST", items, map[string]any{"issue_ids": []string{}}, 400, `"issue_ids":["Ensure`},
			{p.key, "POST", items, map[string]any{"issue_ids": []string{b, foreign}}, 400, `"issue_ids":["Invalid pk`},
			{p.key, "POST", items, map[string]any{"issue_ids": []string{b, store.NewID()}}, 400, "does not exist"},
			{all.guest, "POST", items, map[string]any{"issue_ids": []string{b}}, 403, ""},
			{all.outsider, "POST", items, map[string]any{"issue_ids": []string{b}}, 400, "does not exist"},
			{p.key, "POST", items, map[string]any{"issue_ids": []string{a, b, b}}, 201, `"project__identifier":"ONE"`},
			{p.key, "POST", items, map[string]any{"issue_ids": []string{a, b}}, 201, `"message":"2 work items`},
			{p.key, "POST", items + "?customer_request_id=" + store.NewID(), map[string]any{"issue_ids": []string{a}}, 404, ""},
			{p.key, "GET", items + "?customer_request_id=x", nil, 400, "customer_request_id"},
			{p.key, "DELETE", items + foreign + "/", nil, 404, ""},
			{all.outsider, "DELETE", items + a + "/", nil, 404, ""}, {all.guest, "DELETE", items + a + "/", nil, 403, ""},
		})
		listed := func(who *webtest.Client, query, want string) {
			t.Helper()
			names := []string{}
			for _, row := range rows(who.Must("GET", items+query, nil)) {
				names = append(names, row["name"].(string))
			}
			if got := strings.Join(names, " "); got != want {
				t.Errorf("%q lists %q, want %q", query, got, want)
			}
		}
		listed(p.key, "", "beta alpha")
		listed(p.key, "?customer_request_id="+request, "alpha")
		listed(p.key, "?search=ALPH", "alpha")
		listed(p.key, "?search=2", "beta")
		listed(p.key, "?search=one", "beta alpha")
		listed(all.outsider, "", "") // who is in none of the projects
		walk(t, []step{{p.key, "DELETE", items + a + "/?customer_request_id=" + request, nil, 204, ""}})
		listed(p.key, "", "beta alpha") // it is about the customer as such, too
		walk(t, []step{{p.key, "DELETE", items + a + "/", nil, 204, ""}, {p.key, "DELETE", items + a + "/", nil, 404, ""}})
		listed(p.key, "", "beta")
		p.key.Must("POST", items+"?customer_request_id="+request, map[string]any{"issue_ids": []string{a}})
		walk(t, []step{
			{all.outsider, "DELETE", at + request + "/", nil, 403, ""}, {all.member, "DELETE", at + request + "/", nil, 204, ""},
			{p.key, "GET", at + request + "/", nil, 404, ""},
		})
		listed(p.key, "", "beta")
		p.key.Must("DELETE", p.base+"work-items/"+b+"/", nil)
		listed(p.key, "", "")
		history := string(p.key.Must("GET", p.base+"work-items/"+a+"/activities/", nil).Raw)
		if strings.Count(history, `"comment":"added to a customer"`) != 3 || !strings.Contains(history, "removed from a customer") ||
			strings.Contains(history, "Acme") {
			t.Errorf("the history is %s", history)
		}
	})
}

// A guest who sees only their own work items, and is a member elsewhere, sees those of a customer so, too.
func TestCustomerItemsOfGuests(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "narrow")
		guest := p.join(t, s, "narrowed", app.Member, app.Guest).WithKey()
		id := p.key.Must("POST", p.workspace+"customers/", map[string]any{"name": "Acme"}).ID()
		items := p.workspace + "customers/" + id + "/issues/"
		item := p.item(map[string]any{"name": "hidden"})
		p.key.Must("POST", items, map[string]any{"issue_ids": []string{item}})
		walk(t, []step{{guest, "GET", items, nil, 200, "[]"}, {guest, "DELETE", items + item + "/", nil, 404, ""}})
		p.key.Must("PATCH", p.base, map[string]any{"guest_view_all_features": true})
		walk(t, []step{{guest, "GET", items, nil, 200, "hidden"}, {guest, "DELETE", items + item + "/", nil, 404, ""}})
	})
}
