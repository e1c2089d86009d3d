package markup

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf8"
)

// marks are the characters around words, and their elements.
var marks = map[byte]string{'*': "strong", '_': "em", '-': "s", '+': "u", '^': "sup", '~': "sub"}

// deepestInline is how deep marks may stand in each other.
const deepestInline = 8

// inline writes the markup within a line.
func inline(b *strings.Builder, s string, depth int) {
	var without [256]bool // marks that have no end in the rest of the line
	for i := 0; i < len(s); {
		if n := special(b, s, i, depth, &without); n > 0 {
			i += n
			continue
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		b.WriteString(html.EscapeString(s[i : i+size]))
		i += size
	}
}

// special writes what stands at i if it is markup, and returns how long it is; 0: it is none.
func special(b *strings.Builder, s string, i, depth int, without *[256]bool) int {
	rest := s[i:]
	switch c := s[i]; {
	case c == '\\' && strings.HasPrefix(rest, `\\`):
		b.WriteString("<br>")
		return 2
	case c == '\\' && len(rest) > 1 && strings.IndexByte("*_-+^~{}[]|!?#", rest[1]) >= 0:
		b.WriteString(html.EscapeString(rest[1:2]))
		return 2
	case c == '{' && !without[c]:
		return macro(b, rest, &without[c])
	case c == '[' && !without[c]:
		return link(b, rest, depth, &without[c])
	case c == '!' && !without[c]:
		return picture(b, rest, &without[c])
	case marks[c] != "" && !without[c] && depth < deepestInline:
		return marked(b, s, i, depth, &without[c])
	}
	return 0
}

// marked writes *words* and the like.
func marked(b *strings.Builder, s string, i, depth int, without *bool) int {
	if i+1 >= len(s) || s[i+1] == ' ' || s[i+1] == s[i] || wordBefore(s, i) {
		return 0
	}
	for j := i + 2; j < len(s); j++ {
		if s[j] == s[i] && s[j-1] != ' ' && !wordAfter(s, j+1) {
			name := marks[s[i]]
			b.WriteString("<" + name + ">")
			inline(b, s[i+1:j], depth+1)
			b.WriteString("</" + name + ">")
			return j + 1 - i
		}
	}
	*without = true
	return 0
}

func wordBefore(s string, i int) bool {
	r, _ := utf8.DecodeLastRuneInString(s[:i])
	return i > 0 && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func wordAfter(s string, i int) bool {
	r, _ := utf8.DecodeRuneInString(s[i:])
	return i < len(s) && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

// macro writes {{code}}, and leaves out {color} and {anchor}.
func macro(b *strings.Builder, rest string, without *bool) int {
	if strings.HasPrefix(rest, "{{") {
		end := strings.Index(rest, "}}")
		if end < 0 {
			*without = true
			return 0
		}
		b.WriteString("<code>" + html.EscapeString(rest[2:end]) + "</code>")
		return end + 2
	}
	for _, name := range []string{"{color", "{anchor", "{quote", "{code", "{noformat", "{panel"} {
		if strings.HasPrefix(rest, name) {
			if end := strings.IndexByte(rest, '}'); end > 0 && end < 80 {
				return end + 1
			}
		}
	}
	return 0
}

// link writes [text|address], [address] and [~somebody].
func link(b *strings.Builder, rest string, depth int, without *bool) int {
	end := strings.IndexByte(rest, ']')
	if end < 0 {
		*without = true
		return 0
	}
	inside := rest[1:end]
	if who, ok := strings.CutPrefix(inside, "~"); ok {
		b.WriteString("@" + html.EscapeString(strings.TrimPrefix(who, "accountid:")))
		return end + 1
	}
	text, address, named := strings.Cut(inside, "|")
	if !named {
		text, address = strings.TrimPrefix(inside, "mailto:"), inside
	}
	address, _, _ = strings.Cut(address, "|")
	if !strings.Contains(address, "://") && !strings.HasPrefix(address, "mailto:") {
		return 0
	}
	b.WriteString(`<a href="` + html.EscapeString(strings.TrimSpace(address)) + `">`)
	if depth < deepestInline {
		inline(b, text, deepestInline)
	}
	b.WriteString("</a>")
	return end + 1
}

// picture names what is shown in a text; the file itself is an attachment.
func picture(b *strings.Builder, rest string, without *bool) int {
	end := strings.IndexByte(rest[1:], '!')
	if end < 0 {
		*without = true
		return 0
	}
	name, _, _ := strings.Cut(rest[1:1+end], "|")
	if name == "" || strings.ContainsAny(name, " \t") || !strings.Contains(name, ".") {
		return 0
	}
	if strings.HasPrefix(name, "https://") || strings.HasPrefix(name, "http://") {
		b.WriteString(`<a href="` + html.EscapeString(name) + `">` + html.EscapeString(name) + `</a>`)
	} else {
		b.WriteString("<em>" + html.EscapeString(name) + "</em>")
	}
	return end + 2
}
