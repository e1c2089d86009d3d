package live

import (
	"encoding/binary"
	"fmt"
	"unicode/utf8"

	"github.com/sailplane/sailplane/app/page/room"
)

// A frame is the name of a document, a type, and what that type has. Numbers are those of lib0: seven bits a byte, the
// lowest first. The protocol is that of Hocuspocus 2.15 (MIT); the code is our own.
type frameType uint64

const (
	typeSync               frameType = 0
	typeAwareness          frameType = 1
	typeAuth               frameType = 2
	typeQueryAwareness     frameType = 3
	typeSyncReply          frameType = 4
	typeStateless          frameType = 5
	typeBroadcastStateless frameType = 6
	typeClose              frameType = 7
	typeSyncStatus         frameType = 8
)

// The parts of a sync frame.
const (
	syncStep1  = 0
	syncStep2  = 1
	syncUpdate = 2
)

// The parts of an auth frame.
const (
	authToken  = 0
	authDenied = 1
	authDone   = 2
)

// reader reads a frame from its beginning.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", room.ErrBad, what)
	}
}

// number reads one that browsers can count to.
func (r *reader) number(what string) uint64 {
	v, n := binary.Uvarint(r.b)
	if n <= 0 || v > 1<<53 {
		r.fail(what)
		return 0
	}
	r.b = r.b[n:]
	return v
}

// bytes reads so many bytes as stand before them. They share the frame's memory.
func (r *reader) bytes(what string, most int) []byte {
	n := r.number(what)
	if r.err != nil || n > uint64(len(r.b)) || most > 0 && n > uint64(most) {
		r.fail(what)
		return nil
	}
	b := r.b[:n:n]
	r.b = r.b[n:]
	return b
}

func (r *reader) text(what string, most int) string {
	b := r.bytes(what, most)
	if !utf8.Valid(b) {
		r.fail(what)
	}
	return string(b)
}

// end finds out that there is nothing left.
func (r *reader) end() error {
	if r.err == nil && len(r.b) > 0 {
		r.fail("something stands behind the frame")
	}
	return r.err
}

// frame begins one for a document.
func frame(name string, numbers ...uint64) []byte {
	b := binary.AppendUvarint(make([]byte, 0, len(name)+16), uint64(len(name)))
	b = append(b, name...)
	for _, n := range numbers {
		b = binary.AppendUvarint(b, n)
	}
	return b
}

// with adds bytes with their length before them.
func with(b, data []byte) []byte {
	return append(binary.AppendUvarint(b, uint64(len(data))), data...)
}

// written is what the hearers in a room get of a message.
func written(m *room.Message) []byte {
	switch m.Kind {
	case room.Update:
		return with(frame(m.Page, uint64(typeSync), syncUpdate), m.Data)
	case room.Awareness:
		return with(frame(m.Page, uint64(typeAwareness)), m.Data)
	case room.Kept:
		return append(frame(m.Page, uint64(typeSyncStatus)), m.Data...)
	}
	return with(frame(m.Page, uint64(typeStateless)), m.Data)
}
