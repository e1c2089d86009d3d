// Package v2 is what this server has of Plane's newer public API, below /api/v2/: the audit log. Programs come with a
// key, pages with a session. Lists are in pages by cursor, refusals are problems of RFC 9457.
package v2

import (
	"slices"

	"github.com/sailplane/sailplane/web"
)

const root = "/api/v2/"

// Ops are the operations of this API.
func Ops() []web.Op {
	ops := slices.Clone(auditLogs)
	for i := range ops {
		ops[i] = ops[i].OrKey().Problems()
	}
	return ops
}

// CursorPage is a page of a list.
type CursorPage[T any] struct {
	Data       []T        `json:"data"`
	NextCursor *string    `json:"next_cursor"`
	HasMore    bool       `json:"has_more"`
	Pagination Pagination `json:"pagination"`
}

// Pagination says how a list is in pages.
type Pagination struct {
	Style string `json:"style"` // cursor
}
