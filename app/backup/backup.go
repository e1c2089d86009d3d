// Package backup makes backups of an installation, proves that they are whole, keeps as many as are wanted, and makes
// an installation from one again.
//
// A backup is a .tar.gz, encrypted with age if public keys are set (.age): manifest.json; the secret; the database as
// SQLite, whichever engine it came from, so that a backup also moves an installation from one engine to the other; the
// uploaded files below files/; and contents.jsonl, a line for each part with its size and its checksum. The list comes
// last, so that a backup is written as it is read, and one that was cut has none.
package backup

import (
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Manifest says what a backup holds; it is the first part.
type Manifest struct {
	Format    int              `json:"format"` // 2; of format 1 (no contents.jsonl, no counts) backups are still taken
	CreatedAt time.Time        `json:"created_at"`
	Version   string           `json:"version"`          // of the program that made it
	Schema    int              `json:"schema"`           // the last migration
	Engine    string           `json:"engine"`           // sqlite or postgres: where it came from
	Scope     string           `json:"scope,omitempty"`  // ScopeDatabase, or empty: everything
	SHA256    string           `json:"sha256"`           // of database.db
	Size      int64            `json:"size,omitempty"`   // of database.db, in bytes
	Tables    map[string]int64 `json:"tables,omitempty"` // rows by table
}

// ScopeDatabase is what a backup before a migration holds: the database and the secret. Files stay where they are.
const ScopeDatabase = "database"

// Rows is how many rows the backup holds.
func (m *Manifest) Rows() (n int64) {
	for _, rows := range m.Tables {
		n += rows
	}
	return n
}

const format = 2

// Names inside the file.
const (
	manifestName = "manifest.json"
	secretName   = "secret"
	databaseName = "database.db"
	filesPrefix  = "files/"
)

// Why a backup is made.
const (
	KindSchedule  = "schedule"
	KindRequest   = "request" // somebody asked
	KindMigration = "migration"
)

// Name is what a backup is called in its place: when it was made, and the migration that it was made before.
type Name struct {
	At        time.Time // UTC, to the second
	Before    int       // the first migration that followed; 0: none
	Encrypted bool
}

var nameForm = regexp.MustCompile(`^sailplane-(\d{8}-\d{6})(?:-before-(\d{4,}))?\.tar\.gz(\.age)?$`)

const stamp = "20060102-150405"

// String is the name of the file.
func (n Name) String() string {
	s := "sailplane-" + n.At.UTC().Format(stamp)
	if n.Before > 0 {
		s += fmt.Sprintf("-before-%04d", n.Before)
	}
	s += ".tar.gz"
	if n.Encrypted {
		s += ".age"
	}
	return s
}

// ParseName reads the name of a backup; ok is false for what has another one, which is never listed or removed.
func ParseName(s string) (n Name, ok bool) {
	m := nameForm.FindStringSubmatch(s)
	if m == nil {
		return n, false
	}
	at, err := time.Parse(stamp, m[1])
	if err != nil {
		return n, false
	}
	n = Name{At: at, Encrypted: m[3] != ""}
	if m[2] != "" {
		n.Before, err = strconv.Atoi(m[2])
	}
	return n, err == nil
}

// ErrNone says that there is no such backup.
var ErrNone = errors.New("there is no such backup")
