package v1_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

func TestReleases(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "ships"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "releases/"
		tag := p.key.Must("POST", at+"tags/", map[string]any{"version": "1.0"}).ID()
		theirs := other.key.Must("POST", other.workspace+"releases/tags/", map[string]any{"version": "1.0"}).ID()
		foreign := other.key.Must("POST", other.workspace+"releases/", map[string]any{"name": "theirs"}).ID()
		made := all.member.Must(
			"POST",
			at,
			map[string]any{"name": "Spring", "description_html": `<p onclick="x()">Fast<script>x()</script></p>`,
				"target_date": "2026-05-08", "lead": all.admin.User.ID, "tag": tag, "external_source": "ci", "external_id": "7"},
		)
		for key, want := range map[string]any{"name": "Spring", "description.description_html": "<p>Fast</p>",
			"description.description_stripped": "Fast", "status": "unreleased", "target_date": "2026-05-08", "tag": tag,
			"lead": all.admin.User.ID, "is_latest": false, "is_prerelease": false, "created_by": all.member.User.ID} {
			if got := made.At(key); got != want {
				t.Errorf("%s: %v, want %v", key, got, want)
			}
		}
		id := made.ID()
		one := at + id + "/"
		walk(t, []step{
			{
				p.key,
				"POST",
				at,
				map[string]any{"status": "late"},
				400,
				`{"name":["This field is required."],"status":["\"late\" is not`,
			},
			{p.key, "POST", at, map[string]any{"name": "x", "target_date": "soon"}, 400, `{"target_date":["Date has wrong`},
			{p.key, "POST", at, map[string]any{"name": "x", "lead": all.elsewhere.User.ID}, 400, `{"lead":["Invalid pk`},
			{p.key, "POST", at, map[string]any{"name": "x", "tag": theirs}, 400, `{"tag":["Invalid pk`},
			{p.key, "PATCH", one, map[string]any{"tag": theirs}, 400, `{"tag":["Invalid pk`},
			{p.key, "POST", at, map[string]any{"name": "x", "external_source": "ci", "external_id": "7"}, 409, id},
			{p.key, "PATCH", one, map[string]any{"external_source": "ci", "external_id": "7"}, 200, ""}, // its own
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"name": "x"}, 403, ""},
			{all.guest, "GET", one, nil, 403, ""}, {all.guest, "GET", one + "changelog/", nil, 403, ""},
			{all.elsewhere, "GET", at, nil, 403, ""}, {p.key, "GET", at + foreign + "/", nil, 404, ""},
			{p.key, "PATCH", at + foreign + "/", map[string]any{"name": "x"}, 404, ""},
			{p.key, "DELETE", at + foreign + "/", nil, 404, ""}, {p.key, "GET", at + foreign + "/changelog/", nil, 404, ""},
			{all.outsider, "PATCH", one, map[string]any{"name": "Summer"}, 200, `"name":"Summer"`},
			{all.outsider, "DELETE", one, nil, 403, ""}, {all.admin, "DELETE", one, nil, 403, ""}, // of a project only
			{
				p.key,
				"PATCH",
				one,
				map[string]any{"description_json": map[string]any{"a": 1}},
				200,
				`"description_json":{"a":1}`,
			},
			{p.key, "PATCH", one, map[string]any{"description": "a < b"}, 200,
				`"description_html":"<p>a &lt; b</p>","description_stripped":"a < b","description_json":{}`},
			{
				p.key,
				"PATCH",
				one,
				map[string]any{"tag": nil, "lead": nil, "target_date": nil},
				200,
				`"lead":null,"tag":null`,
			},
			{p.key, "GET", at + "?order_by=colour", nil, 400, `"order_by"`},
		})
		// the one that came out last
		release := func(name string, body map[string]any) string {
			body["name"], body["status"] = name, "released"
			return p.key.Must("POST", at, body).ID()
		}
		undated := release("undated", map[string]any{})
		latest := release("latest", map[string]any{"release_date": "2026-02-01"})
		release("before", map[string]any{"release_date": "2026-01-01"})
		release("beta", map[string]any{"release_date": "2026-03-01", "is_prerelease": true})
		flags := column(t, p.key.Must("GET", at+"?order_by=release_date", nil), "is_latest")
		if !slices.Equal(flags, []any{false, true, false, false, false}) {
			t.Errorf("the latest are %v", flags)
		}
		walk(t, []step{
			{p.key, "GET", at + latest + "/", nil, 200, `"is_latest":true`},
			{p.key, "GET", at + undated + "/", nil, 200, `"is_latest":false`},
			{p.key, "GET", at + "?per_page=2", nil, 200, `"total_count":5,"next_cursor":"2:1:0"`},
		})
		changelog := p.key.Must("GET", one+"changelog/", nil)
		if changelog.At("changelog.description_html") != "<p></p>" || changelog.At("release") != id {
			t.Errorf("%s", changelog.Raw)
		}
		written := p.key.Must("PATCH", one+"changelog/", map[string]any{"description_html": "<p>x<script></script></p>"})
		if written.ID() != changelog.ID() || written.At("changelog.description_html") != "<p>x</p>" {
			t.Errorf("%s", written.Raw)
		}
		walk(t, []step{
			{p.key, "GET", one + "changelog/", nil, 200, changelog.ID()},
			{all.member, "DELETE", one, nil, 204, ""}, {p.key, "GET", one, nil, 404, ""},
			{p.key, "GET", one + "changelog/", nil, 404, ""},
			{p.key, "DELETE", at + latest + "/", nil, 204, ""},
		})
	})
}

