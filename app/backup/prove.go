package backup

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/store"
)

// Proof is what a backup was found to be: it was read to its end, every part is what was written, its database was
// restored in a folder of its own, is sound, and has the rows that were counted.
type Proof struct {
	Manifest
	Bytes   int64    `json:"bytes"` // of the whole
	SHA256  string   `json:"sha256"`
	Files   int64    `json:"files"`
	Missing int64    `json:"files_missing"`          // uploads that the database names and that the backup does not have
	Some    []string `json:"some_missing,omitempty"` // of them
}

// UnreadError says that a backup could not be read: whether it is whole is not known.
type UnreadError struct{ Err error }

func (e *UnreadError) Error() string { return "it could not be read: " + e.Err.Error() }

// Unwrap returns why.
func (e *UnreadError) Unwrap() error { return e.Err }

// Prove reads a backup, restores its database in the folder work, and checks all of it. An error says what is wrong.
func Prove(ctx context.Context, src Source, work string) (*Proof, error) {
	whole := sha256.New()
	in := &archive.Counter{R: io.TeeReader(src.R, whole)}
	src.R = in
	lite := filepath.Join(work, "proof.db")
	names, err := os.CreateTemp(work, "names-")
	if err != nil {
		return nil, err
	}
	defer func() {
		for _, file := range []string{names.Name(), lite, lite + "-wal", lite + "-shm"} {
			os.Remove(file)
		}
	}()
	defer names.Close()
	lines := bufio.NewWriter(names)
	s, err := scan(ctx, src, work, func(name string, r io.Reader) error {
		if name == databaseName {
			return write(lite, r)
		}
		if key, ok := strings.CutPrefix(name, filesPrefix); ok {
			return json.NewEncoder(lines).Encode(key)
		}
		return nil
	})
	if err == nil {
		_, err = io.Copy(io.Discard, in)
	}
	if in.Err != nil {
		return nil, &UnreadError{in.Err}
	}
	if err != nil {
		return nil, err
	}
	p := &Proof{Manifest: *s.manifest, Bytes: in.N, SHA256: hex.EncodeToString(whole.Sum(nil)), Files: s.files}
	db, err := store.Open(ctx, "", lite, store.Relaxed)
	if err != nil {
		return nil, err
	}
	if err = p.check(ctx, db); err == nil && p.Scope != ScopeDatabase {
		if err = lines.Flush(); err == nil {
			p.Missing, p.Some, err = store.UploadsWithout(ctx, db, decoded(names))
			if errors.Is(err, store.ErrUnique) {
				err = errors.New("it is no backup: it has a file twice")
			}
		}
	}
	if err = errors.Join(err, db.Close()); err != nil {
		return nil, err
	}
	return p, nil
}

func write(file string, r io.Reader) error {
	f, err := os.OpenFile(file, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, r)
	return errors.Join(err, f.Close())
}

// decoded reads the names of a file from its beginning.
func decoded(f *os.File) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if _, err := f.Seek(0, io.SeekStart); err != nil {
			yield("", err)
			return
		}
		for d := json.NewDecoder(bufio.NewReader(f)); ; {
			var name string
			err := d.Decode(&name)
			if errors.Is(err, io.EOF) || !yield(name, err) {
				return
			}
		}
	}
}

// passing is a key for one backup: it is encrypted for it too, so that it can be proven at once, and the key is nowhere
// afterwards. Keys of two sorts can't stand beside each other.
func passing(to []age.Recipient) (age.Identity, age.Recipient, error) {
	if _, ok := to[0].(*age.HybridRecipient); ok {
		key, err := age.GenerateHybridIdentity()
		if err != nil {
			return nil, nil, fmt.Errorf("make a key for the proof: %w", err)
		}
		return key, key.Recipient(), nil
	}
	key, err := age.GenerateX25519Identity()
	if err != nil {
		return nil, nil, fmt.Errorf("make a key for the proof: %w", err)
	}
	return key, key.Recipient(), nil
}
