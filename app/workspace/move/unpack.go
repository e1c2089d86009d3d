package move

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/store"
)

// Refusals of a file.
const (
	CodeNoExport = "NOT_AN_EXPORT" // it is none, or it is cut or damaged
	CodeForeign  = "OTHER_VERSION" // of a newer version
	CodeInUse    = "IDS_IN_USE"
	CodeSlug     = "SLUG"
)

// spoolName is where a part lies in the folder work: names that others chose are no paths.
func spoolName(part string) string {
	sum := sha256.Sum256([]byte(part))
	return "part-" + hex.EncodeToString(sum[:])
}

// short is a key for what is remembered of many names.
func short(name string) (key [16]byte) {
	sum := sha256.Sum256([]byte(name))
	return [16]byte(sum[:16])
}

// unpack lays a file out in the folder work and holds every part of it to its checksum. schema is the one that is here.
func unpack(ctx context.Context, r io.Reader, work string, schema int) (*Manifest, error) {
	var m *Manifest
	fault := error(nil)
	_, err := archive.Scan(ctx, r, work, form, func(name string, r io.Reader) error {
		if name == manifestName {
			text, err := io.ReadAll(r)
			if err != nil {
				return err
			}
			if m, fault = readManifest(text, schema); fault != nil {
				return fault
			}
			return nil
		}
		if m == nil {
			fault = refuse(CodeNoExport, "it is no exported workspace: it does not begin with a manifest")
			return fault
		}
		return layOut(filepath.Join(work, spoolName(name)), r)
	}, nil)
	switch {
	case fault != nil:
		return nil, fault
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case err != nil:
		return nil, refuse(CodeNoExport, err.Error())
	case m == nil:
		return nil, refuse(CodeNoExport, "it is no exported workspace: it has no manifest")
	}
	return m, nil
}

func layOut(file string, r io.Reader) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if errors.Is(err, os.ErrExist) {
		return errors.New("it is there twice")
	}
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

func readManifest(text []byte, schema int) (*Manifest, error) {
	var m Manifest
	if err := json.Unmarshal(text, &m); err != nil || m.Kind != fileKind {
		return nil, refuse(CodeNoExport, "it is no exported workspace: its manifest says something else")
	}
	if m.Format != format {
		return nil, refuse(CodeForeign, fmt.Sprintf("it is of format %d, which this version does not know: use the "+
			"sailplane that made it (%s) or a newer one", m.Format, m.Version))
	}
	if m.Schema > schema {
		return nil, refuse(CodeForeign, fmt.Sprintf("it was made by a newer version (%s, schema %d; this one has %d): bring "+
			"this installation up to date first", m.Version, m.Schema, schema))
	}
	if !store.IsID(m.Workspace.ID) {
		return nil, refuse(CodeNoExport, "it is no exported workspace: its manifest has no id")
	}
	return &m, nil
}

// longestLine is how long a row may be: some times what a request may write.
const longestLine = 256 << 20

// lines calls fn for every line of a part; one that is not there has none.
func (i *importing) lines(part string, fn func(line []byte) error) error {
	f, err := os.Open(filepath.Join(i.work, spoolName(part)))
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	s := bufio.NewScanner(f)
	s.Buffer(make([]byte, 64<<10), longestLine)
	for s.Scan() {
		if err := fn(s.Bytes()); err != nil {
			return fmt.Errorf("%s: %w", part, err)
		}
	}
	return s.Err()
}

// readPeople reads who is in the file.
func (i *importing) readPeople() error {
	addresses := map[string]bool{}
	err := i.lines(peopleName, func(line []byte) error {
		var p Person
		if err := json.Unmarshal(line, &p); err != nil || !store.IsID(p.ID) {
			return errors.New("a line is nobody")
		}
		if p.Email != "" {
			email, ok := app.CleanEmail(p.Email)
			if !ok || addresses[email] {
				return fmt.Errorf("%q is no address, or two people have it", p.Email)
			}
			p.Email, addresses[email] = email, true
		}
		if !strings.HasPrefix(p.Avatar, "https://") && !strings.HasPrefix(p.Avatar, "http://") {
			p.Avatar = ""
		}
		i.people = append(i.people, p)
		i.known.rows = append(i.known.rows, entry{uuid.MustParse(p.ID), peopleNumber})
		return nil
	})
	if err != nil {
		return refuse(CodeNoExport, "it is damaged: "+err.Error())
	}
	if int64(len(i.people)) != i.m.People {
		return refuse(CodeNoExport, fmt.Sprintf("it is damaged: it has %d people, and %d were counted", len(i.people),
			i.m.People))
	}
	return nil
}

// look reads every row once: whether it is one, of this workspace, and how many there are. It gathers the ids.
func (i *importing) look() error {
	for n := range i.tables {
		table := &i.tables[n]
		rows := int64(0)
		err := i.lines(partOf(table.MovedTable), func(line []byte) error {
			rows++
			values, err := readRow(line, table.columns)
			if err != nil {
				return err
			}
			if of, _ := values[table.by].(string); of != i.m.Workspace.ID {
				return errors.New("a row is of another workspace")
			}
			if table.id < 0 { // the database counts them
				return nil
			}
			id, _ := values[table.id].(string)
			if !store.IsID(id) {
				return errors.New("a row has no id")
			}
			i.known.rows = append(i.known.rows, entry{uuid.MustParse(id), uint8(n)})
			return nil
		})
		if err == nil && rows != i.m.Tables[table.Name] {
			err = fmt.Errorf("%s has %d rows, and %d were counted", table.Name, rows, i.m.Tables[table.Name])
		}
		if err != nil {
			return refuse(CodeNoExport, "it is damaged: "+err.Error())
		}
	}
	if i.m.Tables["workspaces"] != 1 {
		return refuse(CodeNoExport, "it is no exported workspace: it has not one workspace")
	}
	for name, rows := range i.m.Tables {
		if _, ok := i.numbers[name]; !ok && rows > 0 {
			return refuse(CodeForeign, fmt.Sprintf("it has a table %q, which this version does not know", name))
		}
	}
	if id, twice := i.known.sort(); twice {
		return refuse(CodeNoExport, "it is damaged: it has two rows with the id "+id.String())
	}
	return nil
}

// base is the name of a file as its key may end: without what stood before it.
func base(key string) string {
	name := key[strings.LastIndexByte(key, '/')+1:]
	if len(name) > 33 && name[32] == '-' { // what made the key one of a kind
		name = name[33:]
	}
	return string(bytes.ToValidUTF8([]byte(name[max(0, len(name)-100):]), nil))
}
