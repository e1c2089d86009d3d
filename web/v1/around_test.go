package v1_test

import (
	"bytes"
	"mime/multipart"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What is wrong with a comment, a link or a relation is told by the field, and each is found at its own work item only.
func TestBadThingsAroundAWorkItem(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "around")
		one, two := p.item(map[string]any{"name": "one"}), p.item(map[string]any{"name": "two"})
		at, other := p.base+"work-items/"+one+"/", p.base+"work-items/"+two+"/"
		comment := p.key.Must("POST", at+"comments/", map[string]any{"comment_html": "<p>first</p>"}).ID()
		link := p.key.Must("POST", at+"links/", map[string]any{"url": "https://x.test/a", "title": "A"}).ID()
		walk(t, []step{
			{p.key, "POST", at + "comments/", map[string]any{"comment_html": 7, "access": "odd"}, 400, `"access":`},
			{p.key, "GET", other + "comments/" + comment + "/", nil, 404, ""},
			{p.key, "PATCH", other + "comments/" + comment + "/", map[string]any{"comment_html": "x"}, 404, ""},
			{p.key, "DELETE", other + "comments/" + comment + "/", nil, 404, ""},
			{p.key, "PATCH", at + "comments/" + store.NewID() + "/", map[string]any{"comment_html": "x"}, 404, ""},
			{p.key, "GET", at + "comments/" + comment + "/", nil, 200, "first"},
			{p.key, "PATCH", at + "comments/" + comment + "/", map[string]any{"comment_html": "<p>second</p>"}, 200, "second"},
			{p.key, "DELETE", at + "comments/" + comment + "/", nil, 204, ""},
			{p.key, "DELETE", at + "comments/" + comment + "/", nil, 404, ""},

			{p.key, "POST", at + "links/", map[string]any{"title": "x"}, 400, `"url":["This field is required."]`},
			{p.key, "POST", at + "links/", map[string]any{"url": "no address"}, 400, `"url":`},
			{p.key, "POST", at + "links/", map[string]any{"url": "javascript:alert(1)"}, 400, `"url":`},
			{p.key, "POST", at + "links/", map[string]any{"url": "https://x.test/a"}, 400, "URL already exists for this Issue"},
			{p.key, "POST", other + "links/", map[string]any{"url": "https://x.test/a"}, 201, ""},
			{p.key, "PATCH", at + "links/" + link + "/", map[string]any{"url": "javascript:alert(1)"}, 400, `"url":`},
			{p.key, "GET", other + "links/" + link + "/", nil, 404, ""},
			{p.key, "DELETE", other + "links/" + link + "/", nil, 404, ""},
			{p.key, "PATCH", at + "links/" + link + "/", map[string]any{"title": "B"}, 200, `"url":"https://x.test/a"`},
			{p.key, "DELETE", at + "links/" + link + "/", nil, 204, ""},
			{p.key, "GET", at + "links/", nil, 200, `"total_count":0`},

			{p.key, "POST", at + "relations/", map[string]any{"issues": []any{two}}, 400, `"relation_type":["This field is req`},
			{p.key, "POST", at + "relations/", map[string]any{"relation_type": "odd", "issues": []any{two}}, 400,
				`"relation_type":["\"odd\" is not a valid choice."]`},
			{p.key, "POST", at + "relations/", map[string]any{"relation_type": "blocking"}, 400, `"issues":["This field is req`},
			{p.key, "POST", at + "relations/", map[string]any{"relation_type": "blocking", "issues": []any{}}, 400,
				`"issues":["Ensure this field has at least 1 elements."]`},
			{p.key, "POST", at + "relations/", map[string]any{"relation_type": "blocking", "issues": []any{"x"}}, 400,
				`"issues":`},
		})
	})
}

