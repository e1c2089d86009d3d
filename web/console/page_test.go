package console

import (
	"strings"
	"testing"

	"golang.org/x/net/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
)

const evil = `javascript:alert("1")</title></script><script>alert(2)</script>`

// Whatever people, settings and builds are called, a page links to the web and to itself only, and nothing of theirs is
// HTML.
func TestNothingOfTheirsRuns(t *testing.T) {
	address := evil
	u := &store.User{Email: &address, DisplayName: evil, FirstName: evil}
	w := &store.Workspace{Name: evil, Slug: evil}
	for name, s := range map[string]screen{
		"account":    {Body: accountPage{User: u, Tracker: evil, Ways: []connection{{Name: evil, Connect: evil}}}.body},
		"frontends":  {Body: frontendsPage{Folder: evil, AppURL: evil, AdminURL: evil, Warnings: []string{evil}}.body},
		"invitation": {Body: invitationPage{Path: evil, Token: evil, Workspace: evil, Email: evil, Passwords: true}.body},
		"jobs":       {Body: jobsPage{Webhooks: []webhook.Known{{URL: evil, Workspace: evil}}}.body},
		"letters":    {Body: lettersPage{Known: true, Number: evil, Kinds: []string{evil}, Settings: evil}.body},
		"link":       {Body: linkPage{Email: evil, Link: evil, Back: evil, Hint: "link.hint"}.body},
		"people":     {Body: peoplePage{People: []store.KnownUser{{User: *u}}, Pager: pager{Before: evil}}.body},
		"person":     {Heading: evil, Body: personPage{User: u}.body},
		"providers":  {Body: providersPage{Settings: app.Settings{"X": evil}, Providers: []provider{{Name: evil, ID: "X"}}}.body},
		"setup":      {Body: setupPage{AdminPages: evil}.body},
		"sign-in":    {Body: signInPage{Next: evil, Passwords: true, Elsewhere: []wayElse{{evil, evil}}}.body},
		"signed-out": {Body: signedOutBody(evil)},
		"workspace":  {Heading: evil, Body: workspacePage{w, u}.body},
	} {
		s.Page = name
		page := written(t, view{screen: s, User: &visitor{Name: evil}, Path: evil, CSRF: evil,
			look: look{Fault: evil, Sent: map[string]string{"email": evil, "name": evil}}}.layout())
		root, err := html.Parse(strings.NewReader(page))
		if err != nil {
			t.Fatal(err)
		}
		seen := false
		for n := range root.Descendants() {
			if n.Data == "script" && n.FirstChild != nil {
				t.Errorf("%s: a script: %s", name, n.FirstChild.Data)
			}
			for _, a := range n.Attr {
				seen = seen || a.Val == evil
				if (a.Key == "href" || a.Key == "action" || a.Key == "src") && strings.HasPrefix(a.Val, "javascript:") {
					t.Errorf("%s: <%s> leads to %s", name, n.Data, a.Val)
				}
			}
		}
		if !seen || !strings.Contains(page, "alert(2)") {
			t.Errorf("%s: nothing of theirs is on the page", name)
		}
	}
}
