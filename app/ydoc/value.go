package ydoc

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
)

// The types of values of lib0.
const (
	tagUndefined = 127
	tagNull      = 126
	tagInteger   = 125
	tagFloat32   = 124
	tagFloat64   = 123
	tagBigInt    = 122
	tagFalse     = 121
	tagTrue      = 120
	tagString    = 119
	tagObject    = 118
	tagArray     = 117
	tagBytes     = 116
)

// value reads one value: nil, Undefined, bool, float64, int64 (of a BigInt), string, []byte, []any or map[string]any.
func (r *reader) value() any {
	switch r.byte() {
	case tagNull:
		return nil
	case tagInteger:
		n, negative := r.varint()
		if negative {
			return -float64(n)
		}
		return float64(n)
	case tagFloat32:
		return float64(math.Float32frombits(uint32(r.bigEndian(4))))
	case tagFloat64:
		return math.Float64frombits(r.bigEndian(8))
	case tagBigInt:
		return int64(r.bigEndian(8))
	case tagFalse:
		return false
	case tagTrue:
		return true
	case tagString:
		return string(r.bytes())
	case tagBytes:
		return slices.Clone(r.bytes())
	case tagObject:
		object := map[string]any{}
		for n := r.uint(); n > 0 && r.err == nil; n-- {
			key := string(r.bytes())
			object[key] = r.value()
		}
		return object
	case tagArray:
		array := []any{}
		for n := r.uint(); n > 0 && r.err == nil; n-- {
			array = append(array, r.value())
		}
		return array
	default:
		return Undefined
	}
}

func (r *reader) bigEndian(bytes uint64) uint64 {
	var n uint64
	for _, c := range r.take(bytes) {
		n = n<<8 | uint64(c)
	}
	return n
}

// appendValue encodes one value as lib0's writeAny; numbers may be of any type of Go.
func appendValue(b []byte, v any, depth int) ([]byte, error) {
	if depth < 0 {
		return nil, fmt.Errorf("%w: a value is nested too deeply", ErrTooLarge)
	}
	switch v := v.(type) {
	case undefined:
		return append(b, tagUndefined), nil
	case nil:
		return append(b, tagNull), nil
	case bool:
		if v {
			return append(b, tagTrue), nil
		}
		return append(b, tagFalse), nil
	case string:
		return appendBytes(append(b, tagString), strings.ToValidUTF8(v, replacement)), nil
	case []byte:
		return appendBytes(append(b, tagBytes), v), nil
	case []any:
		b = appendUint(append(b, tagArray), uint64(len(v)))
		for _, element := range v {
			var err error
			if b, err = appendValue(b, element, depth-1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case map[string]any:
		b = appendUint(append(b, tagObject), uint64(len(v)))
		for _, key := range keys(v) {
			var err error
			b = appendBytes(b, strings.ToValidUTF8(key, replacement))
			if b, err = appendValue(b, v[key], depth-1); err != nil {
				return nil, err
			}
		}
		return b, nil
	case int64: // a BigInt, as value reads it
		return appendBigEndian(append(b, tagBigInt), uint64(v), 8), nil
	default:
		n, ok := number(v)
		if !ok {
			return nil, fmt.Errorf("%w: a value of type %T", ErrMalformed, v)
		}
		return appendNumber(b, n), nil
	}
}

func number(v any) (float64, bool) {
	switch v := v.(type) {
	case float64:
		return v, true
	case float32:
		return float64(v), true
	case int:
		return float64(v), true
	case json.Number:
		n, err := v.Float64()
		return n, err == nil
	}
	return 0, false
}

func appendNumber(b []byte, n float64) []byte {
	switch {
	case n == math.Trunc(n) && math.Abs(n) <= math.MaxInt32:
		return appendVarint(append(b, tagInteger), uint64(math.Abs(n)), math.Signbit(n))
	case float64(float32(n)) == n:
		return appendBigEndian(append(b, tagFloat32), uint64(math.Float32bits(float32(n))), 4)
	default:
		return appendBigEndian(append(b, tagFloat64), math.Float64bits(n), 8)
	}
}

func appendVarint(b []byte, n uint64, negative bool) []byte {
	c := byte(n & 63)
	if negative {
		c |= 64
	}
	n >>= 6
	if n == 0 {
		return append(b, c)
	}
	return appendUint(append(b, c|128), n)
}

func appendBigEndian(b []byte, n uint64, bytes int) []byte {
	for shift := 8 * (bytes - 1); shift >= 0; shift -= 8 {
		b = append(b, byte(n>>shift))
	}
	return b
}