func TestReleaseTagsAndLabels(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "marks"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		at := p.workspace + "releases/"
		tag := all.member.Must(
			"POST",
			at+"tags/",
			map[string]any{"version": "1.0", "commit_hash": "abc", "git_tag": "v1.0"},
		)
		named := p.key.Must("POST", at+"tags/", map[string]any{"name": "2.0", "color": "#fff"})
		if tag.At("name") != "1.0" || named.At("version") != "2.0" || named.At("color") != "#fff" {
			t.Errorf("%s, %s", tag.Raw, named.Raw)
		}
		label := all.member.Must("POST", at+"labels/", map[string]any{"name": "b", "color": "#123"}).ID()
		second := p.key.Must("POST", at+"labels/", map[string]any{"name": "a", "sort_order": 70000}).ID()
		foreign := other.key.Must("POST", other.workspace+"releases/labels/", map[string]any{"name": "f"}).ID()
		r := p.key.Must("POST", at, map[string]any{"name": "r", "tag": tag.ID()}).ID()
		oneTag, oneLabel, labels := at+"tags/"+tag.ID()+"/", at+"labels/"+label+"/", at+r+"/labels/"
		ids := func(of ...string) map[string]any { return map[string]any{"label_ids": of} }
		walk(t, []step{
			{p.key, "POST", at + "tags/", map[string]any{}, 400, `{"version":["This field is required."]}`},
			{p.key, "POST", at + "tags/", map[string]any{"version": "1.0"}, 409, tag.ID()},
			{p.key, "PATCH", at + "tags/" + named.ID() + "/", map[string]any{"version": "1.0"}, 409, tag.ID()},
			{
				all.outsider,
				"PATCH",
				oneTag,
				map[string]any{"description": "d"},
				200,
				`"version":"1.0","name":"1.0","description":"d"`,
			},
			{all.outsider, "DELETE", oneTag, nil, 403, ""}, {all.guest, "GET", oneTag, nil, 403, ""},
			{all.guest, "POST", at + "tags/", map[string]any{"version": "3"}, 403, ""},
			{p.key, "GET", at + "tags/?order_by=version", nil, 200, `"total_count":2`},
			{p.key, "POST", at + "labels/", map[string]any{"name": "a"}, 409, second},
			{p.key, "PATCH", oneLabel, map[string]any{"name": "a"}, 409, second},
			{p.key, "PATCH", oneLabel, map[string]any{"name": "b", "color": ""}, 200, `"color":""`},
			{
				p.key,
				"GET",
				at + "labels/" + foreign + "/",
				nil,
				404,
				"",
			}, {p.key, "DELETE", at + "labels/" + foreign + "/", nil, 404, ""},
			{all.outsider, "DELETE", oneLabel, nil, 403, ""}, {all.guest, "GET", at + "labels/", nil, 403, ""},
			{p.key, "POST", labels, ids(label, foreign), 400, `{"label_ids":["Invalid pk`},
			{p.key, "POST", labels, map[string]any{}, 400, `{"label_ids":["This field is required."]}`},
			{p.key, "GET", labels, nil, 200, `"total_count":0`},
			{all.outsider, "POST", labels, ids(second, label, label), 201, `[{"id":"` + label},
			{p.key, "POST", labels, ids(label), 201, `[{"id":"` + label},
			{all.guest, "POST", labels, ids(label), 403, ""}, {all.guest, "DELETE", labels, ids(label), 403, ""},
			{p.key, "GET", labels, nil, 200, `"total_count":2`},
			{
				p.key,
				"DELETE",
				labels,
				ids(label, foreign),
				204,
				"",
			}, {p.key, "DELETE", labels, map[string]any{}, 400, "label_ids"},
			{p.key, "GET", labels, nil, 200, `"total_count":1`},
			{p.key, "DELETE", labels + label + "/", nil, 404, ""}, {p.key, "DELETE", labels + second + "/", nil, 204, ""},
			{p.key, "POST", labels, ids(label), 201, ""},
			{all.member, "DELETE", oneLabel, nil, 204, ""}, {p.key, "GET", labels, nil, 200, `"total_count":0`},
			{all.member, "DELETE", oneTag, nil, 204, ""}, {p.key, "GET", at + r + "/", nil, 200, `"tag":null`},
			{p.key, "POST", at + "tags/", map[string]any{"version": "1.0"}, 201, ""},
			{p.key, "GET", at + store.NewID() + "/labels/", nil, 404, ""},
			{p.key, "POST", at + store.NewID() + "/labels/", ids(second), 404, ""},
		})
		if got := column(t, p.key.Must("GET", at+"labels/", nil), "name"); !slices.Equal(got, []any{"a"}) {
			t.Errorf("labels are %v", got)
		}
	})
}

