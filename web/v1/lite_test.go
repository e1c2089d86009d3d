package v1_test

import (
	"fmt"
	"net/url"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web/webtest"
)

// Lists in brief are pages, in the order that is asked for, of what the caller knows of.
func TestListsInBrief(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "brief")
		all := newCrowd(t, s, p)
		p.key.Must("PATCH", p.base+"features/", map[string]any{"cycles": true, "modules": true})
		at := p.workspace + "projects/"
		for _, name := range []string{"zeta", "alpha"} {
			p.key.Must("POST", at, map[string]any{"name": name, "identifier": name})
			p.key.Must("POST", p.base+"modules/", map[string]any{"name": name, "members": []string{p.person.User.ID}})
			p.key.Must("POST", p.base+"cycles/", map[string]any{"name": name, "project_id": p.project()})
		}
		p.key.Must("POST", p.base+"cycles/", map[string]any{"name": "past", "project_id": p.project(),
			"start_date": "2020-01-01", "end_date": "2020-02-01"})
		away := at + p.key.Must("POST", at, map[string]any{"name": "away", "identifier": "AWAY"}).ID() + "/"
		secret := at + p.key.Must("POST", at, map[string]any{"name": "secret", "identifier": "SEC"}).ID() + "/"
		p.key.Must("POST", away+"archive/", nil)
		p.person.Must("PATCH", appPath(secret), map[string]any{"network": 0})
		for _, tt := range []struct {
			who  *webtest.Client
			path string
			want []any
		}{
			{p.key, p.workspace + "projects-lite/?order_by=name", []any{"alpha", "brief", "secret", "zeta"}},
			{p.key, p.workspace + "projects-lite/?order_by=-name&include_archived=True", []any{"zeta", "secret", "brief", "away", "alpha"}},
			{p.key, p.workspace + "projects-lite/?order_by=name&per_page=2&cursor=2:1:0", []any{"secret", "zeta"}},
			{p.key, p.workspace + "projects-lite/", []any{"secret", "alpha", "zeta", "brief"}},
			{all.guest, p.workspace + "projects-lite/?order_by=name", []any{"alpha", "brief", "zeta"}},
			{all.guest, p.base + "cycles-lite/", []any{"past", "alpha", "zeta"}},
			{p.key, p.base + "cycles-lite/?order_by=-end_date&fields=name", []any{"alpha", "zeta", "past"}},
			{p.key, p.base + "cycles-lite/?status=completed", []any{"past"}},
			{p.key, p.base + "cycles-lite/?status=current", []any{}},
			{p.key, p.base + "cycles-lite/?status=draft&order_by=name", []any{"alpha", "zeta"}},
			{p.key, p.base + "modules-lite/?order_by=name", []any{"alpha", "zeta"}},
		} {
			a := tt.who.Must("GET", tt.path, nil)
			if got := column(t, a, "name"); tt.path != p.base+"cycles-lite/?order_by=-end_date&fields=name" {
				if d := cmp.Diff(tt.want, got); d != "" {
					t.Errorf("%s (-want +got):\n%s", tt.path, d)
				}
			} else if got[2] != "past" { // the rest has no end
				t.Errorf("%s: %v", tt.path, got)
			}
		}
		project := results(t, p.key.Must("GET", p.workspace+"projects-lite/?order_by=name", nil))[0]
		for _, key := range []string{"id", "identifier", "name", "cover_image", "icon_prop", "emoji", "description",
			"cover_image_url", "archived_at"} {
			if _, there := project[key]; !there || len(project) != 9 {
				t.Errorf("a project in brief has not %s but %d keys: %v", key, len(project), project)
			}
		}
		module := results(t, p.key.Must("GET", p.base+"modules-lite/?order_by=name", nil))[0]
		if d := cmp.Diff([]any{p.person.User.ID}, module["members"]); d != "" || module["total_issues"] != nil {
			t.Errorf("a module in brief: %v", module)
		}
		walk(t, []step{
			{p.key, "GET", p.workspace + "projects-lite/?order_by=secrets", nil, 400, `{"order_by":["\"secrets\" is not`},
			{p.key, "GET", p.workspace + "projects-lite/?include_archived=perhaps", nil, 400, `{"include_archived":`},
			{p.key, "GET", p.base + "cycles-lite/?status=over", nil, 400, `{"status":["\"over\" is not a valid choice`},
			{p.key, "GET", p.base + "cycles-lite/?order_by=", nil, 200, ""},
			{p.key, "GET", p.base + "modules-lite/?order_by=x", nil, 400, `{"order_by":`},
			{p.key, "GET", p.base + "modules-lite/?per_page=1001", nil, 400, "per_page"},
			{all.elsewhere, "GET", p.workspace + "projects-lite/", nil, 403, ""},
			{all.outsider, "GET", p.base + "cycles-lite/", nil, 403, ""},
			{all.outsider, "GET", p.base + "modules-lite/", nil, 403, ""},
		})
	})
}

