package document

import (
	"strings"

	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/embed"
)

// PlainText returns the words of the text, a line of text on a line. A mention is "@" and what it names.
func (n Node) PlainText() string {
	var b strings.Builder
	n.plainText(&b, Page.schema())
	return strings.TrimSuffix(b.String(), "\n")
}

func (n Node) plainText(b *strings.Builder, s *schema) {
	switch n.Type {
	case "text":
		b.WriteString(n.Text)
	case "hardBreak":
		b.WriteByte('\n')
	case "emoji":
		b.WriteString(emoji(n.Attrs["name"]))
	case "mention":
		b.WriteString("@" + shown(n.Attrs["entity_identifier"]))
	}
	for _, child := range n.Content {
		child.plainText(b, s)
	}
	if t := s.nodes[n.Type]; t != nil && t.inlineContent() {
		b.WriteByte('\n')
	}
}

// Mentions lists the mentions that name somebody or something, in order, each once.
func (n Node) Mentions() []richtext.Mention {
	var list []richtext.Mention
	seen := map[richtext.Mention]bool{}
	n.walk(func(n Node) {
		if n.Type != "mention" || n.Attrs["entity_identifier"] == nil {
			return
		}
		m := richtext.Mention{Identifier: shown(n.Attrs["entity_identifier"])}
		if name := n.Attrs["entity_name"]; name != nil {
			m.Name = shown(name)
		}
		if m.Identifier != "" && !seen[m] {
			seen[m] = true
			list = append(list, m)
		}
	})
	return list
}

func (n Node) walk(visit func(Node)) {
	visit(n)
	for _, child := range n.Content {
		child.walk(visit)
	}
}

// emoji returns the sign of that name, or the name between colons.
func emoji(value any) string {
	name := shown(value)
	at := -1
	for _, end := range []string{" ", "\n"} {
		if i := strings.Index(embed.Emojis, " "+name+end); i >= 0 && (at < 0 || i < at) {
			at = i
		}
	}
	if at < 0 || name == "" || strings.ContainsAny(name, " \n") {
		return ":" + name + ":"
	}
	line := embed.Emojis[strings.LastIndexByte(embed.Emojis[:at], '\n')+1:]
	sign, _, _ := strings.Cut(line, " ")
	return sign
}
