package plane

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Converted is what Convert has laid out in the folder.
type Converted struct {
	Report
	Database string // the SQLite file
}

// internal tells tables of the framework that Plane is built with: nobody misses their rows.
func internal(table string) bool {
	return strings.HasPrefix(table, "django_") || strings.HasPrefix(table, "auth_") || strings.Contains(table, ".")
}

// migrations is the table that says which release made the database.
const migrations = "django_migrations"

// Convert makes a database of ours of Plane's. Errors wrap ErrNoDump when it can't be read, or say what to do; nothing
// is left but what is in the folder then.
func Convert(ctx context.Context, o Order) (*Converted, error) {
	done := &Converted{Database: filepath.Join(o.Folder, "database.db")}
	db, err := store.Open(ctx, "", done.Database, store.Relaxed)
	if err != nil {
		return nil, err
	}
	if _, err = db.Migrate(ctx); err == nil {
		err = db.Write(ctx, "", func(t *store.Tx) error {
			c := &conversion{order: &o, report: &done.Report, app: sealing(o.Secret), t: t, tables: map[string]bool{}}
			return c.all(ctx)
		})
	}
	if err == nil {
		err = db.CheckAll(ctx)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return done, nil
}

// A conversion is under way: one transaction.
type conversion struct {
	order  *Order
	report *Report
	app    *app.App
	t      *store.Tx
	tables map[string]bool // that were read
	last   string          // the last migration of Plane's
}

func (c *conversion) all(ctx context.Context) error {
	if err := c.t.DeferReferences(); err != nil {
		return err
	}
	err := c.order.eachBlock(ctx, func(b block) error {
		if err := c.block(&b); err != nil {
			return fmt.Errorf("%s: %w", b.table, err)
		}
		return nil
	})
	if err == nil {
		err = c.complete()
	}
	for _, list := range []*[]Count{&c.report.Tables, &c.report.Left} {
		slices.SortFunc(*list, func(a, b Count) int { return strings.Compare(a.Table, b.Table) })
	}
	return err
}

// logs are tables that a dump may leave out: they grow, and nobody misses them.
var logs = []string{"api_activity_logs", "email_notification_logs", "webhook_logs"}

// complete refuses what is only a part of a database: a dump that was cut off between two tables looks whole else.
func (c *conversion) complete() error {
	for _, table := range Tables() {
		if !c.tables[table] && !slices.Contains(logs, table) {
			return noDump("the table %s is not in it. Dump the whole database", table)
		}
	}
	return nil
}

// block takes the rows of one table over, or counts them.
func (c *conversion) block(b *block) error {
	if c.tables[b.table] {
		return noDump("it has the table twice")
	}
	c.tables[b.table] = true
	if b.table == migrations {
		return c.migrations(b)
	}
	if taken[b.table] == nil {
		return c.leave(b, left[b.table])
	}
	return c.take(b)
}

// leave counts rows for which there is no place.
func (c *conversion) leave(b *block, why string) error {
	n := int64(0)
	for {
		_, err := b.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		n++
	}
	if n > 0 && !internal(b.table) {
		if why == "" {
			why = "Sailplane has nothing of the kind"
		}
		c.report.Left = append(c.report.Left, Count{Table: b.table, Rows: n, Why: why})
	}
	return nil
}

// migrations reads which release made the database.
func (c *conversion) migrations(b *block) error {
	app, name := slices.Index(b.columns, "app"), slices.Index(b.columns, "name")
	if app < 0 || name < 0 {
		return noDump("%s has no names", migrations)
	}
	for {
		row, err := b.next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if string(row[app]) == "db" {
			c.last = max(c.last, string(row[name]))
		}
	}
}

// Rows are written so many at a time, or so many bytes.
const (
	rowsAtOnce  = 200
	bytesAtOnce = 1 << 20
)

// take writes the rows of one table.
func (c *conversion) take(b *block) error {
	of := store.MovedTable{Name: b.table}
	all, err := of.Columns(c.t)
	if err != nil {
		return err
	}
	p, err := c.plan(b, all)
	if err != nil {
		return err
	}
	var batch []any
	rows, size, total := 0, 0, int64(0)
	flush := func() error {
		if rows == 0 {
			return nil
		}
		err := of.Insert(c.t, p.columns, batch)
		batch, rows, size = batch[:0], 0, 0
		return err
	}
	for {
		row, err := b.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		values, bytes, err := p.values(c, row)
		if err != nil {
			return err
		}
		batch = append(batch, values...)
		rows, total, size = rows+1, total+1, size+bytes
		if rows >= rowsAtOnce || size >= bytesAtOnce {
			if err := flush(); err != nil {
				return err
			}
		}
	}
	if err := flush(); err != nil {
		return err
	}
	c.report.Tables = append(c.report.Tables, Count{Table: b.table, Rows: total})
	if total > 0 {
		c.order.Say(fmt.Sprintf("%s: %d rows", b.table, total))
	}
	return nil
}

// A plan is how the columns of a table become ours.
type plan struct {
	table   string
	columns []store.Column // of ours that are written
	from    []int          // where in the source's row each is
	id      int            // where its id is
}

// plan finds a place for every column. One that Plane's release has and the source has not says that another release
// made the database.
func (c *conversion) plan(b *block, all []store.Column) (*plan, error) {
	p := &plan{table: b.table, id: slices.Index(b.columns, "id")}
	for _, name := range taken[b.table] {
		at := slices.Index(b.columns, name)
		if at < 0 {
			return nil, fmt.Errorf("it has no column %s: another release than %s made this database%s. "+
				"Upgrade Plane to %s first, then dump it again", name, Release, c.made(), Release)
		}
		own := slices.IndexFunc(all, func(column store.Column) bool { return column.Name == name })
		p.columns, p.from = append(p.columns, all[own]), append(p.from, at)
	}
	for _, name := range b.columns {
		if !slices.Contains(taken[b.table], name) {
			c.report.note(Note{Table: b.table, Column: name, Reason: "Plane " + Release + " has no such column; what is in it stays behind"})
		}
	}
	return p, nil
}

// made says which migration was Plane's last one, if that is known already.
func (c *conversion) made() string {
	if c.last == "" {
		return ""
	}
	return " (its last migration is " + c.last + ")"
}
