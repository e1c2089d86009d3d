package letter

import (
	"strings"

	"golang.org/x/net/html"

	"github.com/sailplane/sailplane/app/mail"
)

const (
	mostText  = 1200 // characters of a comment in a letter
	mostLines = 25
	mostRead  = 64 << 10 // bytes of a text that are looked through
)

// blocks are the elements that begin a line of their own.
var blocks = map[string]bool{"p": true, "div": true, "br": true, "li": true, "ul": true, "ol": true, "h1": true,
	"h2": true, "h3": true, "h4": true, "h5": true, "h6": true, "blockquote": true, "pre": true, "tr": true, "table": true,
	"hr": true}

// spoken is a comment or a description as text, without its tags, named gives the names of people by their ids. Nothing
// that it returns is HTML.
func spoken(source string, named func(id string) string) string {
	var b strings.Builder
	z := html.NewTokenizer(strings.NewReader(source))
	hidden := ""
	for b.Len() < mostRead {
		kind := z.Next()
		if kind == html.ErrorToken {
			break
		}
		token := z.Token()
		switch {
		case hidden != "":
			if kind == html.EndTagToken && token.Data == hidden {
				hidden = ""
			}
		case kind == html.TextToken:
			b.WriteString(token.Data)
		case token.Data == "script" || token.Data == "style":
			if kind == html.StartTagToken {
				hidden = token.Data
			}
		case kind == html.StartTagToken || kind == html.SelfClosingTagToken:
			begin(&b, token, named)
		case kind == html.EndTagToken && blocks[token.Data]:
			b.WriteByte('\n')
		}
	}
	return tidy(b.String())
}

func begin(b *strings.Builder, token html.Token, named func(id string) string) {
	switch token.Data {
	case "mention-component":
		if is := attribute(token, "entity_name"); is == "user_mention" || is == "" {
			b.WriteString("@" + named(attribute(token, "entity_identifier")))
		} else {
			b.WriteString(say("said.item"))
		}
	case "img", "image-component":
		b.WriteString(say("said.image"))
	case "li":
		b.WriteString("\n- ")
	case "td", "th":
		b.WriteByte(' ')
	default:
		if blocks[token.Data] {
			b.WriteByte('\n')
		}
	}
}

func attribute(token html.Token, name string) string {
	for _, a := range token.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

// tidy leaves no empty lines.
func tidy(s string) string {
	var lines []string
	for line := range strings.Lines(s) {
		if line = mail.OneLine(line); line != "" && line != "-" {
			lines = append(lines, line)
		}
	}
	return strings.Join(lines, "\n")
}

// excerpt is a text of a length that fits a letter; of a longer one, from the line on in which a word stands.
func excerpt(text, word string) string {
	lines := strings.Split(text, "\n")
	if len(lines) > mostLines || len([]rune(text)) > mostText {
		for i, line := range lines {
			if word != "" && strings.Contains(line, word) {
				if lines = lines[i:]; i > 0 {
					lines = append([]string{"…"}, lines...)
				}
				break
			}
		}
	}
	if len(lines) > mostLines {
		lines = append(lines[:mostLines:mostLines], "…")
	}
	return shorten(strings.Join(lines, "\n"), mostText)
}