// People are found by parts of their names, by their role and by whether they are still there.
func TestPeopleInPages(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "crowd")
		all := newCrowd(t, s, p)
		gone := p.join(t, s, "gone", app.Member, app.Member)
		p.key.Must("DELETE", p.base+"members/"+p.membership(gone)+"/", nil)
		for _, tt := range []struct {
			path, query string
			want        []any
		}{
			{p.workspace + "members-lite/", "", []any{"admin", "crowd", "gone", "guest", "member", "outsider"}},
			{p.workspace + "members-lite/", "role_slug=owner", []any{"crowd"}},
			{p.workspace + "members-lite/", "role_slug=admin", []any{}},
			{p.workspace + "members-lite/", "role_slug=guest", []any{"guest"}},
			{p.workspace + "members-lite/", "display_name=M", []any{"admin", "member"}},
			{p.workspace + "members-lite/", "display_name=m&role_slug=member&email=MEM", []any{"member"}},
			{p.workspace + "members-lite/", "is_bot=true", []any{}},
			{p.workspace + "members-lite/", "display_name=%25", []any{}},
			{p.base + "project-members-lite/", "", []any{"admin", "crowd", "gone", "guest", "member"}},
			{p.base + "project-members-lite/", "is_active=false", []any{"gone"}},
			{p.base + "project-members-lite/", "is_active=True&role_slug=contributor", []any{"member"}},
			{p.base + "project-members-lite/", "role_slug=admin", []any{"admin", "crowd"}},
			{p.base + "project-members-lite/", "first_name=nobody", []any{}},
		} {
			a := p.key.Must("GET", tt.path+"?order_by=display_name&"+tt.query, nil)
			if d := cmp.Diff(tt.want, column(t, a, "display_name")); d != "" {
				t.Errorf("%s?%s (-want +got):\n%s", tt.path, tt.query, d)
			}
			if a.At("total_count") != float64(len(tt.want)) {
				t.Errorf("%s?%s: the number of all: %v", tt.path, tt.query, a.At("total_count"))
			}
		}
		roles := map[any]string{}
		for _, m := range results(t, p.key.Must("GET", p.workspace+"members-lite/", nil)) {
			roles[m["display_name"]] = fmt.Sprintf("%v %v %v %v", m["role"], m["role_slug"], m["is_active"], m["is_bot"])
		}
		want := map[any]string{"crowd": "20 owner true false", "admin": "15 member true false",
			"guest": "5 guest true false", "member": "15 member true false", "gone": "15 member true false",
			"outsider": "15 member true false"}
		if d := cmp.Diff(want, roles); d != "" {
			t.Errorf("roles (-want +got):\n%s", d)
		}
		if got := results(t, p.key.Must("GET", p.base+"project-members-lite/?fields=id,role_slug&first_name="+
			url.QueryEscape(""), nil))[0]; len(got) != 2 {
			t.Errorf("two keys were asked for: %v", got)
		}
		walk(t, []step{
			{p.key, "GET", p.workspace + "members-lite/?role_slug=contributor", nil, 400, `{"role_slug":`},
			{p.key, "GET", p.base + "project-members-lite/?role_slug=owner", nil, 400, `{"role_slug":`},
			{p.key, "GET", p.base + "project-members-lite/?is_active=2", nil, 400, `{"is_active":["\"2\" is not a valid boolean`},
			{p.key, "GET", p.base + "project-members-lite/?order_by=password", nil, 400, `{"order_by":`},
			{all.guest, "GET", p.workspace + "members-lite/", nil, 403, ""},
			{all.outsider, "GET", p.workspace + "members-lite/", nil, 200, ""},
			{all.guest, "GET", p.base + "project-members-lite/", nil, 200, ""},
			{all.outsider, "GET", p.base + "project-members-lite/", nil, 403, ""},
		})
	})
}
