package asset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store/blob"
)

const (
	fieldSize  = 8 << 10 // longest field of an upload's form
	fieldCount = 20
)

// FormSize is how much an upload's form may be longer than its file.
const FormSize = 256 << 10

var (
	errTooLarge = app.Refuse(app.TooLarge, "The file is larger than what was asked for.")
	errNoFile   = app.Refuse(app.Invalid, "The form has no file.")
	errCutShort = app.Refuse(app.Invalid, "The upload ended early; nothing was kept.")
	errGarbled  = app.Refuse(app.Invalid, "The form of the upload can't be read.")
)

// Receive keeps the file of an upload's form as it arrives; nothing of one that is too large or cut short.
func Receive(ctx context.Context, a *app.App, parts *multipart.Reader) error {
	fields := map[string]string{}
	for {
		part, err := parts.NextPart()
		if errors.Is(err, io.EOF) {
			return errNoFile
		}
		if err != nil {
			return uploadError(err)
		}
		if part.FormName() == "file" {
			p, err := checkForm(a, fields)
			if err != nil {
				return err
			}
			return storeFile(ctx, a, p, part)
		}
		value, err := io.ReadAll(io.LimitReader(part, fieldSize+1))
		if err != nil {
			return uploadError(err)
		}
		if len(value) > fieldSize || len(fields) == fieldCount {
			return errBadForm
		}
		fields[part.FormName()] = string(value)
	}
}

func storeFile(ctx context.Context, a *app.App, p *policy, r io.Reader) error {
	return writeFile(ctx, a, p.Key, &blob.Arriving{From: r, Left: p.Size, Over: errTooLarge})
}

// writeFile keeps what arrives. What goes wrong with the arrival is the sender's fault, the rest is ours.
func writeFile(ctx context.Context, a *app.App, key string, body *blob.Arriving) error {
	err := a.Blob.Put(ctx, key, body, blob.Unknown)
	switch {
	case body.Fault != nil:
		return uploadError(body.Fault)
	case err != nil:
		return fmt.Errorf("keep an upload: %w", err)
	}
	return nil
}

// uploadError turns what goes wrong while a form arrives into what its sender sees.
func uploadError(err error) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, app.TooLarge):
		return errTooLarge
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errCutShort
	}
	return errGarbled
}
