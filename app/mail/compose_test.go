package mail

import (
	"io/fs"
	"maps"
	"strings"
	"testing"

	"golang.org/x/net/html"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/embed"
)

const link = "https://tracker.example.org/a?b=c&d=1"

// letters are all letters, with what they are told and what only one of their cases says.
var letters = []struct {
	name string
	told map[string]string
	says string
}{
	{"account-closed", map[string]string{"name": "Ann", "url": link}, "reset your password and sign in:\n\n" + link + "\n"},
	{"account-closed", map[string]string{"name": "Ann", "url": ""}, "reset your password and sign in.\n\n-- \n"},
	{"account-closed", map[string]string{"name": "Ann", "url": link, "barred": "yes"},
		"\n\nOnly those who run the server can open it again.\n\n-- \n"},
	{"account-deleted", map[string]string{"name": "Ann"}, "Hello Ann,"},
	{"account-invitation", map[string]string{"name": "Ann", "inviter": "Ben", "email": "a@example.org", "url": link},
		"Ben has made an account for you, a@example.org."},
	{"account-opened", map[string]string{"name": "Ann", "url": link}, "Welcome back:\n\n" + link + "\n\nIf it was"},
	{"account-opened", map[string]string{"name": "Ann", "url": ""}, "Welcome back.\n\nIf it was"},
	{"backup-failed", map[string]string{"when": "today", "place": "a bucket", "fault": "It is full."},
		"\n\nIt is full.\n\n"},
	{"code", map[string]string{"code": "123456"}, "\n\n123456\n\n"},
	{"email-change", map[string]string{"code": "123456"}, "\n\n123456\n\n"},
	{"email-changed", map[string]string{"email": "a@example.org"}, "is a@example.org from now on"},
	{"figure-ready", map[string]string{"workspace": "Crew", FileText: "a,b"}, "the figures of Crew that"},
	{"new-device", map[string]string{"name": "Ann", "browser": "Firefox on Linux", "ip": "192.0.2.1", "at": "Monday",
		App: "https://x.test"}, "on the page of your account:\n\nhttps://x.test/console/account/\n\n-- \n"},
	{"new-device", map[string]string{"name": "Ann", "browser": "Firefox on Linux", "ip": "192.0.2.1", "at": "Monday"},
		"on the page of your account.\n\n-- \n"},
	{"second-factor", map[string]string{"name": "Ann", "what": "reset", App: "https://x.test"},
		"an administrator has reset the second factor of your account, and ended your sessions."},
	{"second-factor", map[string]string{"name": "Ann", "what": "used"}, "on the page of your account.\n\n-- \n"},
	{"password-reset", map[string]string{"name": "Ann", "email": "a@example.org", "url": link}, "\n\n" + link + "\n\n"},
	{"project-added", map[string]string{"name": "Ann", "adder": "Ben", "project": "P", "workspace": "Crew", "url": link},
		"from now on:\n\n" + link + "\n\n-- \n"},
	{"project-added", map[string]string{"name": "Ann", "adder": "Ben", "project": "P", "workspace": "Crew", "url": ""},
		"from now on.\n\n-- \n"},
	{"reminder", map[string]string{"subject": "Due", "name": "Ann", Items: "One\n\n" + link, "more": "2 more are due.",
		"settings": link + "2", Stop: link + "3"},
		"Hello Ann,\n\nthese work items are assigned to you, and they are not done yet.\n\nOne\n\n" + link +
			"\n\n2 more are due.\n\nTo get no more reminders:\n\n" + link + "3\n"},
	{"reminder",
		map[string]string{"subject": "Due", "name": "", Items: "One\n\n" + link, "more": "", "settings": link + "2"},
		"Hello,\n\nthese work items are assigned to you, and they are not done yet.\n\nOne\n\n" + link +
			"\n\nTo get no more reminders:\n\n" + link + "2\n"},
	{"webhook-stopped", map[string]string{"url": link}, "your webhook at " + link + " could"},
	{"workspace-invitation", map[string]string{"workspace": "Crew", "inviter": "Ben", "link": link}, "\n\n" + link + "\n"},
}

