package ydoc

import (
	"bytes"
)

const replacement = "\uFFFD" // stands for half of a surrogate pair, as in Yjs

// units counts the UTF-16 units of valid UTF-8.
func units(text []byte) uint64 {
	var n uint64
	for _, c := range text {
		if c&0xC0 != 0x80 {
			n++
		}
		if c >= 0xF0 {
			n++
		}
	}
	return n
}

// cut divides content of so many units in two; what is left and right share no room to grow into.
func cut(k kind, data []byte, length, at uint64) (left, right []byte) {
	switch k {
	case kindString:
		return cutText(data, length, at)
	case kindAny, kindJSON:
		r := &reader{b: data}
		for range at {
			if k == kindAny {
				r.skipValue(len(data))
			} else {
				r.bytes()
			}
		}
		n := len(data) - len(r.b)
		return data[:n:n], data[n:]
	default:
		return data, data // of deleted content there is none, and all other is one unit long
	}
}

// cutText divides a text; a pair of surrogates that falls apart becomes two replacement characters
// (https://github.com/yjs/yjs/issues/248).
func cutText(text []byte, length, at uint64) (left, right []byte) {
	if uint64(len(text)) == length {
		return text[:at:at], text[at:]
	}
	i := 0
	for n := uint64(0); n < at; n++ {
		switch c := text[i]; {
		case c < 0x80:
			i++
		case c < 0xE0:
			i += 2
		case c < 0xF0:
			i += 3
		default:
			if n++; n == at {
				return append(bytes.Clone(text[:i]), replacement...), append([]byte(replacement), text[i+4:]...)
			}
			i += 4
		}
	}
	return text[:i:i], text[i:]
}
