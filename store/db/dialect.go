package db

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/pocketbase/dbx"
)

// What the two engines say differently is here and in the search index, and nowhere else.

func isPostgres(db *dbx.DB) bool { return db.DriverName() == "pgx" }

type build func(db *dbx.DB, params dbx.Params) string

func (b build) Build(db *dbx.DB, params dbx.Params) string { return b(db, params) }

// bind adds a parameter under a name of its own and returns its placeholder.
func bind(params dbx.Params, v any) string {
	name := "s" + strconv.Itoa(len(params))
	params[name] = v
	return "{:" + name + "}"
}

// In holds for rows whose column is one of the values. It is one parameter however many values there are;
// none fits nothing. Ids that reach Postgres must be well formed (check them before).
func In(col string, values []string) dbx.Expression {
	return build(func(db *dbx.DB, params dbx.Params) string {
		if len(values) == 0 {
			return "1 = 0"
		}
		if isPostgres(db) {
			return fmt.Sprintf("[[%s]] = ANY(%s)", col, bind(params, values))
		}
		list, _ := json.Marshal(values) // strings always encode
		return fmt.Sprintf("[[%s]] IN (SELECT value FROM json_each(%s))", col, bind(params, string(list)))
	})
}

var likeEscaper = strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`)

// longestPattern is how much of a text is looked for: SQLite refuses patterns of more than 50,000 bytes.
const longestPattern = 5000

// likePattern returns the pattern, with \ as its escape, of what has the text in it; of a very long text, its
// beginning.
func likePattern(text string) string {
	if len(text) > longestPattern {
		text = strings.ToValidUTF8(text[:longestPattern], "")
	}
	return "%" + likeEscaper.Replace(text) + "%"
}

// Lock keeps other transactions out of what the name stands for until this one ends.
// SQLite has one writer and needs nothing.
func (t *Tx) Lock(name string) error {
	if !t.db.Postgres {
		return nil
	}
	_, err := t.Exec("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", name)
	return err
}

// InOrder is the condition of an UPDATE that may change several rows of a table: those that where fits. Postgres locks
// them in the order of their ids first, so that two transactions never wait for each other; SQLite has one writer.
func (t *Tx) InOrder(table, where string) string {
	if !t.db.Postgres {
		return where
	}
	return "id = ANY(ARRAY(SELECT id FROM " + table + " WHERE " + where + " ORDER BY id FOR NO KEY UPDATE))"
}

// InTurn is InOrder for what dbx builds.
func InTurn(table string, where dbx.Expression) dbx.Expression {
	return build(func(db *dbx.DB, params dbx.Params) string {
		cond := where.Build(db, params)
		if !isPostgres(db) || cond == "" {
			return cond
		}
		return "[[id]] = ANY(ARRAY(SELECT [[id]] FROM {{" + table + "}} WHERE " + cond +
			" ORDER BY [[id]] FOR NO KEY UPDATE))"
	})
}

// LockRows keeps the rows of a table with those ids from being changed by others until this transaction ends, lowest id
// first. What refers to them may be written meanwhile.
func (t *Tx) LockRows(table string, ids ...string) error {
	if !t.db.Postgres || len(ids) == 0 {
		return nil
	}
	if _, err := t.Exec("SELECT 1 FROM "+table+" WHERE id = ANY(?) ORDER BY id FOR NO KEY UPDATE", ids); err != nil {
		return fmt.Errorf("hold %s: %w", table, err)
	}
	return nil
}

// LockRow keeps a living row that was read from being changed by others until this transaction ends; ErrOvertaken when
// somebody has deleted it meanwhile.
func (t *Tx) LockRow(table, id string) error {
	query := "SELECT 1 FROM " + table + " WHERE id = ? AND deleted_at IS NULL"
	if t.db.Postgres {
		query += " FOR NO KEY UPDATE"
	}
	var one int
	err := t.One(query, []any{id}, &one)
	if errors.Is(err, ErrNotFound) {
		return fmt.Errorf("%s: %w", table, ErrOvertaken)
	}
	return err
}

// rebind turns ? into $1, $2 … for Postgres. Literals with a question mark must be parameters.
func rebind(query string) string {
	var b strings.Builder
	n := 0
	for i := range len(query) {
		if query[i] == '?' {
			n++
			b.WriteByte('$')
			b.WriteString(strconv.Itoa(n))
			continue
		}
		b.WriteByte(query[i])
	}
	return b.String()
}

// In is the function In for queries with ? placeholders: the condition, and its one argument.
func (t *Tx) In(col string, ids []string) (string, any) {
	if t.db.Postgres {
		return col + " = ANY(?)", ids
	}
	list, _ := json.Marshal(ids) // strings always encode
	return col + " IN (SELECT value FROM json_each(?))", string(list)
}

// Day is the UTC day of a time, as text.
func (t *Tx) Day(col string) string {
	if t.db.Postgres {
		return "TO_CHAR(" + col + " AT TIME ZONE 'UTC', 'YYYY-MM-DD')"
	}
	return "SUBSTR(" + col + ", 1, 10)"
}

// Month is the first day of the month of a time, as text.
func (t *Tx) Month(col string) string {
	if t.db.Postgres {
		return "TO_CHAR(" + col + " AT TIME ZONE 'UTC', 'YYYY-MM-01')"
	}
	return "SUBSTR(" + col + ", 1, 7) || '-01'"
}
