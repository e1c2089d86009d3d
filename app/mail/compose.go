package mail

import (
	"cmp"
	"fmt"
	"regexp"
	"strings"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/embed"
)

// Compose writes a letter of embed/mail, for readers of text and of HTML. Every letter says which installation it comes
// from.
func Compose(name, host string, data map[string]string) (subject, text, page string, err error) {
	told := holes(name, host, data)
	subject, body, err := fill(name, told)
	if err != nil {
		return "", "", "", err
	}
	foot := Say("foot", told["host"])
	page, err = Page(subject, paragraphs(body), Foot(g.Text(foot)))
	return subject, body + "\n\n-- \n" + foot + "\n", page, err
}

// fill fills a letter in. A paragraph in which nothing is left to be said is left out.
func fill(name string, told map[string]string) (subject, body string, err error) {
	raw, err := embed.Mail.ReadFile("mail/" + name + ".txt")
	if err != nil {
		return "", "", fmt.Errorf("letter %s: %w", name, err)
	}
	var filled []string // the subject, then the paragraphs
	for i, part := range strings.Split(strings.TrimSpace(string(raw)), "\n\n") {
		text, err := embed.Fill(part, told)
		if err != nil {
			return "", "", fmt.Errorf("letter %s: %w", name, err)
		}
		if i == 0 || text != "" {
			filled = append(filled, text)
		}
	}
	return filled[0], strings.Join(filled[1:], "\n\n"), nil
}

// holes are what a letter is filled in with: what it was told, each on one line, so that no name makes paragraphs or a
// link of its own, and what follows from that.
func holes(name, host string, data map[string]string) map[string]string {
	told := map[string]string{"host": host}
	for key, value := range data {
		switch key {
		case FileText:
		case Items:
			told[key] = value
		default:
			told[key] = OneLine(value)
		}
	}
	switch name {
	case "account-closed":
		told["how"] = Say("closed.ask")
		if told["barred"] != "" {
			told["how"], told["url"] = Say("closed.barred"), ""
		}
	case "new-device", "second-factor":
		if what := told["what"]; what != "" {
			told["subject"], told["deed"] = Say("factor."+what), Say("factor."+what+"-deed")
		}
		told["url"] = ""
		if told[App] != "" {
			told["url"] = told[App] + "/console/account/"
		}
	case "reminder":
		told["hello"] = Say("reminder.hello")
		if told["name"] != "" {
			told["hello"] = Say("reminder.hello-name", told["name"])
		}
		if at := cmp.Or(told[Stop], told["settings"]); at != "" {
			told[Stop] = at
		}
	}
	told["end"] = ":" // of a sentence before the address, if there is one
	if told["url"] == "" {
		told["end"] = "."
	}
	return told
}

var (
	linkLine = regexp.MustCompile(`^https?://\S+$`)
	codeLine = regexp.MustCompile(`^\d{6}$`)
)

// paragraphs are those of a text, for readers of HTML. One link is a button; of several nobody would know which opens
// what, so they are shown as they are.
func paragraphs(text string) g.Node {
	all, links := strings.Split(text, "\n\n"), 0
	for _, p := range all {
		if linkLine.MatchString(p) {
			links++
		}
	}
	return g.Map(all, func(p string) g.Node {
		switch {
		case linkLine.MatchString(p) && links > 1:
			return h.P(h.Style("margin:-12px 0 16px;font-size:13px;word-break:break-all"), Link(p, g.Text(p)))
		case linkLine.MatchString(p):
			return g.Group{h.P(Button(p, Say("link.open"))),
				h.P(h.Class("quiet"), h.Style("font-size:13px;color:#5c6470;word-break:break-all"), g.Text(p))}
		case codeLine.MatchString(p):
			return h.P(h.Style("font-size:28px;letter-spacing:6px;font-weight:600"), g.Text(p))
		}
		return h.P(g.Text(p))
	})
}
