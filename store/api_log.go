package store

import (
	"database/sql"
	"fmt"
	"time"
)

// LoggedRequest is a request by key, as those who run the installation see it.
type LoggedRequest struct {
	At        time.Time `json:"at"`
	User      string    `json:"user"`  // the address of who asked; empty: nobody, or somebody without one
	Token     string    `json:"token"` // the id of the key, or "unknown"
	Label     string    `json:"label"` // of the key; empty: it is gone
	Method    string    `json:"method"`
	Path      string    `json:"path"`
	Query     string    `json:"query"`
	Status    int       `json:"status"`
	IP        string    `json:"ip"`
	UserAgent string    `json:"user_agent"`
}

// LoggedRequests returns requests by key since then, newest first and at most so many; those of one person when the id
// is not empty.
func LoggedRequests(t *Tx, user string, since time.Time, most int) ([]LoggedRequest, error) {
	where, args := "l.created_at >= ?", []any{Stamped(since)}
	if user != "" {
		where, args = "l.created_by_id = ? AND "+where, append([]any{user}, args...)
	}
	token := "k.id = l.token_identifier"
	if t.Postgres() {
		token = "CAST(k.id AS TEXT) = l.token_identifier"
	}
	list := []LoggedRequest{}
	err := t.Each(`SELECT l.created_at, COALESCE(u.email, ''), l.token_identifier, COALESCE((SELECT k.label FROM api_tokens k WHERE k.user_id = u.id AND `+token+`), ''),
			l.method, l.path, COALESCE(l.query_params, ''), l.response_code, COALESCE(l.ip_address, ''), COALESCE(l.user_agent, '')
		FROM api_activity_logs l LEFT JOIN users u ON u.id = l.created_by_id
		WHERE `+where+` ORDER BY l.created_at DESC LIMIT ?`, append(args, most), func(rows *sql.Rows) error {
		var r LoggedRequest
		err := rows.Scan(&r.At, &r.User, &r.Token, &r.Label, &r.Method, &r.Path, &r.Query, &r.Status, &r.IP, &r.UserAgent)
		list = append(list, r)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("read the log of requests: %w", err)
	}
	return list, nil
}
