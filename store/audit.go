package store

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// How what an entry of the audit log tells of came out.
const (
	AuditSuccess = "success"
	AuditFailure = "failure"
)

// AuditEntry is a row of audit_entries. There is no way to change one, and none to remove one but from the oldest end.
type AuditEntry struct {
	Sequence    int64     `json:"-"` // 0: it waits
	ID          string    `json:"-"` // given with the number
	EventID     string    `json:"event_id"`
	At          time.Time `json:"at"`
	Event       string    `json:"event"`
	Category    string    `json:"category"`
	Outcome     string    `json:"outcome"`
	ActorID     string    `json:"actor_id"`
	WorkspaceID string    `json:"workspace_id"`
	ProjectID   string    `json:"project_id"`
	TargetType  string    `json:"target_type"`
	TargetID    string    `json:"target_id"`
	TargetName  string    `json:"target_name"`
	IP          string    `json:"ip"`
	Details     string    `json:"details"` // JSON: see app.DeedDetails
	Hash        string    `json:"-"`       // over itself and the hash before, 64 hex digits
}

const auditColumns = "sequence, id, event_id, at, event, category, outcome, actor_id, workspace_id, project_id, " +
	"target_type, target_id, target_name, ip, details, hash"

func (e *AuditEntry) scan(rows *sql.Rows) error {
	return rows.Scan(&e.Sequence, &e.ID, &e.EventID, &e.At, &e.Event, &e.Category, &e.Outcome, &e.ActorID, &e.WorkspaceID,
		&e.ProjectID, &e.TargetType, &e.TargetID, &e.TargetName, &e.IP, &e.Details, &e.Hash)
}

// AuditSeal is a row of audit_seals: what the hash of a number was.
type AuditSeal struct {
	Sequence int64
	Hash     string
	At       time.Time
	Tag      string // that only who has the installation's secret can make
}

// AwaitAudit leaves an entry to be numbered.
func AwaitAudit(t *Tx, e *AuditEntry) error {
	raw, err := json.Marshal(e)
	if err != nil {
		return fmt.Errorf("write an entry of the audit log: %w", err)
	}
	if _, err := t.Exec("INSERT INTO audit_waiting (entry) VALUES (?)", string(raw)); err != nil {
		return fmt.Errorf("write an entry of the audit log: %w", err)
	}
	return nil
}

// AuditWaits says whether an entry waits to be numbered.
func AuditWaits(t *Tx) (waits bool, err error) {
	err = t.One("SELECT EXISTS (SELECT 1 FROM audit_waiting)", nil, &waits)
	return waits, err
}

// TakeAudit takes up to so many of the entries that wait, oldest first. Nobody else does meanwhile.
func TakeAudit(t *Tx, most int) ([]AuditEntry, error) {
	if err := t.Lock("audit log"); err != nil {
		return nil, err
	}
	type waiting struct {
		id int64
		AuditEntry
	}
	var taken []waiting
	err := t.Each(`DELETE FROM audit_waiting WHERE id IN (SELECT id FROM audit_waiting ORDER BY id LIMIT ?)
		RETURNING id, entry`, []any{most}, func(rows *sql.Rows) error {
		var w waiting
		var raw string
		if err := rows.Scan(&w.id, &raw); err != nil {
			return err
		}
		taken = append(taken, w)
		return json.Unmarshal([]byte(raw), &taken[len(taken)-1].AuditEntry)
	})
	if err != nil {
		return nil, fmt.Errorf("take entries of the audit log: %w", err)
	}
	slices.SortFunc(taken, func(a, b waiting) int {
		if c := a.At.Compare(b.At); c != 0 {
			return c
		}
		return int(a.id - b.id)
	})
	entries := make([]AuditEntry, len(taken))
	for i := range taken {
		entries[i] = taken[i].AuditEntry
	}
	return entries, nil
}

// LastAudit is the number and the hash of the newest entry, or those of the seal that the next one goes on from; 0 and
// empty: there has been none.
func LastAudit(t *Tx) (sequence int64, hash string, err error) {
	err = t.One(`SELECT sequence, hash FROM (
		SELECT * FROM (SELECT sequence, hash FROM audit_entries ORDER BY sequence DESC LIMIT 1) e
		UNION ALL SELECT * FROM (SELECT sequence, hash FROM audit_seals ORDER BY sequence DESC LIMIT 1) s
	) last ORDER BY sequence DESC LIMIT 1`, nil, &sequence, &hash)
	if errors.Is(err, ErrNotFound) {
		return 0, "", nil
	}
	if err != nil {
		return 0, "", fmt.Errorf("look for the end of the audit log: %w", err)
	}
	return sequence, hash, nil
}

