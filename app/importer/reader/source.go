// Package reader reads files of other trackers, each in a file of its own, and tells neutral records of them. Nothing
// that a file holds is believed: what can't be read is a line in the report, and what would take too much is refused.
package reader

import (
	"archive/zip"
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/record"
)

// refuse is a refusal in words for people.
func refuse(format string, args ...any) error {
	return &app.Error{Kind: app.Invalid, Code: "IMPORT", Text: fmt.Sprintf(format, args...)}
}

// file is a source on the disk.
type file struct{ path, name string }

// FromFile is the source that is a file on the disk. name is what it is called, if that is not its name there.
func FromFile(path, name string) record.Source {
	if name == "" {
		name = filepath.Base(path)
	}
	return file{path, name}
}

func (f file) Name() string { return f.name }

func (f file) Open() (record.File, error) {
	opened, err := os.Open(f.path)
	if err != nil {
		return nil, err
	}
	info, err := opened.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = refuse("%s is no file", f.name)
	}
	if err != nil {
		return nil, errors.Join(err, opened.Close())
	}
	return sized{opened, info.Size()}, nil
}

type sized struct {
	*os.File

	size int64
}

func (s sized) Size() int64 { return s.size }

// Bounds of what is read from a packed file: a bomb is small and becomes large.
const (
	mostParts   = 10_000
	mostPart    = 1 << 30
	mostRatio   = 200
	smallEnough = 16 << 20 // is taken whatever it was packed to
)

// unpack gives do the parts of a zip whose names fit, each as a stream that ends with an error where it becomes too
// much. Nothing is ever written by the name of a part.
func unpack(f record.File, fits func(name string) bool, do func(name string, r io.Reader) error) (found int,
	err error) {
	z, err := zip.NewReader(f, f.Size())
	if err != nil {
		return 0, refuse("it is no zip that can be read: %v", err)
	}
	if len(z.File) > mostParts {
		return 0, refuse("it has %d parts, more than %d", len(z.File), mostParts)
	}
	for _, part := range z.File {
		if !part.Mode().IsRegular() || !fits(path.Clean("/"+strings.ReplaceAll(part.Name, `\`, "/"))) {
			continue
		}
		found++
		if err := onePart(part, do); err != nil {
			return found, err
		}
	}
	return found, nil
}

func onePart(part *zip.File, do func(name string, r io.Reader) error) error {
	most := max(smallEnough, min(int64(part.CompressedSize64)*mostRatio, mostPart))
	r, err := part.Open()
	if err != nil {
		return refuse("%s in it can't be unpacked: %v", path.Base(part.Name), err)
	}
	defer r.Close()
	return do(path.Base(part.Name), &bounded{r: r, left: most,
		err: refuse("%s in it becomes far larger than it is: it is not read", path.Base(part.Name))})
}

// bounded is a reader that fails when it has given too much.
type bounded struct {
	r    io.Reader
	left int64
	err  error
}

func (b *bounded) Read(p []byte) (int, error) {
	if b.left <= 0 {
		return 0, b.err
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.left -= int64(n)
	return n, err
}

func isZip(f record.File) bool {
	head := make([]byte, 4)
	n, _ := f.ReadAt(head, 0)
	return n == 4 && string(head) == "PK\x03\x04"
}

// text reads a file as UTF-8, whatever it is written in, from its beginning.
func text(f record.File, wanted string) (io.Reader, error) {
	whole := io.NewSectionReader(f, 0, f.Size())
	if wanted == "" {
		var err error
		if wanted, err = encodingOf(whole); err != nil {
			return nil, err
		}
		if _, err := whole.Seek(0, io.SeekStart); err != nil {
			return nil, err
		}
	}
	return decoded(whole, wanted), nil
}

func decoded(r io.Reader, encoding string) io.Reader {
	switch encoding {
	case "utf-16", "utf-16le":
		return transform.NewReader(r, unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder())
	case "utf-16be":
		return transform.NewReader(r, unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder())
	case "windows-1252":
		return transform.NewReader(r, charmap.Windows1252.NewDecoder())
	}
	return withoutMark(r)
}

// withoutMark leaves out the byte-order mark of UTF-8.
func withoutMark(r io.Reader) io.Reader {
	b := bufio.NewReaderSize(r, 64<<10)
	if head, _ := b.Peek(3); string(head) == "\uFEFF" {
		b.Discard(3) //nolint:errcheck // they are there
	}
	return b
}

// encodingOf tells by a mark, by where zeros are, or by whether the whole is UTF-8.
func encodingOf(r io.Reader) (string, error) {
	b := bufio.NewReaderSize(r, 64<<10)
	head, _ := b.Peek(4096)
	switch {
	case strings.HasPrefix(string(head), "\xff\xfe"):
		return "utf-16le", nil
	case strings.HasPrefix(string(head), "\xfe\xff"):
		return "utf-16be", nil
	}
	even, odd := 0, 0
	for i, c := range head {
		if c == 0 && i%2 == 0 {
			even++
		} else if c == 0 {
			odd++
		}
	}
	switch half := len(head) / 4; {
	case half > 0 && odd > half && even < half/8:
		return "utf-16le", nil
	case half > 0 && even > half && odd < half/8:
		return "utf-16be", nil
	case even+odd > 0:
		return "", refuse("it is no text: it has zero bytes")
	}
	for {
		c, size, err := b.ReadRune()
		if errors.Is(err, io.EOF) {
			return "utf-8", nil
		}
		if err != nil {
			return "", err
		}
		if c == utf8.RuneError && size == 1 {
			return "windows-1252", nil
		}
	}
}
