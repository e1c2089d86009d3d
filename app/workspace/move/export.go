package move

import (
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
	"path/filepath"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// export is one workspace on its way out.
type export struct {
	app    *app.App
	work   string
	m      Manifest
	people map[string]bool // ids of whom rows name
	report Report
}

// Export writes a workspace to w. Rows are read as they are at one moment; the server may go on running.
func Export(ctx context.Context, a *app.App, workspace *store.Workspace, w io.Writer, say Say) (*Report, error) {
	work, err := os.MkdirTemp(a.Temp, "sailplane-export-")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(work)
	e := &export{app: a, work: work, people: map[string]bool{}, m: Manifest{Kind: fileKind, Format: format,
		CreatedAt: a.DB.Now().UTC().Truncate(time.Microsecond), Version: a.Version, Tables: map[string]int64{},
		Workspace: Workspace{workspace.ID, workspace.Slug, workspace.Name}}}
	if e.m.Schema, err = schemaOf(ctx, a.DB); err != nil {
		return nil, err
	}
	err = a.DB.Write(ctx, "", func(t *store.Tx) error {
		return app.Note(t, app.Deed{Event: app.WorkspaceExported, Workspace: workspace.ID,
			Target: app.Target{Type: "workspace", ID: workspace.ID, Name: workspace.Name}})
	})
	if err != nil {
		return nil, err
	}
	if err := a.DB.Snapshot(ctx, func(t *store.Tx) error { return e.read(t, say) }); err != nil {
		return nil, fmt.Errorf("export %s: %w", workspace.Slug, err)
	}
	say(fmt.Sprintf("writing %d rows and the files", e.report.Rows))
	if err := e.write(ctx, w); err != nil {
		return nil, fmt.Errorf("export %s: %w", workspace.Slug, err)
	}
	r := &e.report
	r.Workspace, r.Files, r.Missing, r.Behind, r.Schema, r.Created = e.m.Workspace, e.m.Files, e.m.Missing, behind,
		e.m.Schema, e.m.CreatedAt
	return r, nil
}

func schemaOf(ctx context.Context, db *store.DB) (version int, err error) {
	done, err := db.Applied(ctx)
	for _, d := range done {
		version = max(version, d.Version)
	}
	return version, err
}

// read puts the rows into files in the folder work: the manifest, which comes first, counts them.
func (e *export) read(t *store.Tx, say Say) error {
	for _, table := range store.MovedTables() {
		n, err := e.table(t, table)
		if err != nil {
			return err
		}
		if n > 0 {
			say(fmt.Sprintf("%s: %d rows", table.Name, n))
		}
		e.m.Tables[table.Name] = n
		e.report.add(table.Name, n)
	}
	return e.readPeople(t)
}

// spool runs fn with a file in the folder work, for what will be a part.
func (e *export) spool(part string, fn func(w *bufio.Writer) error) error {
	f, err := os.Create(filepath.Join(e.work, spoolName(part)))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	return errors.Join(fn(w), w.Flush(), f.Close())
}

func (e *export) table(t *store.Tx, table store.MovedTable) (n int64, err error) {
	columns, err := table.Columns(t)
	if err != nil {
		return 0, err
	}
	files := json.NewEncoder(io.Discard)
	if table.Name == store.FileAssets.Name {
		keys, err := os.Create(filepath.Join(e.work, "keys"))
		if err != nil {
			return 0, err
		}
		defer keys.Close()
		files = json.NewEncoder(keys)
	}
	var line bytes.Buffer
	err = e.spool(partOf(table), func(w *bufio.Writer) error {
		return table.Each(t, e.m.Workspace.ID, columns, func(values []any) error {
			n++
			for i, c := range columns {
				text, ok := values[i].(string)
				if c.Refers == store.Users.Name && ok {
					e.people[text] = true
				}
				if c.Name == "asset" && ok {
					if err := files.Encode(text); err != nil {
						return err
					}
				}
			}
			line.Reset()
			if err := archive.WriteRow(&line, columns, values); err != nil {
				return fmt.Errorf("%s: %w", table.Name, err)
			}
			_, err := w.Write(line.Bytes())
			return err
		})
	})
	return n, err
}

// readPeople puts the people into a file, by id.
func (e *export) readPeople(t *store.Tx) error {
	ids := slices.Sorted(maps.Keys(e.people))
	return e.spool(peopleName, func(w *bufio.Writer) error {
		lines := json.NewEncoder(w)
		for some := range slices.Chunk(ids, 500) {
			people, err := store.MovedPeople(t, some)
			if err != nil {
				return err
			}
			for i := range people {
				p, key, err := personOf(t, &people[i])
				if err != nil {
					return err
				}
				if err := e.picture(t.Context(), p, key); err != nil {
					return err
				}
				if err := lines.Encode(p); err != nil {
					return err
				}
				e.m.People++
				e.report.People++
			}
		}
		return nil
	})
}

// picture puts the picture of a person into a file, if it is there.
func (e *export) picture(ctx context.Context, p *Person, key string) error {
	if p.Picture == nil {
		return nil
	}
	r, size, err := e.app.Blob.Open(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		p.Picture = nil
		return nil
	}
	if err != nil {
		return err
	}
	defer r.Close()
	p.Picture.Size = size
	return e.spool(picturesPrefix+p.ID, func(w *bufio.Writer) error {
		_, err := io.Copy(w, r)
		return err
	})
}

// write packs what was read.
func (e *export) write(ctx context.Context, out io.Writer) error {
	if err := e.count(ctx); err != nil {
		return err
	}
	w, err := archive.NewWriter(out, e.work)
	if err != nil {
		return err
	}
	defer w.Close()
	doc, err := json.MarshalIndent(e.m, "", "  ")
	if err != nil {
		return err
	}
	if err := w.Add(manifestName, int64(len(doc)), time.Time{}, bytes.NewReader(doc)); err != nil {
		return err
	}
	parts := []string{peopleName}
	for _, table := range store.MovedTables() {
		parts = append(parts, partOf(table))
	}
	for _, id := range slices.Sorted(maps.Keys(e.people)) {
		parts = append(parts, picturesPrefix+id)
	}
	for _, part := range parts {
		if err := e.addSpooled(w, part); err != nil {
			return err
		}
	}
	err = e.eachKey(func(key string) error { return e.addFile(ctx, w, key) })
	if err != nil {
		return err
	}
	return w.End(time.Time{})
}

func (e *export) addSpooled(w *archive.Writer, part string) error {
	f, err := os.Open(filepath.Join(e.work, spoolName(part)))
	if errors.Is(err, os.ErrNotExist) { // nobody's picture
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	return w.Add(part, info.Size(), time.Time{}, f)
}

// eachKey calls fn for the key of each file, in the order of rows.
func (e *export) eachKey(fn func(key string) error) error {
	f, err := os.Open(filepath.Join(e.work, "keys"))
	if err != nil {
		return err
	}
	defer f.Close()
	for d := json.NewDecoder(bufio.NewReader(f)); ; {
		var key string
		err := d.Decode(&key)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = fn(key)
		}
		if err != nil {
			return err
		}
	}
}

// count finds out how many of the files are there, and notes which.
func (e *export) count(ctx context.Context) error {
	list, err := os.Create(filepath.Join(e.work, "there"))
	if err != nil {
		return err
	}
	defer list.Close()
	there := json.NewEncoder(list)
	seen := map[[16]byte]bool{}
	err = e.eachKey(func(key string) error {
		if seen[short(key)] {
			return nil
		}
		seen[short(key)] = true
		r, _, err := e.app.Blob.Open(ctx, key)
		if errors.Is(err, blob.ErrNotFound) || err == nil && !fs.ValidPath(key) {
			e.m.Missing++
			err = nil
		} else if err == nil {
			e.m.Files++
			err = there.Encode(key)
		}
		if r != nil {
			err = errors.Join(err, r.Close())
		}
		return err
	})
	if err != nil {
		return err
	}
	return os.Rename(list.Name(), filepath.Join(e.work, "keys"))
}

func (e *export) addFile(ctx context.Context, w *archive.Writer, key string) error {
	r, size, err := e.app.Blob.Open(ctx, key)
	if errors.Is(err, blob.ErrNotFound) {
		return fmt.Errorf("the file %s was deleted while the workspace was exported: export it again", key)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	return w.Add(filesPrefix+key, size, time.Time{}, r)
}
