// Package dossier writes what an installation keeps of a person into one file, for who asks for it (in Europe by
// article 15 and 20 of the GDPR): a zip that opens everywhere, with the rows of each table as lines of JSON, the files
// that they sent, and a text that says what is what. Secrets, and what others wrote, are not in it.
package dossier

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"slices"
	"text/tabwriter"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// Report is what a dossier has.
type Report struct {
	Tables  []TableRows `json:"tables"` // those with any
	Rows    int64       `json:"rows"`
	Files   int64       `json:"files"`
	Missing int64       `json:"missing"` // files that rows name and that are not there
}

// TableRows is how many rows about the person a table has.
type TableRows struct {
	Table string `json:"table"`
	Rows  int64  `json:"rows"`
}

type dossier struct {
	app    *app.App
	of     *store.User
	zip    *zip.Writer
	keys   *os.File                   // of the person's files, a line each
	places map[string]map[string]bool // ids that rows name, by table
	report Report
}

// Write writes what there is of a person to w. Rows are read as they are at one moment; the server may go on running.
func Write(ctx context.Context, a *app.App, u *store.User, w io.Writer, say func(text string)) (*Report, error) {
	keys, err := os.CreateTemp(a.Temp, "sailplane-dossier-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(keys.Name())
	defer keys.Close()
	d := &dossier{app: a, of: u, zip: zip.NewWriter(w), keys: keys,
		places: map[string]map[string]bool{store.Workspaces.Name: {}, store.Projects.Name: {}}}
	err = a.DB.Write(ctx, "", func(t *store.Tx) error {
		return app.Note(t, app.Deed{Event: app.AccountExported, Target: app.Person(u.ID)})
	})
	if err != nil {
		return nil, err
	}
	if err := a.DB.Snapshot(ctx, func(t *store.Tx) error { return d.rows(t, say) }); err != nil {
		return nil, fmt.Errorf("read what there is of a person: %w", err)
	}
	say("the files")
	if err := d.files(ctx); err != nil {
		return nil, fmt.Errorf("write a person's files: %w", err)
	}
	if err := errors.Join(d.readme(), d.zip.Close()); err != nil {
		return nil, err
	}
	return &d.report, nil
}

func (d *dossier) rows(t *store.Tx, say func(text string)) error {
	tables, err := store.PersonalTables(t)
	if err != nil {
		return err
	}
	for _, table := range tables {
		n, err := d.table(t, table)
		if err != nil {
			return err
		}
		if n > 0 {
			say(fmt.Sprintf("%s: %d rows", table.Name, n))
			d.report.Tables = append(d.report.Tables, TableRows{table.Name, n})
			d.report.Rows += n
		}
	}
	return d.names(t)
}

// table writes the rows of one table; a part begins with its first row.
func (d *dossier) table(t *store.Tx, table store.PersonalTable) (n int64, err error) {
	columns, err := table.Columns(t)
	if err != nil {
		return 0, err
	}
	var part io.Writer
	var line bytes.Buffer
	files := json.NewEncoder(d.keys)
	err = table.Each(t, d.of.ID, columns, func(values []any) error {
		if n++; n == 1 {
			var err error
			if part, err = d.part("rows/" + table.Name + ".jsonl"); err != nil {
				return err
			}
		}
		for i, c := range columns {
			text, ok := values[i].(string)
			if named := d.places[c.Refers]; ok && named != nil {
				named[text] = true
			}
			if ok && text != "" && c.Name == "asset" {
				if err := files.Encode(text); err != nil {
					return err
				}
			}
		}
		line.Reset()
		if err := archive.WriteRow(&line, columns, values); err != nil {
			return fmt.Errorf("%s: %w", table.Name, err)
		}
		_, err := part.Write(line.Bytes())
		return err
	})
	return n, err
}

func (d *dossier) part(name string) (io.Writer, error) {
	return d.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Deflate, Modified: d.app.DB.Now()})
}

// place is a line of names.jsonl.
type place struct {
	Kind string `json:"kind"` // workspaces, projects
	ID   string `json:"id"`
	Name string `json:"name"`
}

// names says what the workspaces and projects are called that rows name by their ids.
func (d *dossier) names(t *store.Tx) error {
	part, err := d.part("names.jsonl")
	if err != nil {
		return err
	}
	lines := json.NewEncoder(part)
	for _, kind := range slices.Sorted(maps.Keys(d.places)) {
		for ids := range slices.Chunk(slices.Sorted(maps.Keys(d.places[kind])), 500) {
			names, err := store.PlaceNames(t, kind, ids)
			if err != nil {
				return err
			}
			for _, id := range ids {
				if name, ok := names[id]; ok {
					if err := lines.Encode(place{kind, id, name}); err != nil {
						return err
					}
				}
			}
		}
	}
	return nil
}

// files copies the files that rows name.
func (d *dossier) files(ctx context.Context) error {
	if _, err := d.keys.Seek(0, io.SeekStart); err != nil {
		return err
	}
	for lines := json.NewDecoder(bufio.NewReader(d.keys)); ; {
		var key string
		err := lines.Decode(&key)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = d.file(ctx, key)
		}
		if err != nil {
			return err
		}
	}
}

func (d *dossier) file(ctx context.Context, key string) error {
	if !fs.ValidPath(key) {
		d.report.Missing++
		return nil
	}
	r, _, err := d.app.Blob.Open(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		d.report.Missing++
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	part, err := d.part("files/" + key)
	if err != nil {
		return err
	}
	d.report.Files++
	_, err = io.Copy(part, r)
	return err
}

// readme says what is in the file.
func (d *dossier) readme() error {
	part, err := d.part("README.txt")
	if err != nil {
		return err
	}
	name, address := d.of.Hailed(), ""
	if d.of.Email != nil {
		address = *d.of.Email
	}
	fmt.Fprintf(part, "What this server keeps of %s (%s), %s\n\n", name, address, d.app.DB.Now().UTC().Format(time.RFC1123))
	fmt.Fprint(part, "rows/NAME.jsonl   the rows of the table NAME that this person made, owns or is named by: one a line, as JSON.\n"+
		"                  A row with deleted_at was deleted, and is kept for a while. users.jsonl is the account itself.\n"+
		"names.jsonl       what the workspaces and projects are called that rows name by their ids.\n"+
		"files/            the files that this person sent; rows/file_assets.jsonl says of each what it is (asset is its path).\n\n"+
		"Not in it: passwords, keys and other secrets, what only programs read, and what other people wrote.\n\n")
	table := tabwriter.NewWriter(part, 0, 0, 2, ' ', tabwriter.AlignRight)
	for _, t := range d.report.Tables {
		fmt.Fprintf(table, "%d\t  %s\n", t.Rows, t.Table)
	}
	fmt.Fprintf(table, "%d\t  files\n", d.report.Files)
	return table.Flush()
}
