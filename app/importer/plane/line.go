package plane

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strconv"
)

// mostRow is how many bytes a row may have: one with the largest description, its binary and its JSON is far below.
const mostRow = 256 << 20

// readLine returns a line without its end, valid until the next one is read; io.EOF comes with the last one if that
// has no end.
func readLine(r *bufio.Reader) ([]byte, error) {
	line, err := r.ReadSlice('\n')
	if !errors.Is(err, bufio.ErrBufferFull) {
		return bytes.TrimSuffix(line, []byte("\n")), err
	}
	long := append([]byte(nil), line...)
	for errors.Is(err, bufio.ErrBufferFull) {
		if len(long) > mostRow {
			return nil, noDump("a row has more than %d MiB", mostRow>>20)
		}
		line, err = r.ReadSlice('\n')
		long = append(long, line...)
	}
	return bytes.TrimSuffix(long, []byte("\n")), err
}

// A field is a value as COPY writes it; null is nil.
type field []byte

// next returns the next row; io.EOF after the last one.
func (b *block) next() ([]field, error) {
	line, err := readLine(b.lines)
	if string(line) == `\.` {
		return nil, io.EOF
	}
	if errors.Is(err, io.EOF) && len(line) == 0 {
		if b.marked {
			return nil, whole(err)
		}
		return nil, io.EOF
	}
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, whole(err)
	}
	row := make([]field, 0, len(b.columns))
	for more := true; more; {
		var raw []byte
		raw, line, more = bytes.Cut(line, []byte("\t"))
		row = append(row, unescape(raw))
	}
	if len(row) != len(b.columns) {
		return nil, noDump("a row of %s has %d values and not %d", b.table, len(row), len(b.columns))
	}
	return row, nil
}

var escapes = map[byte]byte{'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// unescape returns what COPY's text form writes as raw (the manual of Postgres, COPY, "Text Format").
func unescape(raw []byte) field {
	if string(raw) == `\N` {
		return nil
	}
	at := bytes.IndexByte(raw, '\\')
	if at < 0 {
		return append(field{}, raw...)
	}
	out := append(make(field, 0, len(raw)), raw[:at]...)
	for i := at; i < len(raw); i++ {
		c := raw[i]
		if c != '\\' || i+1 == len(raw) {
			out = append(out, c)
			continue
		}
		i++
		size, base := 0, 8
		switch {
		case raw[i] >= '0' && raw[i] <= '7':
			size = digits(raw[i:], 3, "01234567")
		case raw[i] == 'x' && digits(raw[i+1:], 2, "0123456789abcdefABCDEF") > 0:
			i, base = i+1, 16
			size = digits(raw[i:], 2, "0123456789abcdefABCDEF")
		}
		if size > 0 {
			n, _ := strconv.ParseUint(string(raw[i:i+size]), base, 16) // they are digits
			out = append(out, byte(n))
			i += size - 1
			continue
		}
		if to, ok := escapes[raw[i]]; ok {
			out = append(out, to)
		} else {
			out = append(out, raw[i])
		}
	}
	return out
}

// digits is how many of the first bytes are digits, up to most.
func digits(b []byte, most int, of string) (n int) {
	for n < len(b) && n < most && bytes.IndexByte([]byte(of), b[n]) >= 0 {
		n++
	}
	return n
}