func TestReleaseComments(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "says")
		all := newCrowd(t, s, p)
		one := p.workspace + "releases/" + p.key.Must("POST", p.workspace+"releases/", map[string]any{"name": "r"}).
			ID() +
			"/"
		elsewhere := p.workspace + "releases/" + p.key.Must("POST", p.workspace+"releases/", map[string]any{"name": "s"}).
			ID() +
			"/"
		at := one + "comments/"
		made := all.member.Must("POST", at, map[string]any{"comment_html": "<p>ship<script></script></p>"})
		if made.At("comment.description_html") != "<p>ship</p>" || made.At("edited_at") != nil ||
			made.At("is_resolved") != false {
			t.Errorf("%s", made.Raw)
		}
		id := made.ID()
		reply := p.key.Must("POST", at, map[string]any{"comment_html": "x", "parent": id}).ID()
		foreign := p.key.Must("POST", elsewhere+"comments/", map[string]any{"comment_html": "x"}).ID()
		below := p.key.Must("POST", at, map[string]any{"comment_html": "x", "parent": reply}).ID()
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `{"comment_html":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"comment_html": "x", "parent": foreign}, 400, `{"parent":["Invalid pk`},
			{all.guest, "GET", at, nil, 403, ""}, {all.guest, "POST", at, map[string]any{"comment_html": "x"}, 403, ""},
			{p.key, "GET", at + foreign + "/", nil, 404, ""}, {p.key, "DELETE", at + foreign + "/", nil, 404, ""},
			{all.outsider, "PATCH", at + id + "/", map[string]any{"comment_html": "y"}, 403, ""},
			{all.outsider, "DELETE", at + id + "/", nil, 403, ""},
			{
				p.key,
				"PATCH",
				at + id + "/",
				map[string]any{"is_resolved": true},
				200,
				`"is_resolved":true,"parent":null,"edited_at":null`,
			},
			{all.member, "GET", at + reply + "/", nil, 200, `"parent":"` + id},
		})
		if edited := all.member.Must("PATCH", at+id+"/", map[string]any{"comment_html": "y"}); edited.At(
			"edited_at",
		) == nil {
			t.Errorf("%s", edited.Raw)
		}
		if got := column(t, p.key.Must("GET", at, nil), "id"); !slices.Equal(got, []any{below, reply, id}) {
			t.Errorf("comments are %v", got)
		}
		walk(
			t,
			[]step{{all.member, "DELETE", at + id + "/", nil, 204, ""}, {p.key, "GET", at, nil, 200, `"total_count":0`},
				{p.key, "GET", elsewhere + "comments/", nil, 200, `"total_count":1`}},
		)
	})
}

