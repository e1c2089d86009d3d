package mail

import (
	"cmp"
	"fmt"
	"net/url"
	"strings"
	"sync"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/embed"
)

// style is for programs that read style sheets; for the others the main things stand at the elements.
var style = sync.OnceValue(func() string {
	raw, err := embed.Mail.ReadFile("mail/style.css")
	if err != nil {
		panic("letters: " + err.Error()) // it is compiled in
	}
	return string(raw)
})

// Page is a letter for those who read HTML: its body in the frame that all have.
func Page(subject string, body ...g.Node) (string, error) {
	var b strings.Builder
	err := h.Doctype(h.HTML(h.Lang("en"),
		h.Head(
			h.Meta(h.Charset("utf-8")),
			h.Meta(h.Name("viewport"), h.Content("width=device-width, initial-scale=1")),
			h.Meta(h.Name("color-scheme"), h.Content("light dark")),
			h.TitleEl(g.Text(subject)),
			h.StyleEl(g.Raw(style())),
		),
		h.Body(h.Class("page"), h.Style("margin:0;padding:24px;background:#f4f5f7;"+
			"font:16px/1.5 -apple-system,'Segoe UI',Roboto,sans-serif;color:#222"),
			h.Div(h.Class("card"), h.Style("max-width:560px;margin:0 auto;padding:24px;background:#fff;border-radius:8px;"+
				"overflow-wrap:anywhere"), g.Group(body))))).Render(&b)
	if err != nil {
		return "", fmt.Errorf("letter: %w", err)
	}
	return b.String(), nil
}

// Link is a link with what stands in it; to an address that is none it leads nowhere.
func Link(to string, children ...g.Node) g.Node {
	return h.A(h.Href(app.SafeLink(to)), g.Group(children))
}

// Button is a link that stands out.
func Button(to, label string) g.Node {
	return Link(to, h.Class("button"), h.Style("display:inline-block;padding:10px 18px;background:#2457c5;"+
		"border-radius:6px;color:#fff;text-decoration:none"), g.Text(label))
}

// Foot is what stands below a line at the end.
func Foot(children ...g.Node) g.Node {
	return h.P(h.Class("quiet line"), h.Style("margin:24px 0 0;padding-top:12px;border-top:1px solid #dfe2e7;"+
		"font-size:13px;color:#5c6470"), g.Group(children))
}

// Host is how letters call the installation: the host of where the app is.
func Host(address string) string {
	if u, err := url.Parse(address); err == nil && u.Host != "" {
		return u.Host
	}
	return cmp.Or(address, "Sailplane")
}

// Domain is what stands behind the @ in what identifies letters of the installation.
func Domain(address string) string {
	if u, err := url.Parse(address); err == nil && u.Hostname() != "" {
		return strings.ReplaceAll(u.Hostname(), ":", "-") // of an address of IPv6
	}
	return "sailplane"
}