// AddAudit writes entries that have their numbers, and the seal of the last one.
func AddAudit(t *Tx, entries []AuditEntry, seal AuditSeal) error {
	const n = 16
	args := make([]any, 0, n*len(entries))
	for i := range entries {
		e := &entries[i]
		args = append(args, e.Sequence, e.ID, e.EventID, e.At, e.Event, e.Category, e.Outcome, e.ActorID, e.WorkspaceID,
			e.ProjectID, e.TargetType, e.TargetID, e.TargetName, e.IP, e.Details, e.Hash)
	}
	if err := db.InsertRows(t, "audit_entries", auditColumns, n, args); err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return addSeal(t, seal)
}

func addSeal(t *Tx, seal AuditSeal) error {
	_, err := t.Exec("INSERT INTO audit_seals (sequence, hash, at, tag) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
		seal.Sequence, seal.Hash, seal.At, seal.Tag)
	if err != nil {
		return fmt.Errorf("seal the audit log: %w", err)
	}
	return nil
}

// OldAudit returns the end of the oldest part of the log that is all from before then, of up to so many entries: its
// last number and hash, and how many they are. 0: there is none.
func OldAudit(t *Tx, before time.Time, most int) (last AuditSeal, n int64, err error) {
	over := false
	err = t.Each("SELECT sequence, at, hash FROM audit_entries ORDER BY sequence LIMIT ?", []any{most},
		func(rows *sql.Rows) error {
			var s AuditSeal
			if err := rows.Scan(&s.Sequence, &s.At, &s.Hash); err != nil {
				return err
			}
			if over = over || !s.At.Before(before); !over {
				last, n = s, n+1
			}
			return nil
		})
	if err != nil {
		return last, 0, fmt.Errorf("look for old entries of the audit log: %w", err)
	}
	return last, n, nil
}

// ForgetAudit removes the entries up to that of a seal, which stays: the rest of the log begins with it. This is the
// only statement that removes entries.
func ForgetAudit(t *Tx, upTo AuditSeal) error {
	if err := addSeal(t, upTo); err != nil {
		return err
	}
	if _, err := t.Exec("DELETE FROM audit_entries WHERE sequence <= ?", upTo.Sequence); err != nil {
		return fmt.Errorf("remove old entries of the audit log: %w", err)
	}
	if _, err := t.Exec("DELETE FROM audit_seals WHERE sequence < ?", upTo.Sequence); err != nil {
		return fmt.Errorf("remove old seals of the audit log: %w", err)
	}
	return nil
}

// EraseAuditName takes the address of somebody whose account is deleted out of the log: it may stand there as the name
// of what something was done to, an invitation or an address that nobody had. What it is hashed by stays: see
// app.NameTag. Nothing else of an entry is ever written anew.
func EraseAuditName(t *Tx, name string) error {
	if _, err := t.Exec("UPDATE audit_entries SET target_name = '' WHERE target_name = ? AND target_name <> ''",
		name); err != nil {
		return fmt.Errorf("take an address out of the audit log: %w", err)
	}
	type row struct {
		id    int64
		entry AuditEntry
	}
	var found []row
	err := t.Each("SELECT id, entry FROM audit_waiting WHERE entry LIKE ?",
		[]any{"%" + strings.NewReplacer("%", "_").Replace(name) + "%"}, func(rows *sql.Rows) error {
			var r row
			var raw string
			if err := rows.Scan(&r.id, &raw); err != nil {
				return err
			}
			if err := json.Unmarshal([]byte(raw), &r.entry); err != nil {
				return err
			}
			if r.entry.TargetName == name {
				found = append(found, r)
			}
			return nil
		})
	for _, r := range found {
		if err != nil {
			break
		}
		r.entry.TargetName = ""
		raw, failed := json.Marshal(r.entry)
		if failed != nil {
			return failed
		}
		_, err = t.Exec("UPDATE audit_waiting SET entry = ? WHERE id = ?", string(raw), r.id)
	}
	if err != nil {
		return fmt.Errorf("take an address out of what waits for the audit log: %w", err)
	}
	return nil
}