// A comment's text is cleaned before it is kept, whoever sends it.
func TestCommentsAreCleaned(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "clean")
		at := p.base + "work-items/" + p.item(map[string]any{"name": "n",
			"description_html": `<p onclick="x()">d</p><script>alert(1)</script>`}) + "/"
		made := p.key.Must("POST", at+"comments/", map[string]any{
			"comment_html": `<p>hello<img src="x" onerror="alert(1)"></p><script>alert(2)</script>`})
		changed := p.key.Must("PATCH", at+"comments/"+made.ID()+"/", map[string]any{
			"comment_html": `<p>bye</p><iframe src="javascript:alert(3)"></iframe>`})
		for _, a := range []webtest.Answer{made, changed, p.key.Must("GET", at, nil),
			p.key.Must("GET", at+"comments/", nil)} {
			for _, bad := range []string{"onerror", "onclick", "<script", "u003cscript", "alert"} {
				if strings.Contains(string(a.Raw), bad) {
					t.Errorf("%s is kept: %s", bad, a.Raw)
				}
			}
		}
	})
}

// A relation is seen from both sides, by the name that it has there.
func TestRelationsHaveTwoSides(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "sides")
		for kind, back := range map[string]string{"blocking": "blocked_by", "blocked_by": "blocking",
			"duplicate": "duplicate", "relates_to": "relates_to", "start_before": "start_after",
			"start_after": "start_before", "finish_before": "finish_after", "finish_after": "finish_before"} {
			one, two := p.item(map[string]any{"name": kind + "1"}), p.item(map[string]any{"name": kind + "2"})
			p.key.Must("POST", p.base+"work-items/"+one+"/relations/",
				map[string]any{"relation_type": kind, "issues": []string{two}})
			for _, side := range []struct{ at, kind, other string }{{one, kind, two}, {two, back, one}} {
				a := p.key.Must("GET", p.base+"work-items/"+side.at+"/relations/", nil)
				for name, list := range a.JSON().(map[string]any) {
					want := 0
					if name == side.kind {
						want = 1
					}
					rows := list.([]any)
					if len(rows) != want || want == 1 && rows[0].(map[string]any)["issue_id"] != side.other {
						t.Errorf("%s seen from %s has %s: %v", kind, side.at, name, rows)
					}
				}
			}
		}
	})
}

// The history says what was changed, from what to what, by whom, and is paged; an entry is read at its work item only.
func TestHistoryByKey(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "history")
		member := p.join(t, s, "member", app.Member, app.Member)
		item, other := p.item(map[string]any{"name": "old"}), p.item(map[string]any{"name": "other"})
		at := p.base + "work-items/" + item + "/"
		key := member.WithKey()
		key.Must("PATCH", at, map[string]any{"name": "new"})
		key.Must("PATCH", at, map[string]any{"priority": "high", "target_date": "2026-05-06"})
		key.Must("PATCH", at, map[string]any{"priority": "high"}) // nothing changes
		key.Must("PATCH", at, map[string]any{"target_date": nil})
		type change struct{ Field, Old, New any }
		got := []change{}
		for _, row := range results(t, p.key.Must("GET", at+"activities/?order_by=created_at", nil)) {
			if row["verb"] == "updated" {
				got = append(got, change{row["field"], row["old_value"], row["new_value"]})
				if row["actor"] != member.User.ID {
					t.Errorf("changed by %v, not %s", row["actor"], member.User.ID)
				}
			}
		}
		want := []change{{"name", "old", "new"}, {"priority", "none", "high"}, {"target_date", nil, "2026-05-06"},
			{"target_date", "2026-05-06", nil}}
		empty := func(v any) any { // nothing is told as nothing or as an empty text
			if v == nil {
				return ""
			}
			return v
		}
		for i := range got {
			got[i].Old, got[i].New = empty(got[i].Old), empty(got[i].New)
		}
		for i := range want {
			want[i].Old, want[i].New = empty(want[i].Old), empty(want[i].New)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("history (-want +got):\n%s", d)
		}
		first := column(t, p.key.Must("GET", at+"activities/?per_page=1", nil), "id")
		if len(first) != 1 {
			t.Fatalf("a page of one has %v", first)
		}
		id := first[0].(string)
		walk(t, []step{
			{p.key, "GET", at + "activities/" + id + "/", nil, 200, id},
			{p.key, "GET", at + "activities/" + id + "/?fields=actor&expand=actor", nil, 200, `"display_name":`},
			{p.key, "GET", p.base + "work-items/" + other + "/activities/" + id + "/", nil, 404, "Activity not found."},
			{p.key, "GET", at + "activities/?order_by=password", nil, 400, `"order_by":`},
		})
	})
}

