package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// SecondFactor is a row of second_factors: what makes a person's codes, sealed, and the last step of time of which
// one was taken.
type SecondFactor struct {
	Base
	UserID   string `db:"user_id"`
	Secret   string `db:"secret"`
	LastStep int64  `db:"last_step"`
}

// SecondFactors is the table of SecondFactor rows, of which a person has one or none.
var SecondFactors = NewTable[SecondFactor]("second_factors")

// RecoveryCode is a row of recovery_codes: one that was not used yet.
type RecoveryCode struct {
	Base
	UserID string `db:"user_id"`
	Hash   string `db:"hash"`
}

// RecoveryCodes is the table of RecoveryCode rows.
var RecoveryCodes = NewTable[RecoveryCode]("recovery_codes")

// RememberedBrowser is a row of remembered_browsers: a browser in which a person is not asked for the second factor,
// as long as they have the password of PasswordTag.
type RememberedBrowser struct {
	Base
	UserID      string    `db:"user_id"`
	TokenHash   string    `db:"token_hash"`
	PasswordTag string    `db:"password_tag"`
	UserAgent   string    `db:"user_agent"`
	IP          string    `db:"ip"`
	SeenAt      time.Time `db:"seen_at"`
	ExpiresAt   time.Time `db:"expires_at"`
}

// RememberedBrowsers is the table of RememberedBrowser rows.
var RememberedBrowsers = NewTable[RememberedBrowser]("remembered_browsers")

// HalfwaySignIn is a row of halfway_sign_ins: a sign-in that waits for the second factor, with what the session is to
// begin with.
type HalfwaySignIn struct {
	Base
	UserID      string    `db:"user_id"`
	TokenHash   string    `db:"token_hash"`
	PasswordTag string    `db:"password_tag"`
	Administers bool      `db:"administers"` // the session is to be one of the administrators' pages
	Medium      string    `db:"medium"`
	Site        string    `db:"site"`
	FirstName   string    `db:"first_name"`
	LastName    string    `db:"last_name"`
	Onward      string    `db:"onward"` // where the browser goes on
	Secret      string    `db:"secret"` // of a factor that is set up on the way, sealed
	ExpiresAt   time.Time `db:"expires_at"`

	ProviderSession
}

// HalfwaySignIns is the table of HalfwaySignIn rows.
var HalfwaySignIns = NewTable[HalfwaySignIn]("halfway_sign_ins")

// LeadHalfway notes where a sign-in that waits goes on.
func LeadHalfway(t *Tx, hash, onward string) error {
	return HalfwaySignIns.SetWhere(t, dbx.Params{"onward": onward}, dbx.HashExp{"token_hash": hash})
}

// SpendHalfway forgets a sign-in that waits. ok is false when somebody else was faster: of two that end it one is
// right.
func SpendHalfway(t *Tx, hash string) (ok bool, err error) {
	n, err := forget(t, "halfway_sign_ins WHERE token_hash = ?", hash)
	return n == 1, err
}

// SpendStep notes that a code of that step was taken. ok is false when one of it, or of a later one, was taken
// before, or when the factor is another one meanwhile: one statement looks and writes, whatever node it comes from.
func SpendStep(t *Tx, f *SecondFactor, step int64) (ok bool, err error) {
	r, err := t.Exec("UPDATE second_factors SET last_step = ? WHERE id = ? AND secret = ? AND last_step < ?", step, f.ID,
		f.Secret, step)
	if err != nil {
		return false, fmt.Errorf("take a code of the second factor: %w", err)
	}
	n, err := r.RowsAffected()
	return n == 1, err
}

// SpendRecoveryCode forgets one of a person's recovery codes. ok is false when there is none of that hash.
func SpendRecoveryCode(t *Tx, user, hash string) (ok bool, err error) {
	n, err := forget(t, "recovery_codes WHERE user_id = ? AND hash = ?", user, hash)
	return n == 1, err
}

// EndFactor forgets all of a person's second factor, and what waits for it.
func EndFactor(t *Tx, user string) (had bool, err error) {
	n, err := forget(t, "second_factors WHERE user_id = ?", user)
	if err != nil {
		return false, err
	}
	if err := EndRecoveryCodes(t, user); err != nil {
		return false, err
	}
	if _, err := EndRememberedBrowsers(t, user, ""); err != nil {
		return false, err
	}
	return n > 0, EndHalfway(t, user)
}

// EndRecoveryCodes forgets all of a person's recovery codes.
func EndRecoveryCodes(t *Tx, user string) error {
	_, err := forget(t, "recovery_codes WHERE user_id = ?", user)
	return err
}

// EndRememberedBrowsers forgets the one of a person's remembered browsers that has the id; all of them without one.
// It returns how many there were.
func EndRememberedBrowsers(t *Tx, user, id string) (int64, error) {
	if id == "" {
		return forget(t, "remembered_browsers WHERE user_id = ?", user)
	}
	return forget(t, "remembered_browsers WHERE user_id = ? AND id = ?", user, id)
}

// EndHalfway forgets all of a person's sign-ins that wait.
func EndHalfway(t *Tx, user string) error {
	_, err := forget(t, "halfway_sign_ins WHERE user_id = ?", user)
	return err
}

// forget deletes rows for good, and says how many there were.
func forget(t *Tx, which string, args ...any) (int64, error) {
	r, err := t.Exec("DELETE FROM "+which, args...)
	if err != nil {
		return 0, fmt.Errorf("forget what signs somebody in: %w", err)
	}
	return r.RowsAffected()
}

// WorkspacesAsking returns the names of the workspaces that ask a person, who is in them, for a second factor: the
// first few by name.
func WorkspacesAsking(t *Tx, user string, most int) ([]string, error) {
	names := []string{}
	err := t.Each(`SELECT w.name FROM workspace_members m JOIN workspaces w ON w.id = m.workspace_id
		JOIN workspace_features f ON f.workspace_id = m.workspace_id
		WHERE m.member_id = ? AND m.is_active AND m.deleted_at IS NULL AND w.deleted_at IS NULL AND f.deleted_at IS NULL
			AND f.second_factor ORDER BY w.name LIMIT ?`, []any{user, most}, func(rows *sql.Rows) error {
		var name string
		if err := rows.Scan(&name); err != nil {
			return err
		}
		names = append(names, name)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for workspaces that ask for a second factor: %w", err)
	}
	return names, nil
}

// AdministeredWorkspace is a workspace that somebody administers, and whether it asks its members for a second
// factor.
type AdministeredWorkspace struct {
	Slug, Name   string
	SecondFactor bool
}

// AdministeredWorkspaces returns the workspaces that a person has that role in, by name.
func AdministeredWorkspaces(t *Tx, user string, admin int) ([]AdministeredWorkspace, error) {
	all := []AdministeredWorkspace{}
	err := t.Each(`SELECT w.slug, w.name, COALESCE(f.second_factor, FALSE) FROM workspace_members m
		JOIN workspaces w ON w.id = m.workspace_id
		LEFT JOIN workspace_features f ON f.workspace_id = w.id AND f.deleted_at IS NULL
		WHERE m.member_id = ? AND m.role = ? AND m.is_active AND m.deleted_at IS NULL AND w.deleted_at IS NULL
		ORDER BY w.name, w.slug`, []any{user, admin}, func(rows *sql.Rows) error {
		var w AdministeredWorkspace
		if err := rows.Scan(&w.Slug, &w.Name, &w.SecondFactor); err != nil {
			return err
		}
		all = append(all, w)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("list the workspaces that somebody administers: %w", err)
	}
	return all, nil
}
