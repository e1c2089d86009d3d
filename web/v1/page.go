package v1

import (
	"encoding/json"
	"reflect"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// longestPage is the usual and the largest number of rows of a page.
const longestPage = 1000

// Page is a page of a list of Ts, each with the keys that the client asked for.
type Page[T any] struct {
	web.Envelope
	Results any `json:"results"` // []T, or []Shown[T]
}

// Describes gives the type that the API description shows: Results typed.
func (Page[T]) Describes() reflect.Type { return reflect.TypeFor[web.Page[web.Partial[T]]]() }

// listing is the input of a list.
type listing struct {
	View
	web.Pages
}

// ordered is the input of a list that comes in the order that is asked for.
type ordered struct {
	listing
	OrderBy string `query:"order_by" example:"-created_at"`
}

// list returns a page: read fetches a part of the rows and says how many there are in all, wire shapes one.
func list[R, T any](c *app.Call, in listing, read func(store.ListPart) ([]R, int, error),
	wire func(*app.Call, *R) T) (Page[T], error) {
	p, err := in.Paging(longestPage)
	if err != nil {
		return Page[T]{}, err
	}
	rows, total, err := read(store.ListPart{Offset: p.Offset(), Limit: p.Size})
	if err != nil {
		return Page[T]{}, err
	}
	out := make([]T, len(rows))
	for i := range rows {
		out[i] = wire(c, &rows[i])
	}
	results, err := showAll(c, in.View, out)
	return Page[T]{p.Envelope(len(rows), total), results}, err
}

// Found is a page of Ts, or the one that the client asked for by what it calls it.
type Found[T any] struct{ answer any }

// MarshalJSON writes the page or the row.
func (f Found[T]) MarshalJSON() ([]byte, error) { return json.Marshal(f.answer) }

// DescribesAny names both.
func (Found[T]) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[Page[T]](), reflect.TypeFor[Shown[T]](), reflect.TypeFor[[]Shown[T]]()}
}
