package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store/db"
)

// Backup is a row of backups: what became of one that was made, or was to be made.
type Backup struct {
	Base
	Name         string     `db:"name" json:"name"`
	Place        string     `db:"place" json:"place"`
	Kind         string     `db:"kind" json:"kind"` // why it was made: schedule, request or migration
	BeganAt      time.Time  `db:"began_at" json:"began_at"`
	EndedAt      time.Time  `db:"ended_at" json:"ended_at"`
	Size         int64      `db:"size" json:"size"`     // in bytes
	SHA256       string     `db:"sha256" json:"sha256"` // of the file, as it lies in its place
	RowsKept     int64      `db:"rows_kept" json:"rows"`
	FilesKept    int64      `db:"files_kept" json:"files"`
	FilesMissing int64      `db:"files_missing" json:"files_missing"` // that the database names and that were not there
	Encrypted    bool       `db:"encrypted" json:"encrypted"`
	VerifiedAt   *time.Time `db:"verified_at" json:"verified_at"` // when it was last read back and found whole
	Fault        string     `db:"fault" json:"fault"`             // what is wrong with it; empty: nothing
	ToldAt       *time.Time `db:"told_at" json:"-"`               // when administrators were told of the fault
}

// Backups is the table of Backup rows.
var Backups = NewTable[Backup]("backups")

// LastBackup returns the backup that was made last, or that failed last, whole or not; or the newest of those that were
// found whole. Those before migrations, which hold no files, are none. ErrNotFound without one.
func LastBackup(t *Tx, whole bool) (*Backup, error) {
	full := dbx.Not(dbx.HashExp{"kind": "migration"})
	if whole {
		return Backups.First(t, dbx.And(full, dbx.NewExp("[[verified_at]] IS NOT NULL AND [[fault]] = ''")), "began_at DESC")
	}
	return Backups.First(t, full, "ended_at DESC")
}

// BackupsOf returns what is known of the backups in a place, by name: of each the newest row.
func BackupsOf(t *Tx, place string) (map[string]Backup, error) {
	rows, err := Backups.List(t, dbx.HashExp{"place": place}, "ended_at")
	if err != nil {
		return nil, err
	}
	known := map[string]Backup{}
	for _, row := range rows {
		known[row.Name] = row
	}
	return known, nil
}

// BackupFaultTold says whether anybody was told of a failed backup since then.
func BackupFaultTold(t *Tx, since time.Time) (bool, error) {
	return Backups.Exists(t, dbx.NewExp("[[told_at]] > {:since}", dbx.Params{"since": Stamped(since)}))
}

// ForgetBackups removes what became of backups that ended before then.
func ForgetBackups(t *Tx, before time.Time) error {
	_, err := t.Exec("DELETE FROM backups WHERE ended_at < ?", Stamped(before))
	return err
}

// QueuedJobs is how many jobs of a kind wait or are being done.
func QueuedJobs(t *Tx, kind string) (int, error) {
	return Jobs.Count(t, dbx.And(dbx.HashExp{"kind": kind}, dbx.NewExp("[[dead_at]] IS NULL")))
}

// AdminEmails returns the addresses of those who administer the installation and may sign in.
func AdminEmails(t *Tx) ([]string, error) {
	var addresses []string
	err := t.Each(`SELECT DISTINCT u.email FROM users u JOIN instance_admins a ON a.user_id = u.id
		WHERE a.deleted_at IS NULL AND a.role >= 15 AND u.is_active AND u.email IS NOT NULL ORDER BY u.email`, nil,
		func(r *sql.Rows) error {
			var address string
			err := r.Scan(&address)
			addresses = append(addresses, address)
			return err
		})
	return addresses, err
}

// mostNamed is how many of the missing files are named.
const mostNamed = 3

// UploadsWithout counts the uploads that the database names and that are not among the names, and returns some of them.
// It keeps the names in the database: for a scratch copy.
func UploadsWithout(ctx context.Context, of *DB, names iter.Seq2[string, error]) (n int64, some []string, err error) {
	err = of.Write(ctx, "", func(t *Tx) error {
		n, some = 0, nil
		if _, err := t.Exec("CREATE TABLE kept_names (name TEXT PRIMARY KEY) WITHOUT ROWID"); err != nil {
			return err
		}
		if err := insertNames(t, names); err != nil {
			return err
		}
		const missing = ` FROM file_assets WHERE is_uploaded AND deleted_at IS NULL AND asset <> '' AND asset NOT IN (SELECT name FROM kept_names)`
		if err := t.One("SELECT COUNT(*)"+missing, nil, &n); err != nil {
			return err
		}
		err := t.Each("SELECT asset"+missing+" ORDER BY asset LIMIT ?", []any{mostNamed}, func(r *sql.Rows) error {
			var name string
			err := r.Scan(&name)
			some = append(some, name)
			return err
		})
		_, dropped := t.Exec("DROP TABLE kept_names")
		return errors.Join(err, dropped)
	})
	if err != nil {
		return 0, nil, fmt.Errorf("look for files that are missing: %w", err)
	}
	return n, some, nil
}

func insertNames(t *Tx, names iter.Seq2[string, error]) error {
	const batch = 500
	var args []any
	flush := func() error {
		if len(args) == 0 {
			return nil
		}
		_, err := t.Exec("INSERT INTO kept_names (name) VALUES (?)"+strings.Repeat(",(?)", len(args)-1), args...)
		args = args[:0]
		return err
	}
	for name, err := range names {
		if err != nil {
			return err
		}
		if args = append(args, name); len(args) == batch {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	return db.Mark(flush())
}
