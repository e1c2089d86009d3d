package v1

import (
	"maps"
	"net/url"
	"reflect"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// Nothing that a program asks for is passed over in silence: it would act on another set of things than it means. What
// an operation does not know is said in a Warning header, and a value that makes no sense is refused.

// heeding has the requests of every operation looked at.
func heeding(ops []web.Op) []web.Op {
	for i := range ops {
		ops[i] = ops[i].Heeding(heed(ops[i]))
	}
	return ops
}

func heed(op web.Op) web.Heed {
	known := map[string]string{}
	for _, p := range op.Parameters() {
		known[p.Name] = p.Kind
	}
	keys := keysOf(op)
	query := func(q url.Values) (notes []string, err error) {
		var unknown, twice []string
		for _, name := range slices.Sorted(maps.Keys(q)) {
			kind, ok := known[name]
			if !ok {
				unknown = append(unknown, name)
				continue
			}
			if len(q[name]) > 1 {
				twice = append(twice, name)
			}
			if err := checkKind(name, kind, last(q, name)); err != nil {
				return nil, err
			}
		}
		if len(unknown) > 0 {
			notes = append(notes, "Not known here, and passed over: "+named(unknown)+".")
		}
		if len(twice) > 0 {
			notes = append(notes, "Given more than once, the last one counts: "+named(twice)+".")
		}
		return append(notes, keys.notes(q)...), nil
	}
	return web.Heed{Query: query, Body: func(unknown []string) string {
		return "Not known in the body, and passed over: " + named(unknown) + "."
	}}
}

// last is the value that counts; empty for none.
func last(q url.Values, name string) string {
	if values := q[name]; len(values) > 0 {
		return values[len(values)-1]
	}
	return ""
}

// checkKind refuses a value that is none of its kind, where operations don't do so themselves.
func checkKind(name, kind, value string) error {
	switch {
	case value == "":
	case kind == "boolean" && !strings.EqualFold(value, "true") && !strings.EqualFold(value, "false"):
		return app.Field(name, `"`+value+`" is not a valid boolean: there are true and false.`)
	case kind == "uuid" && !store.IsID(strings.ToLower(value)):
		return app.Field(name, `"`+value+`" is not a valid UUID.`)
	case strings.Contains(kind, "|") && !slices.Contains(strings.Split(kind, "|"), value):
		return app.Field(name,
			`"`+value+`" is not a valid choice. There are: `+strings.ReplaceAll(kind, "|", ", ")+".")
	}
	return nil
}

const (
	maxNamed = 10 // names of one note
	maxName  = 40 // characters of one
)

// named lists names, as many and as long as a header may have.
func named(names []string) string {
	more := ""
	if len(names) > maxNamed {
		more = " and " + strconv.Itoa(len(names)-maxNamed) + " more"
		names = names[:maxNamed]
	}
	short := make([]string, len(names))
	for i, name := range names {
		if runes := []rune(name); len(runes) > maxName {
			name = string(runes[:maxName]) + "..."
		}
		short[i] = name
	}
	return strings.Join(short, ", ") + more
}

// picking is what shows rows with the keys that a client asks for.
type picking interface{ keys() shape }

func (Page[T]) keys() shape  { return shapeOf[T]() }
func (Shown[T]) keys() shape { return shapeOf[T]() }
func (Found[T]) keys() shape { return shapeOf[T]() }

// keysOf are the keys that the clients of an operation may pick; nil when it has no such choice.
func keysOf(op web.Op) shape {
	if p, ok := reflect.Zero(op.Out).Interface().(picking); ok {
		return p.keys()
	}
	return nil
}

// notes says which of the keys that are asked for are none.
func (s shape) notes(q url.Values) (notes []string) {
	if s == nil {
		return nil
	}
	no := func(param string, fits func(k key) bool) []string {
		return slices.DeleteFunc(words(last(q, param)), func(word string) bool {
			return slices.ContainsFunc(s, func(k key) bool { return k.name == word && fits(k) })
		})
	}
	if missing := no("fields", func(key) bool { return true }); len(missing) > 0 {
		notes = append(notes, "Of fields these are not there: "+named(missing)+".")
	}
	expandable := func(k key) bool { _, ok := expansions[k.kind]; return ok }
	if missing := no("expand", expandable); len(missing) > 0 {
		notes = append(notes, "Of expand these can't be expanded: "+named(missing)+".")
	}
	return notes
}
