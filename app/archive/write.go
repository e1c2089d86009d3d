// Package archive is the form of files that this program writes to read them again: a .tar.gz whose last part,
// contents.jsonl, has a line for each of the others with its size and its checksum. So one is written as it is read,
// one that was cut has no such part, and whatever was damaged is found before anything is done with it.
package archive

import (
	"archive/tar"
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"
)

const contentsName = "contents.jsonl"

// Part is a line of contents.jsonl. The last line has the number of the others in Parts, and nothing else.
type Part struct {
	Name   string `json:"name,omitempty"`
	Size   int64  `json:"size,omitempty"`
	SHA256 string `json:"sha256,omitempty"` // in hex
	Parts  int64  `json:"parts,omitempty"`
}

// Writer writes the parts of an archive, and the list of them. It needs memory for none.
type Writer struct {
	zip    *squeezer
	tar    *tar.Writer
	file   *os.File // of the list
	list   *bufio.Writer
	parts  int64
	buffer []byte
}

// NewWriter begins an archive. The list of contents is gathered in a file in the folder work.
func NewWriter(w io.Writer, work string) (*Writer, error) {
	file, err := os.CreateTemp(work, "contents-")
	if err != nil {
		return nil, err
	}
	zip := squeeze(w)
	return &Writer{zip: zip, tar: tar.NewWriter(zip), file: file, list: bufio.NewWriter(file),
		buffer: make([]byte, 64<<10)}, nil
}

// Add adds a part of size bytes.
func (w *Writer) Add(name string, size int64, changed time.Time, r io.Reader) error {
	if err := w.tar.WriteHeader(&tar.Header{Name: name, Mode: 0o600, Size: size, ModTime: changed}); err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	sum := sha256.New()
	n, err := io.CopyBuffer(io.MultiWriter(w.tar, sum), io.LimitReader(r, size), w.buffer)
	if err == nil && n < size {
		err = errors.New("it became shorter while it was read")
	}
	if err != nil {
		return fmt.Errorf("add %s: %w", name, err)
	}
	w.parts++
	return w.note(Part{Name: name, Size: size, SHA256: hex.EncodeToString(sum.Sum(nil))})
}

// note adds a line to the list of contents.
func (w *Writer) note(part Part) error {
	line, err := json.Marshal(part)
	if err == nil {
		_, err = w.list.Write(append(line, '\n'))
	}
	return err
}

// End adds the list of contents itself; without it the archive is none.
func (w *Writer) End(at time.Time) error {
	if err := errors.Join(w.note(Part{Parts: w.parts}), w.list.Flush()); err != nil {
		return err
	}
	size, err := w.file.Seek(0, io.SeekEnd)
	if err == nil {
		_, err = w.file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return err
	}
	w.list = bufio.NewWriter(io.Discard) // it does not list itself
	if err := w.Add(contentsName, size, at, w.file); err != nil {
		return err
	}
	return errors.Join(w.tar.Close(), w.zip.Close())
}

// Close removes what was gathered, whether the archive has ended or not.
func (w *Writer) Close() error { return errors.Join(w.file.Close(), os.Remove(w.file.Name())) }
