package backup

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strings"

	"filippo.io/age"
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

const mostText = 1 << 20 // of the manifest and the secret, which are read as a whole

// scanner goes through a backup once and holds each part to the list of contents.
type scanner struct {
	guard    *guard
	found    *os.File // a line for each part that was read, to be compared with the list, which comes last
	lines    *bufio.Writer
	manifest *Manifest
	listed   bool
	database string // the checksum of what was read
	parts    int64
	files    int64
	buffer   []byte
}

// scan reads a backup to its end. visit, which may be nil, sees each part; what it leaves is read for it. The folder
// work takes a small file. An error says in words for people what is wrong with the backup.
func scan(ctx context.Context, src Source, work string, visit func(name string, r io.Reader) error) (*scanner, error) {
	in := &counter{r: src.R}
	plain, err := decrypt(in, src.Identities)
	if err != nil {
		return nil, err
	}
	zip, err := gzip.NewReader(plain)
	if err != nil {
		return nil, fmt.Errorf("it is no backup, or its beginning is damaged: %w", err)
	}
	found, err := os.CreateTemp(work, "found-")
	if err != nil {
		return nil, err
	}
	defer os.Remove(found.Name())
	defer found.Close()
	s := &scanner{guard: &guard{r: zip, in: in}, found: found, lines: bufio.NewWriter(found),
		buffer: make([]byte, 64<<10)}
	if err := s.all(ctx, visit); err != nil {
		return nil, err
	}
	return s, s.whole()
}

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

func (s *scanner) all(ctx context.Context, visit func(name string, r io.Reader) error) error {
	parts, at := tar.NewReader(s.guard), "its beginning"
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		h, err := parts.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return s.damaged("after "+at, err)
		}
		s.guard.out += partCost
		at = h.Name
		if err := s.admit(h); err != nil {
			return err
		}
		if err := s.part(h, parts, visit); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, s.guard); err != nil { // the checksum of the archive comes last
		return s.damaged("after "+at, err)
	}
	return nil
}

// admit refuses parts that no backup has.
func (s *scanner) admit(h *tar.Header) error {
	known := h.Name == manifestName || h.Name == secretName || h.Name == databaseName || h.Name == contentsName
	switch {
	case !known && !strings.HasPrefix(h.Name, filesPrefix) || h.Typeflag != tar.TypeReg || !fs.ValidPath(h.Name):
		return fmt.Errorf("it is no backup: it has a part %q", h.Name)
	case (h.Name == manifestName || h.Name == secretName) && h.Size > mostText:
		return fmt.Errorf("it is no backup: its %s is far too large", h.Name)
	case s.listed:
		return fmt.Errorf("it is damaged: %s comes after the list of contents", h.Name)
	}
	return nil
}

// part reads one part, and notes what it was.
func (s *scanner) part(h *tar.Header, r io.Reader, visit func(name string, r io.Reader) error) error {
	if h.Name == contentsName {
		s.listed = true
		return s.compare(r)
	}
	sum := sha256.New()
	body := io.TeeReader(r, sum)
	var text bytes.Buffer
	if h.Name == manifestName {
		body = io.TeeReader(body, &text)
	}
	if visit != nil {
		if err := visit(h.Name, body); err != nil && s.guard.err == nil {
			return fmt.Errorf("unpack %s: %w", h.Name, err)
		}
	}
	if _, err := io.CopyBuffer(io.Discard, body, s.buffer); err != nil {
		return s.damaged("in "+h.Name, err)
	}
	got := Part{Name: h.Name, Size: h.Size, SHA256: hex.EncodeToString(sum.Sum(nil))}
	line, err := json.Marshal(got)
	if err != nil {
		return err
	}
	if _, err := s.lines.Write(append(line, '\n')); err != nil {
		return err
	}
	s.parts++
	switch {
	case h.Name == manifestName:
		return s.read(text.Bytes())
	case h.Name == databaseName:
		s.database = got.SHA256
	case h.Name != secretName:
		s.files++
	}
	return nil
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

// compare holds the list of contents to what was read, which stands in the same order.
func (s *scanner) compare(r io.Reader) error {
	if err := s.lines.Flush(); err != nil {
		return err
	}
	if _, err := s.found.Seek(0, io.SeekStart); err != nil {
		return err
	}
	listed, found := json.NewDecoder(r), json.NewDecoder(bufio.NewReader(s.found))
	for n := int64(0); ; n++ {
		var want, got Part
		if err := listed.Decode(&want); err != nil {
			return s.damaged("in the list of its contents", err)
		}
		if err := found.Decode(&got); err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if want.Name == "" && got.Name == "" {
			if want.Parts != n {
				return fmt.Errorf("it is damaged: of %d parts %d are there", want.Parts, n)
			}
			return nil
		}
		if want != got {
			return differs(want, got, listed)
		}
	}
}

// differs says what is wrong with the first part that is not as listed; the list goes on in rest.
func differs(want, got Part, rest *json.Decoder) error {
	switch {
	case want.Name == got.Name && want.Size != got.Size:
		return fmt.Errorf("it is damaged: %s has %d bytes, and %d were written", got.Name, got.Size, want.Size)
	case want.Name == got.Name:
		return fmt.Errorf("it is damaged: %s is not what was written, its checksum is another", got.Name)
	}
	for next := want; got.Name != "" && next.Name != got.Name; {
		next = Part{}
		if err := rest.Decode(&next); err != nil || next.Name == "" {
			return fmt.Errorf("it is damaged: %s is not on the list of its contents", got.Name)
		}
	}
	return fmt.Errorf("it is damaged: %s is missing", want.Name)
}

// damaged says where reading failed, and why.
func (s *scanner) damaged(where string, err error) error {
	if s.guard.err != nil {
		err = s.guard.err
	}
	switch {
	case errors.Is(err, errBomb):
		return err
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("it is cut: it ends %s", where)
	}
	return fmt.Errorf("it is damaged %s: %w", where, err)
}
