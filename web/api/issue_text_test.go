package api_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// exact decodes JSON without touching its numbers.
func exact(t *testing.T, raw []byte) (v any) {
	t.Helper()
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}

// field is a key of an answer, its numbers untouched.
func field(t *testing.T, a webtest.Answer, keys ...string) any {
	t.Helper()
	v := exact(t, a.Raw)
	for _, k := range keys {
		v = v.(map[string]any)[k]
	}
	return v
}

// texts are documents of the editor, and what is no document at all.
var texts = map[string]string{
	"document":     `{"type": "doc", "content": [{"type": "paragraph", "attrs": {"level": 1, "textAlign": null}, "content": [{"type": "text", "text": "Grüße, 世界 😀 \u200d \"q\" <b>&amp;"}]}]}`,
	"empty":        `{}`,
	"list":         `[1, "two", null, true, [], {}]`,
	"numbers":      `{"large": 12345678901234567890, "exact": 9007199254740993, "half": 0.5, "minus": -1}`,
	"odd keys":     `{"": 1, " ": 2, "a.b": 3, "ключ": 4, "__proto__": 5}`,
	"text as JSON": `"just text"`,
}

func TestDocumentsOfDescriptionsAreKept(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, items := tracker(t, s)
		for name, doc := range texts {
			t.Run(name, func(t *testing.T) {
				want := exact(t, []byte(doc))
				body := func(field string) string {
					return `{"name": "item", "description_html": "<p>x</p>", "` + field + `": ` + doc + `}`
				}
				// PUT returns what is kept.
				made := ann.Must("POST", items, body("description_json")).ID()
				if diff := cmp.Diff(want,
					field(t, ann.Must("PUT", items+made+"/", `{"name": "item"}`), "description_json")); diff != "" {
					t.Errorf("created: %s", diff)
				}
				changed := ann.Must("POST", items, `{"name": "item"}`).ID()
				ann.Must("PATCH", items+changed+"/", body("description_json"))
				ann.Must("PATCH", items+changed+"/", `{"priority": "low"}`)
				if diff := cmp.Diff(want,
					field(t, ann.Must("PUT", items+changed+"/", `{"name": "other"}`), "description_json")); diff != "" {
					t.Errorf("changed: %s", diff)
				}
				first := exact(t, ann.Must("GET", items+made+"/history/?activity_type=issue-property",
					nil).Raw).([]any)[0].(map[string]any)
				if diff := cmp.Diff(want, first["issue_detail"].(map[string]any)["description_json"]); diff != "" {
					t.Errorf("history: %s", diff)
				}
				versions := items[:len(items)-len("issues/")] + "work-items/" + made + "/description-versions/"
				v := ann.Must("GET", versions, nil).At("results").([]any)[0].(map[string]any)["id"].(string)
				if diff := cmp.Diff(want, field(t, ann.Must("GET", versions+v+"/", nil), "description_json")); diff != "" {
					t.Errorf("version: %s", diff)
				}
			})
		}
	})
}

func TestHTMLOfDescriptionsIsTheSameEverywhere(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, items := tracker(t, s)
		key := ann.WithKey()
		program := "/api/v1" + items[len("/api"):]
		for sent, want := range map[string]string{
			`<p class="editor">Grüße &amp; <b>mehr</b></p>`: `<p class="editor">Grüße &amp; <b>mehr</b></p>`,
			`<p>a<script>alert(1)</script></p>`:             `<p>a</p>`,
			`<p><a href="javascript:x">a</a></p>`:           `<p><a rel="noopener noreferrer">a</a></p>`,
			``:                                              ``,
		} {
			made := ann.Must("POST", items, map[string]any{"name": "item", "description_html": sent}).ID()
			changed := ann.Must("POST", items, map[string]any{"name": "item", "description_html": "<p>before</p>"}).ID()
			ann.Must("PATCH", items+changed+"/", map[string]any{"description_html": sent})
			for _, id := range []string{made, changed} {
				ann.Must("PATCH", items+id+"/", map[string]any{"priority": "low"}) // which leaves it alone
				for where, got := range map[string]any{
					"detail":     ann.Must("GET", items+id+"/", nil).At("description_html"),
					"put":        ann.Must("PUT", items+id+"/", map[string]any{"name": "item"}).At("description_html"),
					"public API": key.Must("GET", program+id+"/", nil).At("description_html")} {
					if got != want {
						t.Errorf("%q in the %s: %q, want %q", sent, where, got, want)
					}
				}
			}
		}
	})
}

// The binary form comes with imports; nothing but a new text (see TestHTMLOfAWorkItemIsWhatItsDocumentSays) writes it
// here, and nothing loses it.
func TestBinariesOfDescriptionsAreKept(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		ann, items := tracker(t, s)
		key := ann.WithKey()
		program := "/api/v1" + items[len("/api"):]
		id := ann.Must("POST", items, map[string]any{"name": "item", "description_html": "<p>x</p>"}).ID()
		binary := make([]byte, 256)
		for i := range binary {
			binary[i] = byte(i)
		}
		err := s.App.DB.Write(t.Context(), "", func(tx *store.Tx) error {
			return store.Issues.SetWhere(tx, dbx.Params{"description_binary": binary}, dbx.HashExp{"id": id})
		})
		if err != nil {
			t.Fatal(err)
		}
		for _, change := range []map[string]any{nil, {"name": "other"},
			{"description_json": map[string]any{"a": 1}}} {
			if change != nil {
				ann.Must("PATCH", items+id+"/", change)
				key.Must("PATCH", program+id+"/", map[string]any{"priority": "low"})
			}
			want := base64.StdEncoding.EncodeToString(binary)
			list := key.Must("GET", program, nil).At("results").([]any)[0].(map[string]any)["description_binary"]
			for where, got := range map[string]any{"public API": key.Must("GET", program+id+"/", nil).At("description_binary"),
				"its list": list, "answer of a PUT": ann.Must("PUT", items+id+"/",
					map[string]any{"name": "item"}).At("description_binary")} {
				if got != want {
					t.Errorf("after %v in the %s: %v", change, where, got)
				}
			}
		}
	})
}
