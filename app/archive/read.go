package archive

import (
	"archive/tar"
	"bufio"
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
)

// Form is what an archive of one sort looks like.
type Form struct {
	Called string                             // what errors call it: "backup"
	Known  func(name string) bool             // whether it may have such a part
	Short  func(name string) bool             // whether that part is a text that is read as a whole: it may not be long
	Open   func(io.Reader) (io.Reader, error) // what lies around it, such as encryption; nil: nothing
}

const mostText = 1 << 20 // of parts that are read as a whole

// scanner goes through an archive once and holds each part to the list of contents.
type scanner struct {
	Form
	guard  *guard
	found  *os.File // a line for each part that was read, to be compared with the list, which comes last
	lines  *bufio.Writer
	listed bool
	parts  int64
	buffer []byte
}

// Scan reads an archive to its end. visit sees each part as it comes, not yet held to the list; what it leaves is read
// for it. done hears what each part was. Either may be nil. The folder work takes a small file. An error says in words
// for people what is wrong with the archive; listed says whether it has a list of its contents.
func Scan(ctx context.Context, r io.Reader, work string, form Form, visit func(name string, r io.Reader) error,
	done func(Part) error) (listed bool, err error) {
	in := &Counter{R: r}
	plain := io.Reader(in)
	if form.Open != nil {
		if plain, err = form.Open(in); err != nil {
			return false, err
		}
	}
	zip, err := gzip.NewReader(plain)
	if err != nil {
		return false, fmt.Errorf("it is no %s, or its beginning is damaged: %w", form.Called, err)
	}
	found, err := os.CreateTemp(work, "found-")
	if err != nil {
		return false, err
	}
	defer os.Remove(found.Name())
	defer found.Close()
	s := &scanner{Form: form, guard: &guard{r: zip, in: in}, found: found, lines: bufio.NewWriter(found),
		buffer: make([]byte, 64<<10)}
	err = s.all(ctx, visit, done)
	return s.listed, err
}

func (s *scanner) all(ctx context.Context, visit func(name string, r io.Reader) error, done func(Part) error) error {
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
		if err := s.part(h, parts, visit, done); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, s.guard); err != nil { // the checksum of the archive comes last
		return s.damaged("after "+at, err)
	}
	return nil
}

// admit refuses parts that no such archive has.
func (s *scanner) admit(h *tar.Header) error {
	switch {
	case h.Name != contentsName && !s.Known(h.Name) || h.Typeflag != tar.TypeReg || !fs.ValidPath(h.Name):
		return fmt.Errorf("it is no %s: it has a part %q", s.Called, h.Name)
	case s.Short(h.Name) && h.Size > mostText:
		return fmt.Errorf("it is no %s: its %s is far too large", s.Called, h.Name)
	case s.listed:
		return fmt.Errorf("it is damaged: %s comes after the list of contents", h.Name)
	}
	return nil
}

// part reads one part, and notes what it was.
func (s *scanner) part(h *tar.Header, r io.Reader, visit func(name string, r io.Reader) error,
	done func(Part) error) error {
	if h.Name == contentsName {
		s.listed = true
		return s.compare(r)
	}
	sum := sha256.New()
	body := io.TeeReader(r, sum)
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
	if done == nil {
		return nil
	}
	return done(got)
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
		return fmt.Errorf("it is no %s: %w", s.Called, err)
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return fmt.Errorf("it is cut: it ends %s", where)
	}
	return fmt.Errorf("it is damaged %s: %w", where, err)
}
