package plane_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app/importer/plane"
)

// A customDump writes the custom form of pg_dump, of any of its versions.
type customDump struct {
	bytes.Buffer

	version byte
	packed  int // 0 not, 1 gzip, 3 zstd
}

func (d *customDump) int(n int) {
	sign := byte(0)
	if n < 0 {
		sign, n = 1, -n
	}
	d.WriteByte(sign)
	d.Write(binary.LittleEndian.AppendUint32(nil, uint32(n))) //nolint:gosec // a test's number
}

func (d *customDump) text(s string) {
	d.int(len(s))
	d.WriteString(s)
}

func (d *customDump) header(entries int) {
	d.WriteString("PGDMP")
	d.Write([]byte{1, d.version, 0, 4, 8, 1})
	if d.version >= 15 {
		d.WriteByte(byte(d.packed))
	} else {
		d.int(-d.packed) // the level: -1 is gzip's own
	}
	for range 7 {
		d.int(1)
	}
	for range 3 {
		d.text("x")
	}
	d.int(entries)
}

func (d *customDump) entry(id int, kind, statement string) {
	d.int(id)
	d.int(1)
	for _, s := range []string{"0", "0", "t", kind} {
		d.text(s)
	}
	d.int(3)
	for _, s := range []string{"", "", statement, "public", ""} {
		d.text(s)
	}
	if d.version >= 14 {
		d.int(-1) // no access method
	}
	if d.version >= 16 {
		d.int(114)
	}
	for _, s := range []string{"owner", "false", "1"} {
		d.text(s)
	}
	d.int(-1)
	d.Write(make([]byte, 9))
}

func (d *customDump) rows(t interface{ Fatal(args ...any) }, id int, lines string) {
	d.WriteByte(1)
	d.int(id)
	var b bytes.Buffer
	var w io.WriteCloser
	switch d.packed {
	case 1:
		w = zlib.NewWriter(&b)
	case 3:
		z, err := zstd.NewWriter(&b)
		if err != nil {
			t.Fatal(err)
		}
		w = z
	}
	if w == nil {
		b.WriteString(lines)
	} else {
		io.WriteString(w, lines)
		w.Close()
	}
	for piece := range slices.Chunk(b.Bytes(), 7) {
		d.int(len(piece))
		d.Write(piece)
	}
	d.int(0)
}

// escaped writes a value as COPY does.
func escaped(s string) string {
	return strings.NewReplacer(`\`, `\\`, "\n", `\n`, "\r", `\r`, "\t", `\t`, "\b", `\b`, "\f", `\f`, "\v", `\v`).Replace(s)
}

// Whatever texts are in rows, they are read as they were, from the dumps of every release of Postgres.
func TestRowsOfEveryVersion(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := &customDump{version: byte(rapid.IntRange(12, 16).Draw(t, "version")),
			packed: rapid.SampledFrom([]int{0, 1, 3}).Draw(t, "packed")}
		if d.version < 15 && d.packed == 3 {
			d.packed = 1
		}
		texts := rapid.SliceOfN(rapid.StringN(0, 50, 200), 1, 20).Draw(t, "texts")
		var lines strings.Builder
		for i, s := range texts {
			fmt.Fprintf(&lines, "%d\t\\N\t%s\n", i, escaped(s))
		}
		d.header(2)
		d.entry(5, "TABLE", "")
		d.entry(7, "TABLE DATA", `COPY public.things (id, "nothing", text) FROM stdin;`)
		d.rows(t, 7, lines.String()+"\\.\n\n\n")
		var got []string
		err := plane.EachRowOf(t.Context(), &d.Buffer, func(table string, columns []string, row [][]byte) {
			if table != "things" || !slices.Equal(columns, []string{"id", "nothing", "text"}) || row[1] != nil {
				t.Fatalf("%s %v %q", table, columns, row)
			}
			got = append(got, string(row[2]))
		})
		if err != nil || !slices.Equal(got, texts) {
			t.Fatalf("%v: %q, want %q", err, got, texts)
		}
	})
}

// A dump that ends behind a table says so, though all that it has can be read.
func TestCutOffBehindATable(t *testing.T) {
	d := &customDump{version: 14}
	d.header(2)
	d.entry(7, "TABLE DATA", "COPY public.users (id) FROM stdin;")
	d.entry(8, "TABLE DATA", "COPY public.issues (id) FROM stdin;")
	d.rows(t, 7, "1\n\\.\n")
	n := 0
	err := plane.EachRowOf(t.Context(), &d.Buffer, func(string, []string, [][]byte) { n++ })
	if !errors.Is(err, plane.ErrNoDump) || n != 1 {
		t.Errorf("%d rows, and %v", n, err)
	}
}

// Whatever a file holds, it is read or refused.
func FuzzDump(f *testing.F) {
	for _, version := range []byte{12, 14, 15, 16} {
		d := &customDump{version: version, packed: 1}
		d.header(1)
		d.entry(7, "TABLE DATA", "COPY public.users (id, email) FROM stdin;\n")
		d.rows(f, 7, "1\ta@b.test\n2\t\\N\n\\.\n\n\n")
		f.Add(d.Bytes())
	}
	f.Add([]byte("SET x = 1;\nCOPY public.users (id, \"email\") FROM stdin;\n1\t\\x41\\101\\q\\\n\\.\nCOPY other.t (a) FROM stdin;\n\\.\n"))
	f.Add([]byte{0x1f, 0x8b, 8, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		plane.EachRowOf(t.Context(), bytes.NewReader(b), func(string, []string, [][]byte) {})
	})
}

// Arrays come back as they were.
func TestArrays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		texts := rapid.SliceOf(rapid.String()).Draw(t, "texts")
		back, err := plane.ArrayThereAndBack(texts)
		if err != nil || !slices.Equal(back, texts) {
			t.Fatalf("%v: %q, want %q", err, back, texts)
		}
	})
}
