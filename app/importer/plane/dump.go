package plane

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/klauspost/compress/zstd"
)

// open opens the file of the dump.
func (o *Order) open() (r io.Reader, end func(), err error) {
	if o.Input != nil {
		return o.Input, func() {}, nil
	}
	f, err := os.Open(o.Source)
	if err != nil {
		return nil, nil, err
	}
	if info, err := f.Stat(); err == nil && info.IsDir() {
		f.Close()
		return nil, nil, noDump("it is a folder; make it with --format=custom or --format=plain")
	}
	return f, func() { f.Close() }, nil
}

// plainly unpacks what gzip has packed.
func plainly(in *bufio.Reader) (*bufio.Reader, error) {
	if magic, _ := in.Peek(2); !bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		return in, nil
	}
	zip, err := gzip.NewReader(in)
	if err != nil {
		return nil, noDump("%w", err)
	}
	return bufio.NewReaderSize(zip, 64<<10), nil
}

// The custom form of pg_dump, as its pg_backup_archiver.c and pg_backup_custom.c write it: a header, a table of
// contents, and then the tables' rows, each a sequence of pieces that are one compressed stream. Versions 1.12
// (Postgres 9.0) to 1.16 (Postgres 17) are read from front to end.
const customMagic = "PGDMP"

const (
	blockOfRows = 1

	mostEntries = 1 << 20
	mostText    = 64 << 20 // bytes of one text of the table of contents
	mostPiece   = 1 << 30
)

// A custom reads numbers and texts of the custom form.
type custom struct {
	r       *bufio.Reader
	err     error
	integer int // bytes of a number
	offset  int // bytes of a place in the file
	version int // the second number of it
}

func (c *custom) byte() byte {
	if c.err != nil {
		return 0
	}
	b, err := c.r.ReadByte()
	c.err = whole(err)
	return b
}

// whole says that a file that ends in the middle is cut off.
func whole(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return noDump("it is cut off")
	}
	return err
}

// int reads a number: a byte that says whether it is below zero, and its bytes, the lowest first.
func (c *custom) int() int {
	if c.err != nil {
		return 0
	}
	negative := c.byte() != 0
	var raw [8]byte
	for i := range c.integer {
		raw[i] = c.byte()
	}
	n := int(int64(binary.LittleEndian.Uint64(raw[:])))
	if negative {
		n = -n
	}
	return n
}

// text reads a text; none is false.
func (c *custom) text() (string, bool) {
	n := c.int()
	if n < 0 || c.err != nil {
		return "", false
	}
	if n > mostText {
		c.err = noDump("its table of contents has a text of %d bytes", n)
		return "", false
	}
	var b strings.Builder
	_, err := io.CopyN(&b, c.r, int64(n))
	c.err = whole(err)
	return b.String(), true
}

// skip passes over so many texts.
func (c *custom) skip(texts int) {
	for range texts {
		c.text()
	}
}

// The ways in which rows may be compressed.
const (
	packedNot = iota
	packedGzip
	packedLZ4
	packedZstd
)

// header reads what is before the table of contents, and returns how rows are compressed.
func (c *custom) header() (packed int) {
	for range len(customMagic) {
		c.byte()
	}
	major, minor := c.byte(), c.byte()
	c.byte()
	c.version, c.integer, c.offset = int(minor), int(c.byte()), int(c.byte())
	form := c.byte()
	if c.err != nil {
		return 0
	}
	if major != 1 || minor < 12 || minor > 16 {
		c.err = noDump("its form %d.%d is not known; pg_dump of Postgres 9 to 17 makes those that are", major, minor)
	} else if form != 1 {
		c.err = noDump("it is a directory or a tar of pg_dump; make it with --format=custom or --format=plain")
	} else if c.integer < 1 || c.integer > 8 || c.offset < 1 || c.offset > 8 {
		c.err = noDump("its numbers have %d bytes", c.integer)
	}
	if c.err != nil {
		return 0
	}
	if c.version >= 15 {
		packed = int(c.byte())
	} else if c.int() != 0 {
		packed = packedGzip
	}
	for range 7 { // when it was made
		c.int()
	}
	c.skip(3) // of which database, by which versions
	return packed
}

// An entry is a line of the table of contents.
type entry struct {
	id            int
	rows          bool
	copyStatement string
}

func (c *custom) entry() entry {
	e := entry{id: c.int()}
	c.int()   // whether it has data
	c.skip(3) // ids in the catalogue, and its name
	kind, _ := c.text()
	e.rows = kind == "TABLE DATA"
	c.int()   // its section
	c.skip(2) // how it is made and dropped
	e.copyStatement, _ = c.text()
	c.skip(2) // schema, tablespace
	if c.version >= 14 {
		c.skip(1)
	}
	if c.version >= 16 {
		c.int()
	}
	c.skip(2) // owner, oids
	for {
		if _, more := c.text(); !more || c.err != nil {
			break
		}
	}
	for range 1 + c.offset { // where it is in the file
		c.byte()
	}
	return e
}

