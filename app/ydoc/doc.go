// Package ydoc is a Yjs document: it takes updates of version 1, answers with state vectors and differences, and writes
// byte for byte what Yjs 13.6 writes for the same document. The facts are those of Yjs (https://github.com/yjs/yjs, MIT)
// and lib0 (https://github.com/dmonad/lib0, MIT); the code is our own.
package ydoc

import "errors"

// What is wrong with an update, a state vector or a content.
var (
	ErrMalformed = errors.New("not a Yjs update")
	ErrTooLarge  = errors.New("too large")
)

// A Doc is one document. It is not safe for concurrent use.
type Doc struct{}

// New returns an empty document.
func New() *Doc { return &Doc{} }

// Apply integrates an update; what depends on what is not here yet waits. An error leaves the document as it was.
func (d *Doc) Apply(update []byte) error { return errors.ErrUnsupported }

// StateVector returns how much the document has of each client, as Yjs encodes it.
func (d *Doc) StateVector() []byte { return []byte{0} }

// Diff returns what the holder of the state vector lacks; nil stands for who has nothing.
func (d *Doc) Diff(stateVector []byte) ([]byte, error) { return nil, errors.ErrUnsupported }

// Size returns about how many bytes the document takes in memory.
func (d *Doc) Size() int { return 0 }

// Content returns the tree of a root fragment.
func (d *Doc) Content(fragment string) []Node { return nil }

// Replace makes content the content of a root fragment, as client, and returns the update; nil when nothing changed.
func (d *Doc) Replace(fragment string, content []Node, client uint64) (update []byte, err error) {
	return nil, errors.ErrUnsupported
}

// Merge returns one update that says the same as several.
func Merge(updates ...[]byte) ([]byte, error) { return nil, errors.ErrUnsupported }
