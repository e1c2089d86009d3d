package richtext

import (
	"strings"

	"golang.org/x/net/html"
)

// Text returns the HTML's text without its tags, which the reference keeps as description_stripped and
// comment_stripped. Scripts and styles count as text. An empty description is stored as null, an empty
// comment as "": that is the caller's to decide. Plane: utils/html_processor.py
func Text(s string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return b.String()
		case html.TextToken:
			b.Write(z.Text())
		}
	}
}

// Mention is one `<mention-component>`: Name says of what ("user_mention", "issue"), Identifier of which.
type Mention struct{ Name, Identifier string }

// Mentions lists the mentions in the HTML that name somebody or something, in order, each once.
// Plane: bgtasks/notification_task.py, bgtasks/page_transaction_task.py
func Mentions(s string) []Mention {
	var list []Mention
	seen := map[Mention]bool{}
	z := html.NewTokenizer(strings.NewReader(s))
	for {
		switch z.Next() {
		case html.ErrorToken:
			return list
		case html.StartTagToken, html.SelfClosingTagToken:
			name, more := z.TagName()
			if string(name) != "mention-component" {
				continue
			}
			m := mention(z, more)
			if m.Identifier != "" && !seen[m] {
				seen[m] = true
				list = append(list, m)
			}
		}
	}
}

func mention(z *html.Tokenizer, more bool) Mention {
	var m Mention
	for more {
		var key, val []byte
		key, val, more = z.TagAttr()
		switch string(key) {
		case "entity_name":
			m.Name = string(val)
		case "entity_identifier":
			m.Identifier = string(val)
		}
	}
	return m
}