// eachOfCustom reads a dump of the custom form.
func eachOfCustom(r *bufio.Reader, visit func(b block) error) error {
	c := &custom{r: r}
	packed := c.header()
	count := c.int()
	if c.err == nil && (count < 0 || count > mostEntries) {
		c.err = noDump("its table of contents has %d entries", count)
	}
	tables := map[int]string{}
	for range count {
		if c.err != nil {
			return c.err
		}
		if e := c.entry(); e.rows {
			tables[e.id] = e.copyStatement
		}
	}
	for c.err == nil {
		kind, err := c.r.ReadByte()
		if errors.Is(err, io.EOF) && len(tables) == 0 {
			return nil
		}
		if c.err = whole(err); err != nil {
			break
		}
		if kind != blockOfRows {
			return noDump("it has data of the kind %d", kind)
		}
		id := c.int()
		if err := c.rows(tables[id], packed, visit); err != nil {
			return err
		}
		delete(tables, id)
	}
	return c.err
}

// rows reads the rows of one table.
func (c *custom) rows(statement string, packed int, visit func(b block) error) error {
	if c.err != nil {
		return c.err
	}
	b, ok := parseCopy(statement)
	if !ok {
		return noDump("it has rows of no table, or as INSERT; make it without --inserts")
	}
	body := &pieces{c: c}
	unpacked, end, err := unpack(body, packed)
	if err != nil {
		return whole(err)
	}
	defer end()
	b.lines = bufio.NewReaderSize(unpacked, 64<<10)
	if err := visit(b); err != nil {
		return err
	}
	if _, err := io.Copy(io.Discard, b.lines); err != nil {
		return fmt.Errorf("%s: %w", b.table, whole(err))
	}
	if _, err := io.Copy(io.Discard, body); err != nil {
		return fmt.Errorf("%s: %w", b.table, whole(err))
	}
	return nil
}

func unpack(r io.Reader, packed int) (io.Reader, func(), error) {
	switch packed {
	case packedNot:
		return r, func() {}, nil
	case packedGzip:
		z, err := zlib.NewReader(r)
		if err != nil {
			return nil, nil, noDump("rows can't be unpacked: %w", err)
		}
		return z, func() { z.Close() }, nil
	case packedZstd:
		z, err := zstd.NewReader(r, zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(256<<20))
		if err != nil {
			return nil, nil, noDump("rows can't be unpacked: %w", err)
		}
		return z, z.Close, nil
	}
	return nil, nil, noDump("its rows are packed in a way that is not read here; make it with --compress=gzip")
}

// pieces are the pieces of a table's rows, up to an empty one.
type pieces struct {
	c    *custom
	left int
	over bool
}

func (p *pieces) Read(b []byte) (int, error) {
	for p.left == 0 {
		if p.over {
			return 0, io.EOF
		}
		p.left = p.c.int()
		if p.c.err != nil {
			return 0, p.c.err
		}
		if p.left < 0 || p.left > mostPiece {
			return 0, noDump("it has a piece of %d bytes", p.left)
		}
		p.over = p.left == 0
	}
	n, err := p.c.r.Read(b[:min(len(b), p.left)])
	p.left -= n
	if errors.Is(err, io.EOF) && (p.left > 0 || n == 0) {
		err = io.ErrUnexpectedEOF
	}
	return n, err
}

// eachOfPlain reads a dump that is SQL.
func eachOfPlain(r *bufio.Reader, visit func(b block) error) error {
	seen := false
	for {
		line, err := readLine(r)
		if errors.Is(err, io.EOF) && len(line) == 0 {
			break
		}
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		if !bytes.HasPrefix(line, []byte("COPY ")) {
			continue
		}
		b, ok := parseCopy(string(line))
		if !ok {
			continue
		}
		seen, b.lines = true, r
		if err := visit(b); err != nil {
			return err
		}
	}
	if !seen {
		return noDump("no rows are in it that COPY could read. Make it with: pg_dump --format=custom (without --inserts)")
	}
	return nil
}

var copyStatement = regexp.MustCompile(`^COPY (?:"?([^".]+)"?\.)?"?([^". ]+)"? \(([^)]*)\) FROM stdin;`)

// parseCopy reads the statement before rows. Tables of other schemas than Plane's have no name.
func parseCopy(statement string) (block, bool) {
	m := copyStatement.FindStringSubmatch(statement)
	if m == nil {
		return block{}, false
	}
	b := block{table: m[2], marked: true}
	if m[1] != "" && m[1] != "public" {
		b.table = m[1] + "." + m[2]
	}
	for name := range strings.SplitSeq(m[3], ",") {
		b.columns = append(b.columns, strings.Trim(strings.TrimSpace(name), `"`))
	}
	return b, true
}
