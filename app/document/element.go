package document

import (
	"math"
	"regexp"
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// element is an element of HTML as it comes in.
type element struct{ *html.Node }

func (e element) lookup(name string) (string, bool) {
	name = strings.ToLower(name)
	for _, a := range e.Attr {
		if a.Namespace == "" && a.Key == name {
			return a.Val, true
		}
	}
	return "", false
}

func (e element) attr(name string) string {
	value, _ := e.lookup(name)
	return value
}

// style returns what the element's own style says of a property, in small letters; "" for nothing.
func (e element) style(property string) string {
	found := ""
	for rest := e.attr("style"); rest != ""; {
		var one string
		one, rest = declaration(rest)
		name, value, ok := strings.Cut(one, ":")
		if !ok || !strings.EqualFold(strings.TrimSpace(name), property) {
			continue
		}
		value = strings.TrimSpace(strings.ToLower(value))
		found = strings.TrimSpace(strings.TrimSuffix(value, "!important"))
	}
	return found
}

// declaration cuts the first declaration off a style. A ";" within brackets, as data: addresses have it, is none.
func declaration(style string) (one, rest string) {
	depth := 0
	for i := range len(style) {
		switch style[i] {
		case '(':
			depth++
		case ')':
			depth--
		case ';':
			if depth <= 0 {
				return style[:i], style[i+1:]
			}
		}
	}
	return style, ""
}

// text reads an attribute as the text that it is.
func text(name string) func(element) any {
	return func(e element) any {
		if value, ok := e.lookup(name); ok {
			return value
		}
		return nil
	}
}

var number = regexp.MustCompile(`^[+-]?(?:\d*\.)?\d+$`)

// plainValue reads an attribute as the editor does where it is told nothing else: "true", "false" and numbers are what
// they say.
func plainValue(name string) func(element) any {
	return func(e element) any {
		value, ok := e.lookup(name)
		switch {
		case !ok:
			return nil
		case value == "true", value == "false":
			return value == "true"
		case number.MatchString(value):
			if f, err := strconv.ParseFloat(value, 64); err == nil {
				return f + 0 // no negative zero
			}
		}
		return value
	}
}

var integer = regexp.MustCompile(`^[\s\x{feff}\x{a0}]*([+-]?\d+)`)

// leadingInt reads the whole number that a text begins with, as "200px" does.
func leadingInt(s string) (float64, bool) {
	m := integer.FindStringSubmatch(s)
	if m == nil {
		return 0, false
	}
	f, err := strconv.ParseFloat(m[1], 64)
	return f + 0, err == nil
}

func start(e element) any {
	if n, ok := leadingInt(e.attr("start")); ok {
		return n
	}
	return nil
}

func language(e element) any {
	inner := e.FirstChild
	for inner != nil && inner.Type != html.ElementNode {
		inner = inner.NextSibling
	}
	if inner == nil {
		return nil
	}
	for class := range strings.FieldsSeq(element{inner}.attr("class")) {
		if name, ok := strings.CutPrefix(class, "language-"); ok {
			if name == "" {
				return nil
			}
			return name
		}
	}
	return nil
}

// complete returns a value for every attribute of the list: the one given if it is JSON, or the attribute's own.
func complete(list []attribute, given map[string]any) map[string]any {
	if len(list) == 0 {
		return nil
	}
	values := make(map[string]any, len(list))
	for _, a := range list {
		v, ok := given[a.name]
		if ok {
			v, ok = plain(v, 0)
		}
		if !ok {
			v = a.value
		}
		if v, ok = plain(v, 0); ok {
			values[a.name] = v
		}
	}
	return values
}

const maxValueDepth = 16 // of values of attributes in one another; the editor has lists of numbers

// plain returns a value as JSON has it. What JSON does not have, as Yjs's undefined and NaN, is none.
func plain(v any, depth int) (any, bool) {
	if depth > maxValueDepth {
		return nil, false
	}
	switch v := v.(type) {
	case nil, bool, string:
		return v, true
	case float64:
		return v, !math.IsNaN(v) && !math.IsInf(v, 0)
	case float32:
		return plain(float64(v), depth)
	case int:
		return float64(v), true
	case int64:
		return float64(v), true
	case []any:
		list := make([]any, 0, len(v))
		for _, one := range v {
			one, ok := plain(one, depth+1)
			if !ok {
				return nil, false
			}
			list = append(list, one)
		}
		return list, true
	case map[string]any:
		values := make(map[string]any, len(v))
		for key, one := range v {
			if one, ok := plain(one, depth+1); ok {
				values[key] = one
			}
		}
		return values, true
	}
	return nil, false
}
