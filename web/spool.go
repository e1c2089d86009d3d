package web

import (
	"bytes"
	"errors"
	"io"
	"os"
	"syscall"

	"github.com/sailplane/sailplane/store"
)

// What strangers are slow to send or to read waits in files, not in memory: a body from spoolBody on until all of it
// has come, an answer from spoolAnswer on until all of it has been taken.
const (
	spoolBody   = 64 << 10
	spoolAnswer = 2 << 20
)

// spool is a file that is gone once it is closed.
type spool struct{ *os.File }

func newSpool(dir string) (*spool, error) {
	f, err := os.CreateTemp(dir, "sailplane-*.part")
	if err != nil {
		return nil, err
	}
	os.Remove(f.Name()) // where files that are open can't be removed, Close does it
	return &spool{f}, nil
}

// Close ends the file.
func (s *spool) Close() error {
	err := s.File.Close()
	os.Remove(s.Name()) // gone already, where that is possible
	return err
}

// Write keeps what no memory should. A full disk is said as the database says it.
func (s *spool) Write(p []byte) (int, error) {
	n, err := s.File.Write(p)
	if errors.Is(err, syscall.ENOSPC) {
		err = store.ErrFull
	}
	return n, err
}

// receive reads a body to its end: a small one into memory, of a large one the rest into a file. The caller closes it.
func receive(dir string, body io.Reader, announced int64) (start []byte, rest *spool, size int64, err error) {
	var small bytes.Buffer
	small.Grow(int(min(max(announced, 0), spoolBody)) + bytes.MinRead)
	n, err := io.CopyN(&small, body, spoolBody)
	if errors.Is(err, io.EOF) || err != nil {
		return small.Bytes(), nil, n, eofIsNone(err)
	}
	rest, err = newSpool(dir)
	if err != nil {
		return nil, nil, 0, err
	}
	more, err := io.Copy(rest, body)
	if err == nil {
		_, err = rest.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, nil, 0, errors.Join(err, rest.Close())
	}
	return small.Bytes(), rest, n + more, nil
}

func eofIsNone(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// keep writes a file that is read from its beginning.
func keep(dir string, content []byte) (*spool, error) {
	file, err := newSpool(dir)
	if err != nil {
		return nil, err
	}
	_, err = file.Write(content)
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
