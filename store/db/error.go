package db

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
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
	// ErrValue says that the database can't keep or compare such a value.
	ErrValue = errors.New("store: a value of no use")
	// ErrDown says that the database can't be reached just now.
	ErrDown = errors.New("store: the database is down")
	// ErrCrowded says that no connection to the database was free; it is one way of ErrDown.
	ErrCrowded error = crowded{}
	// ErrBusy says that others were in the way, again and again; nothing was written.
	ErrBusy = errors.New("store: others are in the way")
	// ErrOvertaken says that a row was changed or deleted by somebody else since it was read; see Tx.Wary.
	ErrOvertaken = errors.New("store: somebody else was faster")
	// ErrFull says that the disk has no room for the write; nothing was written.
	ErrFull = errors.New("store: no room on the disk")
	// ErrDamaged says that the database's file is damaged, or is none.
	ErrDamaged = errors.New("store: the database's file is damaged")
)

// Mark wraps a driver's error in one of ours, so that nobody above reads codes or texts.
func Mark(err error) error {
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
	case unfit(err):
		kind = ErrValue
	case lost(err):
		kind = ErrDown
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
	if e.Code()&0xff == sqlite3.SQLITE_BUSY || e.Code()&0xff == sqlite3.SQLITE_LOCKED {
		return ErrBusy
	}
	if e.Code()&0xff == sqlite3.SQLITE_FULL || e.Code()&0xff == sqlite3.SQLITE_IOERR {
		return ErrFull
	}
	if e.Code()&0xff == sqlite3.SQLITE_CORRUPT || e.Code()&0xff == sqlite3.SQLITE_NOTADB {
		return ErrDamaged
	}
	return nil
}

func postgresKind(e *pgconn.PgError) error {
	switch {
	case e.Code == "23505":
		return ErrUnique
	case e.Code == "23503":
		return ErrReference
	case e.Code == "40P01", e.Code == "40001", e.Code == "55P03": // deadlock, serialisation failure, no lock in time
		return ErrBusy
	case strings.HasPrefix(e.Code, "22"):
		return ErrValue
	case e.Code == "53100":
		return ErrFull
	case e.Code == "57014": // the statement was ended: it took too long
		return context.DeadlineExceeded
	case e.Code == tooManyConnections:
		return ErrCrowded
	case strings.HasPrefix(e.Code, "08"), strings.HasPrefix(e.Code, "53"), strings.HasPrefix(e.Code, "57P"):
		return ErrDown
	}
	return nil
}

// unfit says whether pgx refused a parameter before it reached the server: a number that its column has no room for.
// pgx has no error of its own for that.
func unfit(err error) bool { return strings.Contains(err.Error(), "failed to encode args[") }

// lost says whether the connection to a server of Postgres broke, or could not be made.
func lost(err error) bool {
	var network net.Error
	var connect *pgconn.ConnectError
	return errors.As(err, &connect) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, io.ErrUnexpectedEOF) ||
		errors.Is(err, io.EOF) ||
		errors.As(err, &network) && !errors.Is(err, context.DeadlineExceeded) || pgconn.SafeToRetry(err)
}

type crowded struct{}

func (crowded) Error() string { return "store: no connection to the database is free" }

// Is says what it is a kind of.
func (crowded) Is(kind error) bool { return kind == ErrDown }

type marked struct{ kind, cause error }

func (m *marked) Error() string   { return m.kind.Error() + ": " + m.cause.Error() }
func (m *marked) Unwrap() []error { return []error{m.kind, m.cause} }
