package webtest

import (
	"context"
	"sync"
)

// requested marks the context of what is done for a request, not in the background.
type requested struct{}

// Statement is SQL that a request ran.
type Statement struct {
	SQL  string
	Args []any
}

// Statements returns the SQL that the server runs for the requests that do makes, in its order.
func (s *Server) Statements(do func()) []Statement {
	var mu sync.Mutex
	var seen []Statement
	s.App.DB.Observe(func(ctx context.Context, statement string, args []any) {
		if ctx.Value(requested{}) == nil {
			return
		}
		mu.Lock()
		defer mu.Unlock()
		seen = append(seen, Statement{statement, args})
	})
	defer s.App.DB.Observe(nil)
	do()
	mu.Lock()
	defer mu.Unlock()
	return seen
}
