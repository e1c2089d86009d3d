package store

import (
	"database/sql"
	"errors"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

var (
	// ErrNotFound says that no row fits.
	ErrNotFound = errors.New("store: not found")
	// ErrUnique says that a row with these values exists already.
	ErrUnique = errors.New("store: not unique")
	// ErrReference says that a row names another one that does not exist.
	ErrReference = errors.New("store: broken reference")
	// ErrFull says that the disk has no room for the write; nothing was written.
	ErrFull = errors.New("store: no room on the disk")
)

// mark wraps a driver's error in one of ours, so that nobody above reads codes or texts.
func mark(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, sql.ErrNoRows) {
		return ErrNotFound
	}
	var kind error
	var lite *sqlite.Error
	var pg *pgconn.PgError
	switch {
	case errors.As(err, &lite):
		kind = sqliteKind(lite)
	case errors.As(err, &pg):
		kind = postgresKind(pg)
	}
	if kind == nil {
		return err
	}
	return &marked{kind, err}
}

func sqliteKind(e *sqlite.Error) error {
	switch e.Code() {
	case sqlite3.SQLITE_CONSTRAINT_UNIQUE, sqlite3.SQLITE_CONSTRAINT_PRIMARYKEY:
		return ErrUnique
	case sqlite3.SQLITE_CONSTRAINT_FOREIGNKEY:
		return ErrReference
	}
	if e.Code()&0xff == sqlite3.SQLITE_FULL || e.Code()&0xff == sqlite3.SQLITE_IOERR {
		return ErrFull
	}
	return nil
}

func postgresKind(e *pgconn.PgError) error {
	switch {
	case e.Code == "23505":
		return ErrUnique
	case e.Code == "23503":
		return ErrReference
	case strings.HasPrefix(e.Code, "53"):
		return ErrFull
	}
	return nil
}

type marked struct{ kind, cause error }

func (m *marked) Error() string   { return m.kind.Error() + ": " + m.cause.Error() }
func (m *marked) Unwrap() []error { return []error{m.kind, m.cause} }
