// Package mux lets julienschmidt/httprouter serve route tables in which a static segment and a parameter are siblings,
// as the reference has them (projects/details/ beside projects/{pk}/).
//
// Below any node that has a parameter among its children every child becomes a parameter of httprouter's; the real
// segments are compared in the leaf, the most specific pattern first. All candidates of a shape meet in one leaf, so
// nothing is ever tried twice. Trailing slashes count. A {name:uuid} takes lower-case UUIDs only, as in the reference.
package mux

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/julienschmidt/httprouter"
)

// Route is one path of the table with what its methods stand for.
type Route[T any] struct {
	Pattern string // "/api/workspaces/{slug}/projects/{pk:uuid}/"
	Methods map[string]T
	segs    []string
}

// Args are the values of a path's parameters.
type Args []struct{ Name, Value string }

// Get returns the value of a parameter, empty if the path has none of that name.
func (a Args) Get(name string) string {
	for _, arg := range a {
		if arg.Name == name {
			return arg.Value
		}
	}
	return ""
}

// Mux finds the route of a path.
type Mux[T any] struct{ router *httprouter.Router }

// leaf hands its routes to Find: httprouter only answers handlers.
type leaf[T any] struct {
	http.ResponseWriter
	routes []*Route[T]
}

// New builds a mux from a table of "path" -> "method" -> value.
func New[T any](table map[string]map[string]T) *Mux[T] {
	var all []*Route[T]
	for path, methods := range table {
		all = append(all, &Route[T]{path, methods, strings.Split(path, "/")[1:]})
	}
	leaves := map[string][]*Route[T]{}
	fold(all, 0, "", leaves)
	rt := httprouter.New()
	rt.RedirectTrailingSlash, rt.RedirectFixedPath, rt.HandleMethodNotAllowed, rt.HandleOPTIONS = false, false,
		false, false
	for key, routes := range leaves {
		slices.SortFunc(routes, func(a, b *Route[T]) int { return compare(a.segs, b.segs) })
		rt.Handle("GET", key, func(w http.ResponseWriter, _ *http.Request,
			_ httprouter.Params) {
			w.(*leaf[T]).routes = routes
		})
	}
	return &Mux[T]{rt}
}

// Find returns the route of a path and its parameters; nil if there is none.
func (m *Mux[T]) Find(path string) (*Route[T], Args) {
	h, _, _ := m.router.Lookup("GET", path)
	if h == nil {
		return nil, nil
	}
	var l leaf[T]
	h(&l, nil, nil)
	segs := strings.Split(path, "/")[1:]
	for _, r := range l.routes {
		if args, ok := match(r.segs, segs); ok {
			return r, args
		}
	}
	return nil, nil
}

func fold[T any](routes []*Route[T], depth int, prefix string, out map[string][]*Route[T]) {
	kids, mixed := map[string][]*Route[T]{}, false
	for _, r := range routes {
		if len(r.segs) == depth {
			out[prefix] = append(out[prefix], r)
			continue
		}
		mixed = mixed || strings.HasPrefix(r.segs[depth], "{")
		kids[r.segs[depth]] = append(kids[r.segs[depth]], r)
	}
	if !mixed {
		for seg, rs := range kids {
			fold(rs, depth+1, prefix+"/"+seg, out)
		}
		return
	}
	var merged []*Route[T]
	for seg, rs := range kids {
		if seg == "" { // the trailing slash stays itself
			fold(rs, depth+1, prefix+"/", out)
			continue
		}
		merged = append(merged, rs...)
	}
	fold(merged, depth+1, prefix+"/:"+strconv.Itoa(depth), out)
}

// compare puts the more specific pattern first: a static segment before a UUID before {a}-{b} before any text.
func compare(a, b []string) int {
	for i := range a {
		if d := rank(a[i]) - rank(b[i]); d != 0 {
			return d
		}
	}
	return slices.Compare(a, b)
}

func rank(seg string) int {
	switch {
	case !strings.HasPrefix(seg, "{"):
		return 0
	case strings.HasSuffix(seg, ":uuid}"):
		return 1
	case strings.Contains(seg, "}-{"):
		return 2
	}
	return 3
}

func match(pattern, segs []string) (Args, bool) {
	if len(pattern) != len(segs) {
		return nil, false
	}
	var args Args
	for i, p := range pattern {
		s := segs[i]
		if !strings.HasPrefix(p, "{") {
			if p != s {
				return nil, false
			}
			continue
		}
		name := p[1 : len(p)-1]
		if first, second, pair := strings.Cut(name, "}-{"); pair {
			j := strings.LastIndexByte(s, '-')
			if j <= 0 || j == len(s)-1 {
				return nil, false
			}
			args = append(args, struct{ Name, Value string }{first, s[:j]}, struct{ Name, Value string }{second, s[j+1:]})
			continue
		}
		name, kind, _ := strings.Cut(name, ":")
		if s == "" || kind == "uuid" && !IsUUID(s) {
			return nil, false
		}
		args = append(args, struct{ Name, Value string }{name, s})
	}
	return args, true
}

// IsUUID says whether s is a UUID in lower case with dashes.
func IsUUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !(c >= '0' && c <= '9' || c >= 'a' && c <= 'f') {
			return false
		}
	}
	return true
}
