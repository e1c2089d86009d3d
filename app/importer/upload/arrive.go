package upload

import (
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"slices"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/blob"
)

// FormSize is how much the form of an upload may be longer than its file.
const FormSize = mostMapping + 64<<10

const (
	mostField  = 1000 // bytes of a field other than the mapping
	mostFields = 20
)

// errEmpty refuses a file without content.
var errEmpty = app.Field("file", "The submitted file is empty.")

// Take keeps the file of a form as it arrives. Beside it the form has kind, and may have project, source and mapping.
// Of what is refused, or cut short, nothing stays.
func Take(c *app.Call, parts *multipart.Reader) (*Upload, error) {
	a := &arrival{Call: c, fields: map[string]string{}}
	err := a.read(parts)
	if err == nil {
		err = a.settle()
	}
	if err != nil {
		return nil, errors.Join(err, a.drop())
	}
	return a.upload, nil
}

// arrival is an upload that is under way.
type arrival struct {
	*app.Call
	fields map[string]string
	upload *Upload
}

func (a *arrival) read(parts *multipart.Reader) error {
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return a.fault(err)
		}
		if part.FileName() != "" && part.FormName() == "file" {
			if a.upload != nil {
				return app.Field("file", "One file at a time.")
			}
			if err := a.keep(part); err != nil {
				return err
			}
			continue
		}
		most := int64(mostField)
		if part.FormName() == "mapping" {
			most = mostMapping
		}
		value, err := io.ReadAll(io.LimitReader(part, most+1))
		if err != nil {
			return a.fault(err)
		}
		if int64(len(value)) > most || len(a.fields) == mostFields {
			return app.Field(part.FormName(), "It is too long.")
		}
		a.fields[part.FormName()] = string(value)
	}
}

// keep writes the file. The row is there before it, so that what a crash leaves is found.
func (a *arrival) keep(part *multipart.Part) error {
	if err := a.check(); err != nil { // what is known by now; a form's fields come first as a rule
		return err
	}
	u := &Upload{ImportUpload: store.ImportUpload{Base: store.Base{ID: store.NewID()}, Name: fileName(part.FileName()),
		Status: store.UploadArriving, WorkspaceID: a.Workspace.ID, InitiatedByID: &a.User.ID},
		Options: Options{Mapping: &record.Map{}}}
	u.File = a.Workspace.ID + "/import-" + u.ID
	err := a.Write(func(t *store.Tx) error {
		if err := t.Lock("imports of " + a.Workspace.ID); err != nil {
			return err
		}
		n, err := store.ImportUploads.Count(t, dbx.HashExp{"workspace_id": a.Workspace.ID})
		if err != nil {
			return err
		}
		if n >= mostUploads {
			return errMany
		}
		return store.ImportUploads.Insert(t, &u.ImportUpload)
	})
	if err != nil {
		return err
	}
	a.upload = u
	limit := a.Config.Limits.ImportSize
	body := &blob.Arriving{From: part, Left: limit, Over: app.TooLarge}
	if err := a.Blob.Put(a, u.File, body, blob.Unknown); body.Fault != nil || err != nil {
		if body.Fault != nil {
			return a.fault(body.Fault)
		}
		return fmt.Errorf("keep a file to import: %w", err)
	}
	u.Size = limit - body.Left
	return nil
}

// check refuses a kind that there is not.
func (a *arrival) check() error {
	if kind, sent := a.fields["kind"]; sent && importer.ReaderOf(kind) == nil {
		return app.Field("kind", `"`+kind+`" is none of `+strings.Join(importer.KindNames(), ", ")+".")
	}
	return nil
}

// settle notes that the file is here.
func (a *arrival) settle() error {
	faults := app.Fields{}
	if a.fields["kind"] == "" {
		faults.Add("kind", "This field is required.")
	}
	if a.upload == nil {
		faults.Add("file", "No file was submitted.")
	}
	if err := faults.Err(); err != nil {
		return err
	}
	if err := a.check(); err != nil {
		return err
	}
	if a.upload.Size == 0 {
		return errEmpty
	}
	if err := a.options(); err != nil {
		return err
	}
	a.upload.Kind, a.upload.Status = a.fields["kind"], store.UploadUploaded
	return a.Write(func(t *store.Tx) error {
		return store.ImportUploads.Update(t, &a.upload.ImportUpload, "kind", "status", "size", "options")
	})
}

func (a *arrival) options() (err error) {
	in := Input{Project: app.Some(a.fields["project"]), Source: app.Some(a.fields["source"])}
	if mapping := strings.TrimSpace(a.fields["mapping"]); mapping != "" {
		in.Mapping = app.Some(store.JSON(mapping))
	}
	if err := a.upload.Options.apply(in); err != nil {
		return err
	}
	a.upload.ImportUpload.Options, err = a.upload.Options.text()
	return err
}

// drop removes what an upload that was refused has left.
func (a *arrival) drop() error {
	if a.upload == nil {
		return nil
	}
	if err := a.Blob.Delete(a, a.upload.File); err != nil {
		return fmt.Errorf("remove what has arrived: %w", err)
	}
	return a.Write(func(t *store.Tx) error { return store.ImportUploads.Purge(t, &a.upload.ImportUpload) })
}

// fault turns what goes wrong while a form arrives into what its sender sees.
func (a *arrival) fault(err error) error {
	switch {
	case errors.Is(err, app.TooLarge):
		return app.Refuse(app.TooLarge, fmt.Sprintf("The file is larger than %d bytes (limits.import_size).",
			a.Config.Limits.ImportSize))
	case errors.Is(err, io.ErrUnexpectedEOF):
		return app.Refuse(app.Invalid, "The upload ended early; nothing was kept.")
	case a.Err() != nil:
		return err
	}
	return app.Refuse(app.Invalid, "The form of the upload can't be read.")
}

// fileName is the last part of a path, as people may read it.
func fileName(s string) string {
	s = strings.ToValidUTF8(s, "\uFFFD")
	s = s[strings.LastIndexAny(s, `/\`)+1:]
	s = strings.TrimSpace(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) {
			return -1
		}
		return c
	}, s))
	if runes := []rune(s); len(runes) > mostName {
		s = string(runes[len(runes)-mostName:]) // what a file is called ends with what it is
	}
	if slices.Contains([]string{"", ".", ".."}, s) {
		return "unnamed"
	}
	return s
}
