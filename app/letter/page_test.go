package letter

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app/mail"
)

// What a letter says in both its parts: nothing is HTML but what is ours, and it links to the web only.
func TestPage(t *testing.T) {
	p := &page{Number: "P-1", Name: "<b>Pump</b>", Place: "Boats · Crew", Lead: "Ann worked on this.",
		URL: "https://x.test/P-1/", Stop: "javascript:alert(1)", StopWord: "Choose",
		Settings: "https://x.test/settings/", SettingsTo: "All settings",
		Open: "Open P-1", Why: "You follow P-1.", MoreLines: 2,
		Lines: []change{{Label: "State", Parts: []string{"Todo → Done", "and more"}, By: "Ann", When: "today"}},
		Said:  []quote{{By: "Ben", How: "wrote", When: "now", Lines: []string{"one", "<i>two</i>"}}}}
	want := `P-1 <b>Pump</b>
Boats · Crew

Ann worked on this.

State:
  Todo → Done
  and more
  (Ann, today)

Ben wrote (now):
> one
> <i>two</i>

2 more changes are in the app.

Open P-1: https://x.test/P-1/

-- 
You follow P-1.
Choose: javascript:alert(1)
All settings: https://x.test/settings/
`
	if got := p.text(); got != want {
		t.Errorf("the text is\n%s", got)
	}
	got, err := mail.Page("P-1", p.html())
	if err != nil {
		t.Fatal(err)
	}
	for _, part := range []string{`<a href="https://x.test/P-1/">P-1</a> &lt;b&gt;Pump&lt;/b&gt;</h1>`,
		`one<br>&lt;i&gt;two&lt;/i&gt;</blockquote>`, `<a href="#">Choose</a> · <a href="https://x.test/settings/">`,
		`">Todo → Done</dd><dd style="margin:0">and more</dd>`, "2 more changes are in the app.</p>"} {
		if !strings.Contains(got, part) {
			t.Errorf("the page has no %s:\n%s", part, got)
		}
	}
	if strings.Contains(got, "javascript:") {
		t.Error("the page links to a script")
	}
}
