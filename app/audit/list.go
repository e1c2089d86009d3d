package audit

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Entry is an entry of the log as whoever reads it sees it: with what people are called now.
type Entry struct {
	store.AuditEntry
	app.DeedDetails

	ActorName, ActorEmail, TargetName string // of people; empty: there is none, or their account was deleted
}

const (
	mostLooked = 2000 // entries that one page looks at, if not all of them fit: some 20 ms
	mostNamed  = 50
)

// Query is what is asked of the log.
type Query struct {
	store.AuditFilter
	store.AuditOrder

	Cursor string // of the page before; empty: the first
	Size   int    // entries of a page
}

// Page is a part of what was asked for.
type Page struct {
	Entries []Entry
	Next    string // the cursor of the next page; empty: this was the last
	Until   time.Time
}

// ErrCursor says that a cursor is none of a page.
var ErrCursor = app.Field("cursor", "It is none that a page has ended with.")

// List returns a page of the log. It seals first what waits, so that nothing is missing that has happened.
//
// A page may have fewer entries than asked for, or none, though there are more (Next): no page looks at more entries
// than can be looked at in a moment.
func List(ctx context.Context, a *app.App, q Query) (*Page, error) {
	if err := Seal(ctx, a); err != nil {
		return nil, err
	}
	behind, err := placeOf(q.Cursor)
	if err != nil {
		return nil, err
	}
	t := a.DB.Read(ctx)
	if q.Text != "" {
		if q.Named, err = store.PeopleCalled(t, q.Text, mostNamed); err != nil {
			return nil, err
		}
	}
	rows, next, more, err := store.AuditPage(t, q.AuditFilter, q.AuditOrder, behind, q.Size, mostLooked)
	if err != nil {
		return nil, err
	}
	p := &Page{Until: next.At}
	if more {
		p.Next = cursorOf(next)
	}
	p.Entries, err = withNames(t, rows)
	return p, err
}

// Get returns one entry; store.ErrNotFound when there is none, or not in the workspace (empty: in any).
func Get(ctx context.Context, a *app.App, workspace, id string) (*Entry, error) {
	if err := Seal(ctx, a); err != nil {
		return nil, err
	}
	t := a.DB.Read(ctx)
	row, err := store.AuditEntryOf(t, id)
	if err == nil && workspace != "" && row.WorkspaceID != workspace {
		err = store.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	all, err := withNames(t, []store.AuditEntry{*row})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// people are the types of targets that are people.
var people = map[string]bool{"user": true, "workspace_member": true, "project_member": true}

// withNames reads what people are called, all in one query.
func withNames(t *store.Tx, rows []store.AuditEntry) ([]Entry, error) {
	entries := make([]Entry, len(rows))
	ids := []string{}
	for i := range rows {
		entries[i] = Entry{AuditEntry: rows[i], TargetName: rows[i].TargetName}
		if err := json.Unmarshal([]byte(rows[i].Details), &entries[i].DeedDetails); err != nil {
			entries[i].DeedDetails = app.DeedDetails{} // somebody has changed it: verify says so
		}
		if store.IsID(rows[i].ActorID) {
			ids = append(ids, rows[i].ActorID)
		}
		if people[rows[i].TargetType] && store.IsID(rows[i].TargetID) {
			ids = append(ids, rows[i].TargetID)
		}
	}
	called, err := store.Users.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	for i := range entries {
		e := &entries[i]
		if u := called[e.ActorID]; u != nil {
			e.ActorName, e.ActorEmail = u.DisplayName, text(u.Email)
		}
		if u := called[e.TargetID]; u != nil && people[e.TargetType] {
			e.TargetName = u.DisplayName
		}
	}
	return entries, nil
}

func cursorOf(p store.AuditPlace) string {
	return base64.RawURLEncoding.EncodeToString([]byte(strconv.FormatInt(p.At.UnixMicro(), 36) + "." +
		strconv.FormatInt(p.Sequence, 36)))
}

func placeOf(cursor string) (p store.AuditPlace, err error) {
	if cursor == "" {
		return p, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return p, ErrCursor
	}
	at, sequence, _ := strings.Cut(string(raw), ".")
	micros, err1 := strconv.ParseInt(at, 36, 64)
	p.Sequence, err = strconv.ParseInt(sequence, 36, 64)
	if errors.Join(err, err1) != nil || p.Sequence < 1 || p.Sequence >= 1<<31 || micros < 0 || micros > 1<<55 {
		return p, ErrCursor
	}
	p.At = time.UnixMicro(micros).UTC()
	return p, nil
}