// A file on a work item is begun, sent, marked, listed, fetched and deleted; until it is marked it is in no list.
func TestFilesOnWorkItems(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "files")
		member := p.join(t, s, "member", app.Member, app.Member).WithKey()
		item := p.item(map[string]any{"name": "n"})
		other := p.item(map[string]any{"name": "other"})
		for _, tail := range []string{"work-items/%/attachments/", "issues/%/issue-attachments/"} {
			at := p.base + strings.Replace(tail, "%", item, 1)
			elsewhere := p.base + strings.Replace(tail, "%", other, 1)
			walk(t, []step{
				{member, "POST", at, map[string]any{"type": "text/plain", "size": 5}, 400, ""},
				{member, "POST", at, map[string]any{"name": "a.exe", "type": "application/x-dosexec", "size": 5}, 400, ""},
				{member, "POST", at, map[string]any{"name": "a.txt", "type": "text/plain", "size": "many"}, 400, `"size":`},
			})
			begun := member.Must("POST", at, map[string]any{"name": "a.txt", "type": "text/plain", "size": 5})
			id := begun.At("asset_id").(string)
			listed := func() int { return strings.Count(string(p.key.Must("GET", at, nil).Raw), id+`"`) }
			if listed() != 0 {
				t.Errorf("%s: a file that was only begun is listed", tail)
			}
			send(t, s, begun, "hello")
			walk(t, []step{
				{member, "PATCH", at + id + "/", map[string]any{"is_uploaded": true}, 204, ""},
				{p.key, "GET", at + id + "/", nil, 302, ""},
				{p.key, "GET", elsewhere + id + "/", nil, 404, ""},
				{p.key, "DELETE", elsewhere + id + "/", nil, 404, ""},
			})
			if listed() == 0 {
				t.Errorf("%s: a file that was sent is not listed", tail)
			}
			walk(t, []step{
				{member, "DELETE", at + id + "/", nil, 204, ""},
				{p.key, "GET", at + id + "/", nil, 404, ""},
			})
			if listed() != 0 {
				t.Errorf("%s: a deleted file is listed", tail)
			}
			theirs := p.key.Must("POST", at, map[string]any{"name": "b.txt", "type": "text/plain", "size": 5})
			one := at + theirs.At("asset_id").(string) + "/"
			walk(t, []step{
				{member, "DELETE", one, nil, 403, "You are not allowed to delete this attachment"},
				{member, "PATCH", one, map[string]any{"is_uploaded": true}, 403, "You are not allowed to upload this"},
			})
		}
	})
}

// send sends a file as the answer to its beginning says.
func send(t *testing.T, s *webtest.Server, begun webtest.Answer, content string) {
	t.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	fields, _ := begun.At("upload_data.fields").(map[string]any)
	for name, value := range fields {
		if err := form.WriteField(name, value.(string)); err != nil {
			t.Fatal(err)
		}
	}
	file, err := form.CreateFormFile("file", "a.txt")
	if err == nil {
		_, err = file.Write([]byte(content))
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		t.Fatal(err)
	}
	to, _ := begun.At("upload_data.url").(string)
	if a := s.Stranger().Send("POST", to, form.FormDataContentType(), &b); a.Status >= 300 {
		t.Fatalf("sending to %s: %d %s", to, a.Status, a.Raw)
	}
}
