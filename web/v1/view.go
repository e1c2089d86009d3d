package v1

import (
	"bytes"
	"encoding/json"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

// View is what a client may ask of the rows that it gets, comma-separated: only these keys, these relations in full.
type View struct {
	Fields string `query:"fields" type:"words"`
	Expand string `query:"expand" type:"words"`
}

// Ref is another row: on the wire its id, or the row itself when the client expands it.
type Ref struct {
	ID  *string
	row any
}

// MarshalJSON writes an id as it is: it needs no escaping.
func (r Ref) MarshalJSON() ([]byte, error) {
	switch {
	case r.row != nil:
		return json.Marshal(r.row)
	case r.ID == nil:
		return []byte("null"), nil
	}
	return append(append(append(make([]byte, 0, 40), '"'), *r.ID...), '"'), nil
}

// DescribesAny says that a reference is an id, or a row.
func (Ref) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[*string](), reflect.TypeFor[map[string]any]()}
}

func ref(id string) Ref { return Ref{ID: &id} }

// Refs are several other rows.
type Refs struct {
	IDs  []string
	rows []any
	full bool
}

// MarshalJSON writes ids or rows.
func (r Refs) MarshalJSON() ([]byte, error) {
	if r.full {
		return json.Marshal(r.rows)
	}
	b := append(make([]byte, 0, 2+39*len(r.IDs)), '[')
	for i, id := range r.IDs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(append(append(b, '"'), id...), '"')
	}
	return append(b, ']'), nil
}

// DescribesAny says that references are ids, or rows.
func (Refs) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[[]string](), reflect.TypeFor[[]map[string]any]()}
}

// Shown is a T of which the client may have asked for some keys only.
type Shown[T any] struct {
	row  T
	only []key // nil: all
}

// Describes says that any of the keys may be there.
func (Shown[T]) Describes() reflect.Type { return reflect.TypeFor[web.Partial[T]]() }

// MarshalJSON writes the keys that were asked for, in the order of the struct.
func (s Shown[T]) MarshalJSON() ([]byte, error) {
	if s.only == nil {
		return json.Marshal(s.row)
	}
	var b bytes.Buffer
	v := reflect.ValueOf(&s.row).Elem()
	b.WriteByte('{')
	for i, k := range s.only {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(`"` + k.name + `":`)
		value, err := json.Marshal(v.FieldByIndex(k.index).Interface())
		if err != nil {
			return nil, err
		}
		b.Write(value)
	}
	b.WriteByte('}')
	return b.Bytes(), nil
}

// key is a key of a wire struct.
type key struct {
	name  string
	kind  string // of what it expands to: its name, unless a tag expand:"…" says otherwise
	index []int
}

// shape is the keys of a wire struct.
type shape []key

var shapes sync.Map // reflect.Type -> shape

func shapeOf[T any]() shape { return shapeOfType(reflect.TypeFor[T]()) }

func shapeOfType(t reflect.Type) shape {
	if s, ok := shapes.Load(t); ok {
		return s.(shape)
	}
	s := shape{}
	for _, f := range reflect.VisibleFields(t) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" && !f.Anonymous {
			kind := f.Tag.Get("expand")
			if kind == "" {
				kind = name
			}
			s = append(s, key{name, kind, f.Index})
		}
	}
	shapes.Store(t, s)
	return s
}

// only picks the keys that the client asked for; nil when it asked for none in particular. Unknown ones are no fault.
func (v View) only(s shape) []key {
	names := words(v.Fields)
	if len(names) == 0 {
		return nil
	}
	picked := []key{}
	for _, k := range s {
		if slices.Contains(names, k.name) {
			picked = append(picked, k)
		}
	}
	return picked
}

func words(list string) []string {
	return slices.DeleteFunc(strings.Split(list, ","), func(w string) bool { return w == "" })
}

// expanded are the keys to be expanded: those of Expand, and the values of properties where Fields names them.
func (v View) expanded() []string {
	names := words(v.Expand)
	if slices.Contains(words(v.Fields), valuesKey) && !slices.Contains(names, valuesKey) {
		names = append(names, valuesKey)
	}
	return names
}

// showAll gives rows the form that the client asked for: []T, or []Shown[T].
func showAll[T any](c *app.Call, v View, rows []T) (any, error) {
	only := v.only(shapeOf[T]())
	if err := v.expandAll(c, only, reflect.ValueOf(rows)); err != nil {
		return nil, err
	}
	if only == nil {
		return rows, nil
	}
	picked := make([]Shown[T], len(rows))
	for i := range rows {
		picked[i] = Shown[T]{rows[i], only}
	}
	return picked, nil
}

// expandAll puts whole rows where the client wants them. What is generic calls it, so that it is compiled once.
func (v View) expandAll(c *app.Call, only []key, rows reflect.Value) error {
	shown := only
	if only == nil {
		shown = shapeOfType(rows.Type().Elem())
	}
	for _, name := range v.expanded() {
		if i := slices.IndexFunc(shown, func(k key) bool { return k.name == name }); i >= 0 {
			if err := expand(c, shown[i], rows); err != nil {
				return err
			}
		}
	}
	return nil
}

// show is showAll for one row.
func show[T any](c *app.Call, v View, row T) (Shown[T], error) {
	rows := []T{row}
	if _, err := showAll(c, v, rows); err != nil {
		return Shown[T]{}, err
	}
	return Shown[T]{rows[0], v.only(shapeOf[T]())}, nil
}

// one returns a row in the form that the client asked for, unless there was an error.
func one[R, T any](c *app.Call, v View, row *R, err error, wire func(*app.Call, *R) T) (Shown[T], error) {
	if err != nil {
		return Shown[T]{}, err
	}
	return show(c, v, wire(c, row))
}

// plain returns a whole row, unless there was an error.
func plain[R, T any](c *app.Call, row *R, err error, wire func(*app.Call, *R) T) (T, error) {
	if err != nil {
		var none T
		return none, err
	}
	return wire(c, row), nil
}
