package plane

import (
	"bufio"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/fernet/fernet-go"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Export writes everything that Plane's release has a place for, as SQL that its own empty database takes: one
// transaction of COPY statements, as of one moment. Secrets are in it as Plane keeps them, settings sealed with key;
// without one they are left empty. Keys of scripts can't be read here and do not work there.
func Export(ctx context.Context, a *app.App, w io.Writer, secretKey string, say func(text string)) (*Report, error) {
	e := &exporting{app: a, w: bufio.NewWriterSize(w, 64<<10), report: &Report{Release: Release}}
	if secretKey != "" {
		var err error
		if e.key, err = keyOf(secretKey); err != nil {
			return nil, err
		}
	}
	e.write("-- For the empty database of Plane " + Release + ", after its migrations and before its first start:\n" +
		"--   psql --set ON_ERROR_STOP=1 --file THIS_FILE postgres://…\n" +
		"BEGIN;\nSET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\nSET CONSTRAINTS ALL DEFERRED;\n\n")
	err := a.DB.Snapshot(ctx, func(t *store.Tx) error {
		for _, table := range Tables() {
			n, err := e.table(t, table)
			if err != nil {
				return fmt.Errorf("%s: %w", table, err)
			}
			e.report.Tables = append(e.report.Tables, Count{Table: table, Rows: n})
			if n > 0 {
				say(fmt.Sprintf("%s: %d rows", table, n))
			}
		}
		return nil
	})
	e.write("COMMIT;\n")
	if err == nil {
		err = e.w.Flush()
	}
	if err == nil {
		err = e.behind(ctx)
	}
	return e.report, err
}

// behind counts what people have here and Plane has no place for.
func (e *exporting) behind(ctx context.Context) error {
	counts, err := store.CountRows(ctx, e.app.DB)
	if err != nil {
		return err
	}
	for _, of := range store.MovedTables() {
		if n := counts[of.Name]; n > 0 && taken[of.Name] == nil {
			e.report.Left = append(e.report.Left,
				Count{Table: of.Name, Rows: n, Why: "Plane " + Release + " has nothing of the kind"})
		}
	}
	return nil
}

// An exporting is under way. An error of the writer is told at its end.
type exporting struct {
	app    *app.App
	w      *bufio.Writer
	key    *fernet.Key
	report *Report
}

func (e *exporting) write(s string) {
	e.w.WriteString(s) //nolint:errcheck // Flush says it
}

func (e *exporting) table(t *store.Tx, table string) (rows int64, err error) {
	all, err := store.MovedTable{Name: table}.Columns(t)
	if err != nil {
		return 0, err
	}
	var columns []store.Column
	var quoted []string
	for _, name := range taken[table] {
		columns = append(columns, all[slices.IndexFunc(all, func(c store.Column) bool { return c.Name == name })])
		quoted = append(quoted, `"`+name+`"`)
	}
	e.write("COPY public." + table + " (" + strings.Join(quoted, ", ") + ") FROM stdin;\n")
	err = store.EachRow(t, table, columns, func(values []any) error {
		rows++
		return e.row(table, columns, values)
	})
	e.write("\\.\n\n")
	return rows, err
}

func (e *exporting) row(table string, columns []store.Column, values []any) error {
	for i, column := range columns {
		text, err := e.value(table, column.Name, values[i])
		if err == nil && values[i] != nil {
			text, err = e.special(table, columns, values, i, text)
		}
		if err != nil {
			return fmt.Errorf("%s: %w", column.Name, err)
		}
		if i > 0 {
			e.w.WriteByte('\t') //nolint:errcheck // Flush says it
		}
		if values[i] == nil {
			e.write(`\N`)
		} else {
			copyEscape.WriteString(e.w, text) //nolint:errcheck // Flush says it
		}
	}
	e.w.WriteByte('\n') //nolint:errcheck // Flush says it
	return nil
}

// copyEscape writes a value so that COPY reads it as it was.
var copyEscape = strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`)

// value is what Postgres reads of a value.
func (e *exporting) value(table, column string, v any) (string, error) {
	switch v := v.(type) {
	case nil:
		return "", nil
	case string:
		if arrays[table+"."+column] {
			return arrayOf(v)
		}
		return v, nil
	case bool:
		return strconv.FormatBool(v)[:1], nil
	case int64:
		return strconv.FormatInt(v, 10), nil
	case float64:
		return strconv.FormatFloat(v, 'g', -1, 64), nil
	case []byte:
		return `\x` + hex.EncodeToString(v), nil
	case time.Time:
		return v.UTC().Format("2006-01-02 15:04:05.999999-07"), nil
	}
	return "", fmt.Errorf("it holds %T", v)
}

// special writes a secret as Plane keeps it.
func (e *exporting) special(table string, columns []store.Column, values []any, i int, text string) (string, error) {
	switch table + "." + columns[i].Name {
	case "webhooks.secret_key", "accounts.access_token", "accounts.refresh_token", "accounts.id_token":
		return e.app.Unseal(text)
	case "api_tokens.token": // what is kept of a key would be a key there
		return app.RandomHex(32), nil
	case "instance_configurations.value":
		of := func(name string) any {
			return values[slices.IndexFunc(columns, func(c store.Column) bool { return c.Name == name })]
		}
		if of("is_encrypted") != true || text == "" {
			return text, nil
		}
		if e.key == nil {
			e.report.Emptied = append(e.report.Emptied, fmt.Sprint(of("key")))
			return "", nil
		}
		plain, err := e.app.Unseal(text)
		if err != nil {
			return "", err
		}
		sealed, err := fernet.EncryptAndSign([]byte(plain), e.key)
		e.report.Unsealed++
		return string(sealed), err
	}
	return text, nil
}

// arrayOf turns JSON into an array of texts as Postgres reads it.
func arrayOf(text string) (string, error) {
	var all []*string
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return "", fmt.Errorf("it is no list of texts: %w", err)
	}
	parts := make([]string, len(all))
	for i, part := range all {
		if part == nil {
			parts[i] = "NULL"
		} else {
			parts[i] = `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(*part) + `"`
		}
	}
	return "{" + strings.Join(parts, ",") + "}", nil
}
