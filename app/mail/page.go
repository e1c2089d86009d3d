package mail

import (
	"bytes"
	"cmp"
	"fmt"
	"html/template"
	"net/url"
	"strings"
	"sync"

	"github.com/sailplane/sailplane/embed"
)

// bodies are the templates of what stands in the frame of layout.html: of plain paragraphs, and of work.
var bodies = sync.OnceValue(func() map[string]*template.Template {
	frame := template.Must(template.ParseFS(embed.Mail, "mail/layout.html"))
	all := map[string]*template.Template{}
	for _, name := range []string{"paragraphs", "work"} {
		all[name] = template.Must(template.Must(frame.Clone()).ParseFS(embed.Mail, "mail/"+name+".html"))
	}
	return all
})

// HTML is a letter for those who read HTML: a template of embed/mail in the frame that all have. Data has Subject and
// Host, and what the template asks for.
func HTML(body string, data any) (string, error) {
	var page bytes.Buffer
	if err := bodies()[body].ExecuteTemplate(&page, "layout.html", data); err != nil {
		return "", fmt.Errorf("letter: %w", err)
	}
	return page.String(), nil
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