// Every letter is written from what it is told, whole: nothing stays open in it, and it says where it comes from.
func TestLetters(t *testing.T) {
	files, err := fs.Glob(embed.Mail, "mail/*.txt")
	if err != nil || len(files) < 10 {
		t.Fatalf("%v, %v", files, err)
	}
	all := strings.Join(files, " ")
	for _, l := range letters {
		all = strings.ReplaceAll(all, "mail/"+l.name+".txt", "")
		subject, text, page, err := Compose(l.name, "tracker.example.org", l.told)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(text, l.says) || !strings.HasSuffix(text, "\n\n-- \nThis letter was sent by tracker.example.org.\n") ||
			strings.Contains(text, "\n\n\n") || strings.Contains(subject+text+page, "${") || strings.ContainsAny(subject, "\n") {
			t.Errorf("%s: %q\n%s", l.name, subject, text)
		}
		if !strings.Contains(page, "<title>"+html.EscapeString(subject)+"</title>") {
			t.Errorf("%s: %s", l.name, page)
		}
	}
	if left := strings.TrimSpace(strings.ReplaceAll(all, "mail/words.txt", "")); left != "" {
		t.Errorf("no test writes %s", left)
	}
}

// A letter that is not told something is refused where it is left to be sent, rather than sent with a word missing.
func TestALetterIsToldEverything(t *testing.T) {
	a := &app.App{Secret: []byte(strings.Repeat("x", 32))}
	for _, l := range letters {
		if _, err := New(a, "ann@example.org", l.name, l.told); err != nil {
			t.Errorf("%s: %v", l.name, err)
		}
		for key := range l.told {
			switch {
			case key == FileText || key == "barred" || key == App || l.told["barred"] != "" && key == "url":
				continue // which the text has no place for
			case l.name == "reminder" && (key == "name" || key == Stop || key == "settings" && l.told[Stop] != ""):
				continue // nobody is called by name, or the other address is told
			}
			less := maps.Clone(l.told)
			delete(less, key)
			if _, err := New(a, "ann@example.org", l.name, less); err == nil {
				t.Errorf("%s without %s: %v", l.name, key, err)
			}
		}
	}
}

// Whatever somebody is called, a letter keeps its paragraphs and its links: a name adds none, and nothing in it is HTML
// or filled in again.
func TestNamesStayNames(t *testing.T) {
	bad := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"x\n\nhttps://evil.test/", "${host}", "${url}",
		"<a href=https://evil.test>x</a>", "\r\n\r\n123456\r\n\r\n", "x\u2028\u2029y", "javascript:alert(1)"}))
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(letters).Draw(t, "letter")
		_, before, page, err := Compose(l.name, "tracker.example.org", l.told)
		if err != nil {
			t.Fatal(err)
		}
		told := map[string]string{}
		for key, value := range l.told {
			told[key] = value
			switch key {
			case "name", "inviter", "adder", "workspace", "project", "email", "place":
				told[key] = "x " + bad.Draw(t, key) + " x"
			}
		}
		subject, text, filled, err := Compose(l.name, "tracker.example.org", told)
		if err != nil || strings.ContainsAny(subject, "\r\n") {
			t.Fatalf("%q, %v", subject, err)
		}
		if a, b := strings.Count(before, "\n"), strings.Count(text, "\n"); a != b {
			t.Errorf("%d lines became %d: %q", a, b, text)
		}
		if a, b := shape(page), shape(filled); a != b {
			t.Errorf("%s became %s", a, b)
		}
	})
}

// shape is the elements of a page and where it links to.
func shape(page string) string {
	var b strings.Builder
	for z := html.NewTokenizer(strings.NewReader(page)); z.Next() != html.ErrorToken; {
		if token := z.Token(); token.Type == html.StartTagToken {
			b.WriteString("<" + token.Data)
			for _, a := range token.Attr {
				if a.Key == "href" {
					b.WriteString(" " + a.Val)
				}
			}
		}
	}
	return b.String()
}
