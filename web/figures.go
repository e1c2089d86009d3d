package web

import "github.com/sailplane/sailplane/web/metrics"

// What a request counts in that is no operation. Neither its path nor its method makes a label: strangers choose them.
const (
	frontend = iota
	preflights
	liveServer
	nothing
)

// makeRows makes a row of figures for each row of the route tables, and for what is none of them.
func (s *Server) makeRows() {
	s.rows = make(map[*Op]*metrics.Row, len(s.ops))
	for i := range s.ops {
		s.rows[&s.ops[i]] = s.requests.NewRow(s.ops[i].Method, s.ops[i].Path)
	}
	for i, name := range []string{frontend: "frontend", preflights: "preflight", liveServer: "live", nothing: "none"} {
		s.others[i] = s.requests.NewRow("any", name)
	}
}

// WriteFigures adds how many requests there were, and how long they took.
func (s *Server) WriteFigures(t *metrics.Text) { s.requests.Write(t) }