func TestReleaseLinks(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "links")
		all := newCrowd(t, s, p)
		one := p.workspace + "releases/" + p.key.Must("POST", p.workspace+"releases/", map[string]any{"name": "r"}).
			ID() +
			"/"
		at := one + "links/"
		id := all.member.Must("POST", at, map[string]any{"url": "https://a.example/1", "title": "Docs",
			"metadata": map[string]any{"a": 1}}).
			ID()
		second := p.key.Must("POST", at, map[string]any{"url": "https://a.example/2"}).ID()
		walk(t, []step{
			{p.key, "POST", at, map[string]any{}, 400, `{"url":["This field is required."]}`},
			{p.key, "POST", at, map[string]any{"url": "javascript:x"}, 400, `{"url":["Invalid URL format."]}`},
			{p.key, "POST", at, map[string]any{"url": "ftp://a.example"}, 400, `{"url":["Invalid URL scheme."]}`},
			{
				p.key,
				"POST",
				at,
				map[string]any{"url": "https://a.example/1"},
				400,
				`{"url":["This release has the address already."]}`,
			},
			{p.key, "PATCH", at + second + "/", map[string]any{"url": "https://a.example/1"}, 400, `already`},
			{p.key, "PATCH", at + second + "/", map[string]any{"url": "data:x"}, 400, `{"url"`},
			{
				all.guest,
				"GET",
				at,
				nil,
				403,
				"",
			}, {all.guest, "POST", at, map[string]any{"url": "https://a.example/3"}, 403, ""},
			{
				all.outsider,
				"PATCH",
				at + id + "/",
				map[string]any{"title": "x"},
				403,
				"",
			}, {all.outsider, "DELETE", at + id + "/", nil, 403, ""},
			{
				all.member,
				"PATCH",
				at + id + "/",
				map[string]any{"title": "x"},
				200,
				`"title":"x","url":"https://a.example/1","metadata":{`,
			},
			{
				p.key,
				"GET",
				at + "?order_by=url",
				nil,
				200,
				`"total_count":2`,
			}, {p.key, "GET", at + id + "/", nil, 200, `"title":"x"`},
			{p.key, "GET", at + store.NewID() + "/", nil, 404, ""},
			{all.member, "DELETE", at + id + "/", nil, 204, ""}, {p.key, "GET", at + id + "/", nil, 404, ""},
			{p.key, "POST", at, map[string]any{"url": "https://a.example/1"}, 201, ""},
		})
	})
}

func TestReleaseItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p, other := newPlace(s, "brings"), newPlace(s, "other")
		all := newCrowd(t, s, p)
		narrowed := p.join(t, s, "narrowed", app.Member, app.Guest).WithKey()
		id := p.key.Must("POST", p.workspace+"releases/", map[string]any{"name": "Secret name"}).ID()
		at := p.workspace + "releases/" + id + "/work-items/"
		a, b := p.item(map[string]any{"name": "alpha"}), p.item(map[string]any{"name": "beta"})
		foreign := other.item(map[string]any{"name": "f"})
		ids := func(of ...string) map[string]any { return map[string]any{"work_item_ids": append([]string{}, of...)} }
		walk(t, []step{
			{
				p.key,
				"POST",
				at,
				ids(),
				400,
				`{"work_item_ids":["Ensure`,
			}, {p.key, "POST", at, ids(a, foreign), 400, `{"work_item_ids":["Invalid pk`},
			{p.key, "POST", at, ids("x"), 400, `is not a valid UUID`}, {p.key, "GET", at, nil, 200, `"total_count":0`},
			{all.guest, "POST", at, ids(a), 403, ""}, {all.outsider, "POST", at, ids(a), 400, "does not exist"},
			{narrowed, "POST", at, ids(a), 400, "does not exist"},
			{all.member, "POST", at, ids(a, b, a), 201, `"project__identifier":"ONE"`},
			{p.key, "POST", at, ids(a), 201, `"name":"alpha"`},
			{
				p.key,
				"GET",
				at,
				nil,
				200,
				`"total_count":2`,
			}, {p.key, "GET", at + "?per_page=1&cursor=1:1:0", nil, 200, `"name":"alpha"`},
			{all.outsider, "GET", at, nil, 200, `"total_count":0`}, {narrowed, "GET", at, nil, 200, `"total_count":0`},
			{all.guest, "GET", at, nil, 403, ""}, {all.outsider, "DELETE", at, ids(a), 400, "does not exist"},
			{p.key, "DELETE", at, map[string]any{}, 400, "work_item_ids"}, {p.key, "DELETE", at, ids(a), 204, ""},
			{p.key, "DELETE", at, ids(a), 204, ""}, {p.key, "GET", at, nil, 200, `"total_count":1`},
			{p.key, "POST", p.workspace + "releases/" + store.NewID() + "/work-items/", ids(a), 404, ""},
		})
		history := string(p.key.Must("GET", p.base+"work-items/"+a+"/activities/", nil).Raw)
		if strings.Count(history, `"comment":"added to a release"`) != 1 ||
			strings.Count(history, "removed from a release") != 1 ||
			strings.Contains(history, "Secret name") ||
			!strings.Contains(history, id) {
			t.Errorf("the history is %s", history)
		}
		p.key.Must("DELETE", p.base+"work-items/"+b+"/", nil)
		walk(t, []step{{p.key, "GET", at, nil, 200, `"total_count":0`}, {p.key, "POST", at, ids(a), 201, ""},
			{p.key, "DELETE", strings.TrimSuffix(at, "work-items/"), nil, 204, ""}, {p.key, "GET", at, nil, 404, ""}})
		history = string(p.key.Must("GET", p.base+"work-items/"+a+"/activities/", nil).Raw)
		if strings.Count(history, "removed from a release") != 2 {
			t.Errorf("the history is %s", history)
		}
	})
}
