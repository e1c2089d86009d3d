package ydoc

import (
	"encoding/json"
	"fmt"
	"unicode/utf8"
)

const maxSafe = 1<<53 - 1 // the largest integer of JavaScript

// A reader takes the encodings of lib0 (https://github.com/dmonad/lib0/blob/main/decoding.js) off a buffer.
// After the first error it returns zero values.
type reader struct {
	b   []byte
	err error
}

func (r *reader) fail(what string) {
	if r.err == nil {
		r.err = fmt.Errorf("%w: %s", ErrMalformed, what)
	}
	r.b = nil
}

func (r *reader) byte() byte {
	if len(r.b) == 0 {
		r.fail("cut off")
		return 0
	}
	c := r.b[0]
	r.b = r.b[1:]
	return c
}

// uint reads an integer of seven bits a byte, the lowest first.
func (r *reader) uint() uint64 {
	var n uint64
	for shift := 0; ; shift += 7 {
		c := r.byte()
		n |= uint64(c&127) << shift
		if shift >= 56 || n > maxSafe {
			r.fail("an integer is out of range")
			return 0
		}
		if c < 128 {
			return n
		}
	}
}

func (r *reader) take(n uint64) []byte {
	if n > uint64(len(r.b)) {
		r.fail("cut off")
		return nil
	}
	taken := r.b[:n:n]
	r.b = r.b[n:]
	return taken
}

// bytes reads a length and so many bytes.
func (r *reader) bytes() []byte { return r.take(r.uint()) }

// text reads a string, which lib0 wants to be valid UTF-8.
func (r *reader) text() []byte {
	t := r.bytes()
	if !utf8.Valid(t) {
		r.fail("a text is not UTF-8")
	}
	return t
}

func (r *reader) name() *string {
	name := string(r.text())
	return &name
}

func (r *reader) id() id { return id{r.uint(), r.uint()} }

// since returns what was read since the buffer was as it is given.
func (r *reader) since(before []byte) []byte {
	if r.err != nil {
		return nil
	}
	n := len(before) - len(r.b)
	return before[:n:n]
}

// skipValue passes one value of any type.
func (r *reader) skipValue(depth int) {
	if depth < 0 {
		r.fail("a value is nested too deeply")
		return
	}
	switch r.byte() {
	case tagUndefined, tagNull, tagTrue, tagFalse:
	case tagInteger:
		r.varint()
	case tagFloat32:
		r.take(4)
	case tagFloat64, tagBigInt:
		r.take(8)
	case tagString:
		r.text()
	case tagBytes:
		r.bytes()
	case tagObject:
		for n := r.uint(); n > 0 && r.err == nil; n-- {
			r.text()
			r.skipValue(depth - 1)
		}
	case tagArray:
		for n := r.uint(); n > 0 && r.err == nil; n-- {
			r.skipValue(depth - 1)
		}
	default:
		r.fail("unknown type of value")
	}
}

// varint reads a signed integer: six bits and a sign in the first byte, seven in the others.
func (r *reader) varint() (n uint64, negative bool) {
	c := r.byte()
	n, negative = uint64(c&63), c&64 != 0
	for shift := 6; c >= 128; shift += 7 {
		c = r.byte()
		n |= uint64(c&127) << shift
		if shift >= 55 || n > maxSafe {
			r.fail("an integer is out of range")
			return 0, false
		}
	}
	return n, negative
}

// json reads a string that holds JSON.
func (r *reader) json(depth int) []byte {
	t := r.text()
	if r.err == nil && (!json.Valid(t) || jsonDepth(t)-1 > depth) { // the innermost may be empty
		r.fail("a text is not JSON, or nested too deeply")
	}
	return t
}

func jsonDepth(t []byte) (deepest int) {
	depth, quoted := 0, false
	for i := 0; i < len(t); i++ {
		switch c := t[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '[' || c == '{':
			depth++
			deepest = max(deepest, depth)
		case c == ']' || c == '}':
			depth--
		}
	}
	return deepest
}
