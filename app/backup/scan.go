package backup

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"

	"github.com/sailplane/sailplane/app/archive"
)

// Source is a backup that is read: a file, or what comes in.
type Source struct {
	Name       string // for what is said of it
	R          io.Reader
	Identities []age.Identity // private keys, if it is encrypted
}

// ErrEncrypted says that a backup can't be read without the private key.
var ErrEncrypted = errors.New("it is encrypted: name the file with the private key, --identity FILE")

// ErrOtherKey says that the private key is not the one that it was encrypted for.
var ErrOtherKey = errors.New("it is encrypted for another key")

// scanner is what was found in a backup.
type scanner struct {
	manifest *Manifest
	listed   bool
	database string // the checksum of what was read
	files    int64
}

// scan reads a backup to its end. visit, which may be nil, sees each part; what it leaves is read for it. The folder
// work takes a small file. An error says in words for people what is wrong with the backup.
func scan(ctx context.Context, src Source, work string, visit func(name string, r io.Reader) error) (*scanner, error) {
	s := &scanner{}
	var text bytes.Buffer
	look := func(name string, r io.Reader) error {
		if name == manifestName {
			r = io.TeeReader(r, &text)
		}
		if visit != nil {
			if err := visit(name, r); err != nil {
				return err
			}
		}
		if name != manifestName {
			return nil
		}
		_, err := io.Copy(io.Discard, r)
		return err
	}
	done := func(part archive.Part) error {
		switch part.Name {
		case manifestName:
			return s.read(text.Bytes())
		case databaseName:
			s.database = part.SHA256
		case secretName:
		default:
			s.files++
		}
		return nil
	}
	var err error
	form := archive.Form{Called: "backup", Known: known, Short: short,
		Open: func(r io.Reader) (io.Reader, error) { return decrypt(r, src.Identities) }}
	if s.listed, err = archive.Scan(ctx, src.R, work, form, look, done); err != nil {
		return nil, err
	}
	return s, s.whole()
}

// known says whether a backup may have such a part.
func known(name string) bool {
	return short(name) || name == databaseName || strings.HasPrefix(name, filesPrefix)
}

// short says whether a part is read as a whole.
func short(name string) bool { return name == manifestName || name == secretName }

// decrypt reads what is encrypted, by its first line, and the rest as it is.
func decrypt(r io.Reader, with []age.Identity) (io.Reader, error) {
	const intro = "age-encryption.org/"
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(len(intro)); string(head) != intro { // what is shorter is no backup, which is found next
		return b, nil
	}
	if len(with) == 0 {
		return nil, ErrEncrypted
	}
	plain, err := age.Decrypt(b, with...)
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return nil, ErrOtherKey
	}
	if err != nil {
		return nil, fmt.Errorf("its beginning is damaged: %w", err)
	}
	return plain, nil
}

func (s *scanner) read(manifest []byte) error {
	var m Manifest
	if err := json.Unmarshal(manifest, &m); err != nil {
		return fmt.Errorf("its manifest is damaged: %w", err)
	}
	if m.Format > format {
		return fmt.Errorf("it is of format %d, which this version does not know: use the sailplane that made it (%s) or a newer one",
			m.Format, m.Version)
	}
	if m.Format < 1 {
		return fmt.Errorf("it is no backup: its manifest says format %d", m.Format)
	}
	s.manifest = &m
	return nil
}

// whole says what is missing once all has been read.
func (s *scanner) whole() error {
	switch {
	case s.manifest == nil:
		return errors.New("it is no backup: it has no manifest")
	case s.database == "":
		return errors.New("it has no database")
	case s.manifest.Format > 1 && !s.listed:
		return errors.New("it is cut: the list of its contents is missing")
	case s.database != s.manifest.SHA256:
		return errors.New("it is damaged: its database is not the one that was written")
	}
	return nil
}
