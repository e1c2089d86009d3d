package pql

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// kind says what a token is.
type kind int

const (
	end    kind = iota
	word        // a name or a keyword
	quoted      // "…" or '…', without its quotes
	number      // digits, perhaps with a sign and a fraction
	symbol      // an operator, a comma, a bracket
)

// token is a word of a query.
type token struct {
	kind kind
	text string
	at   int // its place, counted in characters from 1
}

// is says whether the token is that keyword or symbol.
func (t token) is(text string) bool {
	return t.kind == symbol && t.text == text || t.kind == word && strings.EqualFold(t.text, text)
}

// String is how a refusal names the token.
func (t token) String() string {
	switch t.kind {
	case end:
		return "the end"
	case quoted:
		return strconv.Quote(t.text)
	}
	return "\"" + t.text + "\""
}

// symbols are the operators and brackets, longer ones first.
var symbols = []string{"!=", ">=", "<=", "=", ">", "<", "~", "(", ")", "[", "]", ","}

// lex cuts a query into tokens; the last one is the end.
func lex(text string) ([]token, error) {
	var all []token
	at := 1
	for rest := text; rest != ""; {
		r, size := utf8.DecodeRuneInString(rest)
		if unicode.IsSpace(r) {
			rest, at = rest[size:], at+1
			continue
		}
		t, length, err := next(rest, r, at)
		if err != nil {
			return nil, err
		}
		all = append(all, t)
		at += utf8.RuneCountInString(rest[:length])
		rest = rest[length:]
	}
	return append(all, token{kind: end, at: at}), nil
}

// next reads the token that a text begins with, and how many bytes it is long.
func next(rest string, first rune, at int) (token, int, error) {
	switch {
	case first == '"' || first == '\'':
		return lexQuoted(rest, first, at)
	case isDigit(first) || first == '-' && len(rest) > 1 && isDigit(rune(rest[1])):
		n := 1 + span(rest[1:], func(r rune) bool { return isDigit(r) || r == '.' })
		return token{number, rest[:n], at}, n, nil
	case isLetter(first):
		n := span(rest, func(r rune) bool { return isLetter(r) || isDigit(r) })
		return token{word, rest[:n], at}, n, nil
	}
	for _, s := range symbols {
		if strings.HasPrefix(rest, s) {
			return token{symbol, s, at}, len(s), nil
		}
	}
	return token{}, 0, fault(at, "%q has no meaning here.", string(first))
}

func isDigit(r rune) bool  { return r >= '0' && r <= '9' }
func isLetter(r rune) bool { return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r == '_' }

// span is how many bytes a text begins with whose characters are such.
func span(text string, such func(r rune) bool) int {
	if n := strings.IndexFunc(text, func(r rune) bool { return !such(r) }); n >= 0 {
		return n
	}
	return len(text)
}

// lexQuoted reads a text in quotes; a backslash takes the next character as it is.
func lexQuoted(rest string, quote rune, at int) (token, int, error) {
	var b strings.Builder
	escaped := false
	for n, r := range rest {
		switch {
		case n == 0:
		case escaped:
			b.WriteRune(r)
			escaped = false
		case r == '\\':
			escaped = true
		case r == quote:
			return token{quoted, b.String(), at}, n + 1, nil
		default:
			b.WriteRune(r)
		}
	}
	return token{}, 0, fault(at, "The text that begins here has no closing quote.")
}
