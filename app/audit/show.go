package audit

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/sheet"
	"github.com/sailplane/sailplane/store"
)

// Shown is an entry as programs get it, in the shape of Plane's newer public API, and its hash.
type Shown struct {
	ID                string         `json:"id"`
	EventID           string         `json:"event_id"`
	SequenceNumber    int64          `json:"sequence_number"`
	EventName         string         `json:"event_name"`
	Category          string         `json:"category"`
	Outcome           string         `json:"outcome"`
	Source            string         `json:"source"`
	ActorType         string         `json:"actor_type"`
	ActorID           *string        `json:"actor_id"`
	ActorDisplayName  string         `json:"actor_display_name"`
	ActorEmail        string         `json:"actor_email"`
	TargetType        string         `json:"target_type"`
	TargetID          string         `json:"target_id"`
	TargetDisplayName string         `json:"target_display_name"`
	OldValue          map[string]any `json:"old_value"`
	NewValue          map[string]any `json:"new_value"`
	Reason            string         `json:"reason"`
	Metadata          map[string]any `json:"metadata"`
	IPAddress         *string        `json:"ip_address"`
	UserAgent         string         `json:"user_agent"`
	WorkspaceID       *string        `json:"workspace_id"`
	ProjectID         *string        `json:"project_id"`
	CreatedAt         string         `json:"created_at"`
	Hash              string         `json:"hash"`
}

// Show is an entry as programs get it.
func Show(e *Entry) Shown {
	s := Shown{ID: e.ID, EventID: e.EventID, SequenceNumber: e.Sequence, EventName: e.Event, Category: e.Category,
		Outcome: e.Outcome, Source: e.Source, ActorType: e.ActorType, ActorID: filled(e.ActorID),
		ActorDisplayName: e.ActorName, ActorEmail: e.ActorEmail, TargetType: e.TargetType, TargetID: e.TargetID,
		TargetDisplayName: e.TargetName, OldValue: e.Old, NewValue: e.New, Reason: e.Reason,
		Metadata: maps.Clone(e.More), IPAddress: filled(e.IP), UserAgent: e.UserAgent,
		WorkspaceID: filled(e.WorkspaceID), ProjectID: filled(e.ProjectID), CreatedAt: app.Time(e.At, time.UTC),
		Hash: e.Hash}
	if s.Metadata == nil {
		s.Metadata = map[string]any{}
	}
	for name, value := range map[string]string{"api_token": e.Token, "command": e.Command, "account": e.Account,
		"request_id": e.RequestID} {
		if value != "" {
			s.Metadata[name] = value
		}
	}
	return s
}

func filled(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}

// Doer is who did it, for people.
func (e *Entry) Doer() string {
	switch {
	case e.ActorEmail != "":
		return e.ActorEmail
	case e.ActorName != "":
		return e.ActorName
	case e.ActorID != "":
		return e.ActorID
	case e.Command != "":
		return e.Command + " (" + e.Account + ")"
	case e.ActorType == "anonymous":
		return "somebody"
	}
	return "the server"
}

// Target is what it was done to, for people.
func (e *Entry) Target() string {
	if e.TargetName != "" {
		return e.TargetName
	}
	return e.TargetID
}

// Change is what was and is, for people.
func (e *Entry) Change() string {
	var parts []string
	for _, k := range slices.Sorted(maps.Keys(e.New)) {
		if was, ok := e.Old[k]; ok && was != nil {
			parts = append(parts, k+": "+said(was)+" → "+said(e.New[k]))
			continue
		}
		parts = append(parts, k+": "+said(e.New[k]))
	}
	for _, k := range slices.Sorted(maps.Keys(e.Old)) {
		if _, ok := e.New[k]; !ok {
			parts = append(parts, k+" was "+said(e.Old[k]))
		}
	}
	for _, k := range slices.Sorted(maps.Keys(e.More)) {
		parts = append(parts, k+": "+said(e.More[k]))
	}
	if e.Reason != "" {
		parts = append(parts, e.Reason)
	}
	return strings.Join(parts, ", ")
}

func said(v any) string {
	if text, ok := v.(string); ok {
		return text
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}

// The formats of an export.
const (
	FormatJSONL = "jsonl"
	FormatCSV   = "csv"
)

// IsFormat says whether there are exports in that format.
func IsFormat(format string) bool { return format == FormatJSONL || format == FormatCSV }

var csvHead = []string{"sequence_number", "created_at", "event_name", "category", "outcome", "source", "actor_type",
	"actor_id", "actor_email", "actor_display_name", "target_type", "target_id", "target_display_name", "old_value",
	"new_value", "reason", "metadata", "ip_address", "user_agent", "workspace_id", "project_id", "id", "event_id", "hash"}

// Export writes the entries that fit, oldest first, page by page: however many there are, few are in memory. It says
// how many, and leaves an entry itself.
func Export(ctx context.Context, a *app.App, f store.AuditFilter, format string, w io.Writer) (n int, err error) {
	if err := NoteExport(ctx, a, f.Workspace, format); err != nil {
		return 0, err
	}
	write := func(s Shown) error { return sheet.CSVRow(w, s.cells()) }
	if format == FormatJSONL {
		enc := json.NewEncoder(w)
		enc.SetEscapeHTML(false)
		write = func(s Shown) error { return enc.Encode(s) }
	} else if err := sheet.CSVRow(w, csvHead); err != nil {
		return 0, err
	}
	q := Query{AuditFilter: f, AuditOrder: store.AuditOrder{BySequence: f.Every()}, Size: 1000}
	for {
		p, err := List(ctx, a, q)
		if err != nil {
			return n, err
		}
		for i := range p.Entries {
			if err := write(Show(&p.Entries[i])); err != nil {
				return n, fmt.Errorf("write the audit log: %w", err)
			}
		}
		n += len(p.Entries)
		if q.Cursor = p.Next; q.Cursor == "" {
			return n, nil
		}
	}
}

// NoteExport notes that somebody takes the log, or that of a workspace, away.
func NoteExport(ctx context.Context, a *app.App, workspace, format string) error {
	if !IsFormat(format) {
		return errors.New("export the audit log: no format " + format)
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		return app.Note(t, app.Deed{Event: app.LogExported, Workspace: workspace, More: map[string]any{"format": format}})
	})
}

func (s *Shown) cells() []string {
	document := func(v map[string]any) string {
		if len(v) == 0 {
			return ""
		}
		return said(v)
	}
	return []string{strconv.FormatInt(s.SequenceNumber, 10), s.CreatedAt, s.EventName, s.Category, s.Outcome, s.Source,
		s.ActorType, text(s.ActorID), s.ActorEmail, s.ActorDisplayName, s.TargetType, s.TargetID, s.TargetDisplayName,
		document(s.OldValue), document(s.NewValue), s.Reason, document(s.Metadata), text(s.IPAddress), s.UserAgent,
		text(s.WorkspaceID), text(s.ProjectID), s.ID, s.EventID, s.Hash}
}
