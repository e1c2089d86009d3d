package v1

import (
	"encoding/json"
	"reflect"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Paging is how a client asks for a part of a list. Cursor is SIZE:PAGE:PREV, of which only PAGE counts.
type Paging struct {
	PerPage string `query:"per_page"`
	Cursor  string `query:"cursor"`
}

const longestPage = 1000

// part reads the page; usual is its size when the client names none.
func (p Paging) part(usual int) (store.Slice, error) {
	size := usual
	if p.PerPage != "" {
		n, err := strconv.Atoi(strings.TrimSpace(p.PerPage))
		if err != nil {
			return store.Slice{}, app.Detail(400, "Invalid per_page parameter.")
		}
		size = n
	}
	if size > longestPage {
		return store.Slice{}, app.Detail(400, "Invalid per_page value. Cannot exceed "+strconv.Itoa(longestPage)+".")
	}
	if size < 1 { // the reference fails
		return store.Slice{}, app.Detail(400, "Invalid per_page value. Must be at least 1.")
	}
	page, ok := parseCursor(p.Cursor)
	if !ok {
		return store.Slice{}, app.Detail(400, "Invalid cursor parameter.")
	}
	if page < 0 {
		return store.Slice{}, app.Detail(400, "Error in parsing")
	}
	return store.Slice{Offset: page * size, Limit: size}, nil
}

// farthestPage keeps an offset within what a database counts to.
const farthestPage = 1 << 40

func parseCursor(s string) (page int, ok bool) {
	if s == "" {
		return 0, true
	}
	parts := strings.Split(s, ":")
	if len(parts) != 3 {
		return 0, false
	}
	_, sizeErr := strconv.ParseFloat(parts[0], 64)
	page, pageErr := strconv.Atoi(parts[1])
	_, prevErr := strconv.Atoi(parts[2])
	return page, sizeErr == nil && pageErr == nil && prevErr == nil && page < farthestPage
}

// Envelope is what surrounds the rows of a list.
type Envelope struct {
	GroupedBy       *string `json:"grouped_by"`
	SubGroupedBy    *string `json:"sub_grouped_by"`
	TotalCount      int     `json:"total_count"`
	NextCursor      string  `json:"next_cursor"`
	PrevCursor      string  `json:"prev_cursor"`
	NextPageResults bool    `json:"next_page_results"`
	PrevPageResults bool    `json:"prev_page_results"`
	Count           int     `json:"count"`
	TotalPages      int     `json:"total_pages"`
	TotalResults    int     `json:"total_results"`
	ExtraStats      *string `json:"extra_stats"`
}

// Page is a page of a list of Ts, each with the keys that the client asked for.
type Page[T any] struct {
	Envelope
	Results any `json:"results"` // []T, or []Shown[T]
}

// Describes gives the type that the API description shows: Results typed.
func (Page[T]) Describes() reflect.Type {
	return reflect.TypeFor[struct {
		Envelope
		Results []T `json:"results"`
	}]()
}

func envelope(s store.Slice, count, total int) Envelope {
	size, page := strconv.Itoa(s.Limit), s.Offset/s.Limit
	return Envelope{
		TotalCount: total, TotalResults: total, Count: count, TotalPages: (total + s.Limit - 1) / s.Limit,
		NextCursor: size + ":" + strconv.Itoa(page+1) + ":0", NextPageResults: s.Offset+s.Limit < total,
		PrevCursor: size + ":" + strconv.Itoa(page-1) + ":1", PrevPageResults: page > 0,
	}
}

// listing is the input of a list.
type listing struct {
	View
	Paging
}

// list answers a page: read fetches a part of the rows and says how many there are in all, wire shapes one.
func list[R, T any](c *app.Call, in listing, read func(store.Slice) ([]R, int, error), wire func(*app.Call, *R) T) (Page[T], error) {
	s, err := in.part(longestPage)
	if err != nil {
		return Page[T]{}, err
	}
	rows, total, err := read(s)
	if err != nil {
		return Page[T]{}, err
	}
	out := make([]T, len(rows))
	for i := range rows {
		out[i] = wire(c, &rows[i])
	}
	results, err := showAll(c, in.View, out)
	return Page[T]{envelope(s, len(rows), total), results}, err
}

// Found is a page of Ts, or the one that the client asked for by what it calls it.
type Found[T any] struct{ answer any }

// MarshalJSON writes the page or the row.
func (f Found[T]) MarshalJSON() ([]byte, error) { return json.Marshal(f.answer) }

// Describes gives the page for the API description.
func (Found[T]) Describes() reflect.Type { return reflect.TypeFor[Page[T]]() }
