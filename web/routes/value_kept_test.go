package routes_test

import (
	"strings"
	"testing"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/upgrade"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// What was kept raw before it was cleaned on the way in is cleaned once; what was harmless stays byte for byte.
func TestKeptTextIsCleanedOnce(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		x := newSite(t, s)
		item, module := x.item("item"), x.ann.Must("POST", x.p+"modules/", map[string]any{"name": "m"}).ID()
		page := x.ann.Must("POST", x.p+"pages/", map[string]any{"name": "p"}).ID()
		link := x.key.Must("POST", x.v1+"work-items/"+item+"/links/", map[string]any{"url": "https://a.example"}).ID()
		raw := x.ann.Must("POST", x.p+"issues/"+item+"/comments/", map[string]any{"comment_html": "<p>x</p>"}).ID()
		const odd = "<pre>\n\nx</pre><p>a  b<br></p>" // another cleaning would change it
		plain := x.ann.Must("POST", x.p+"issues/"+item+"/comments/", map[string]any{"comment_html": "<p>y</p>"}).ID()
		many := make([]*store.IssueComment, 450) // more than two batches
		err := s.App.DB.Write(t.Context(), x.ann.User.ID, func(tx *store.Tx) error {
			for _, set := range []struct {
				table, column, id string
				value             any
			}{
				{"issue_comments", "comment_html", raw, wicked}, {"issue_comments", "comment_html", plain, odd},
				{"pages", "description_html", page, wicked},
				{"issues", "description_html", item, wicked}, {"modules", "description_html", module,
					store.JSON(`"<script>1</script>"`)},
				{"modules", "logo_props", module, store.JSON(`{"emoji":{"url":"javascript:1"}}`)},
				{"issue_links", "url", link, "javascript:alert(1)"},
				{"projects", "cover_image", x.project, "javascript:alert(1)"},
				{"users", "avatar", x.ann.User.ID, "javascript:alert(1)"},
			} {
				if err := store.SetSanitizedText(tx, set.table, set.id, []string{set.column}, set.value); err != nil {
					return err
				}
			}
			at, err := store.IssueComments.Find(tx, raw)
			for i := range many {
				m := *at
				m.AuditFields, m.DescriptionID = store.AuditFields{}, nil
				m.CommentHTML = wicked
				many[i] = &m
			}
			if err != nil {
				return err
			}
			return store.IssueComments.Insert(tx, many...)
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := upgrade.Begin(t.Context(), s.App); err != nil {
			t.Fatal(err)
		}
		read := s.App.DB.Read(t.Context())
		x.until("the end of the cleaning", func() bool {
			waits, err := store.PendingUpgrade(read, "clean-kept-text")
			return err == nil && !waits
		})
		rows, err := store.IssueComments.List(read, dbx.HashExp{"issue_id": item})
		if err != nil || len(rows) != len(many)+2 {
			t.Fatalf("%d comments, %v", len(rows), err)
		}
		for _, m := range rows {
			if m.ID == plain {
				if m.CommentHTML != odd {
					t.Errorf("harmless: %q", m.CommentHTML)
				}
				continue
			}
			if runs([]byte(m.CommentHTML)) != "" || !strings.Contains(m.CommentHTML, "bold") ||
				strings.Contains(m.CommentStripped, "alert") {
				t.Errorf("a comment: %q, %q", m.CommentHTML, m.CommentStripped)
			}
		}
		for _, path := range []string{x.p + "pages/" + page + "/", x.p + "issues/" + item + "/",
			x.p + "modules/" + module + "/", x.p, "/api/users/me/", x.p + "issues/" + item + "/issue-links/"} {
			if a := x.ann.Must("GET", path, nil); runs(a.Raw) != "" {
				t.Errorf("%s: %s", path, a.Raw)
			}
		}
	})
}

// What Clean leaves is harmless, and what is harmful has something that it takes out.
func FuzzHarmful(f *testing.F) {
	f.Add(wicked)
	f.Add(`<p>x</p><a href="https://x" rel="noopener noreferrer">y</a>`)
	f.Fuzz(func(t *testing.T, s string) {
		if clean, err := richtext.Clean(s); err == nil && richtext.Harmful(clean) {
			t.Errorf("%q became %q, which is harmful", s, clean)
		}
	})
}
