package asset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"

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
	errTooLarge = app.Refuse(http.StatusRequestEntityTooLarge, "The file is larger than what was asked for.")
	errNoFile   = app.Invalid("The form has no file.")
	errCutShort = app.Invalid("The upload ended early; nothing was kept.")
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
			return cut(err)
		}
		if part.FormName() == "file" {
			p, err := checkForm(a, fields)
			if err != nil {
				return err
			}
			return keep(ctx, a, p, part)
		}
		value, err := io.ReadAll(io.LimitReader(part, fieldSize+1))
		if err != nil {
			return cut(err)
		}
		if len(value) > fieldSize || len(fields) == fieldCount {
			return errBadForm
		}
		fields[part.FormName()] = string(value)
	}
}

func keep(ctx context.Context, a *app.App, p *policy, r io.Reader) error {
	err := a.Blob.Put(ctx, p.Key, &bounded{r, p.Size}, blob.Unknown)
	if err != nil {
		return cut(fmt.Errorf("keep an upload: %w", err))
	}
	return nil
}

// cut turns what goes wrong while a file arrives into what its sender sees.
func cut(err error) error {
	var large *http.MaxBytesError
	switch {
	case errors.Is(err, errTooLarge) || errors.As(err, &large):
		return errTooLarge
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errCutShort
	}
	return err
}

// bounded fails when there is more to read than that.
type bounded struct {
	r    io.Reader
	left int64
}

// Read reads on, if it may.
func (b *bounded) Read(p []byte) (int, error) {
	n, err := b.r.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return 0, errTooLarge
	}
	return n, err
}
