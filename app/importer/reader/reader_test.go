package reader_test

import (
	"bytes"
	"context"
	"encoding/binary"
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"github.com/sailplane/sailplane/app/importer/reader"
	"github.com/sailplane/sailplane/app/importer/record"
)

var update = flag.Bool("update", false, "write the golden files")

// told is what a reader told.
type told struct {
	People []record.Person `json:",omitempty"`
	Items  []*record.Item
	Notes  []record.Note
	Error  string `json:",omitempty"`
}

func (s *told) Person(p record.Person) error { s.People = append(s.People, p); return nil }
func (s *told) Item(i *record.Item) error    { s.Items = append(s.Items, i); return nil }
func (s *told) Note(n record.Note)           { s.Notes = append(s.Notes, n) }

func kind(t testing.TB, name string) reader.Kind {
	t.Helper()
	for _, k := range reader.Kinds {
		if k.Name == name {
			return k
		}
	}
	t.Fatalf("there is no kind %s", name)
	return reader.Kind{}
}

func read(t testing.TB, name, path string, m *record.Map) *told {
	t.Helper()
	s := &told{}
	if err := kind(t, name).Read(context.Background(), reader.FromFile(path, ""), m, s); err != nil {
		s.Error = err.Error()
	}
	return s
}

// Each kind tells of its sample what stands in the golden file beside it.
func TestGolden(t *testing.T) {
	for _, c := range goldens {
		t.Run(c.kind+" "+c.file, func(t *testing.T) {
			m := &record.Map{Text: "markdown"}
			got, err := json.MarshalIndent(read(t, c.kind, filepath.Join("testdata", c.file), m), "", " ")
			if err != nil {
				t.Fatal(err)
			}
			golden := filepath.Join("testdata", c.file+".golden")
			if *update {
				if err := os.WriteFile(golden, got, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(got, want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
		})
	}
}

func written(t testing.TB, content []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "f.csv")
	if err := os.WriteFile(path, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func utf16of(s string, order binary.AppendByteOrder) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = order.AppendUint16(b, u)
	}
	return b
}

// A table says the same in whatever encoding it is written.
func TestEncodings(t *testing.T) {
	const s = "Title,State\nCafé über,Öffnen\n"
	for name, content := range map[string][]byte{
		"utf-8": []byte(s), "utf-8 with a mark": []byte("\uFEFF" + s),
		"utf-16 le": utf16of("\uFEFF"+s, binary.LittleEndian), "utf-16 be": utf16of("\uFEFF"+s, binary.BigEndian),
		"utf-16 without a mark": utf16of(s, binary.LittleEndian),
		"windows-1252":          []byte("Title,State\nCaf\xe9 \xfcber,\xd6ffnen\n"),
	} {
		got := read(t, "csv", written(t, content), &record.Map{})
		if len(got.Items) != 1 || got.Items[0].Title != "Café über" || got.Items[0].State.Name != "Öffnen" {
			t.Errorf("%s: %+v %s", name, got.Items, got.Error)
		}
	}
}

func TestDates(t *testing.T) {
	for _, c := range []struct{ dates, order, want, fault string }{
		{dates: "25/Jun/20 12:44", want: "2020-06-25T12:44"},
		{dates: "14/Jul/25 3:42 PM", want: "2025-07-14T15:42"},
		{dates: "6/21/2025 16:14|1/2/2025 01:00", want: "2025-06-21T16:14"},
		{dates: "21.6.2025 16:14|1.2.2025 01:00", want: "2025-06-21T16:14"},
		{dates: "1/2/2025 01:00", fault: "day/month"},
		{dates: "1/2/2025 01:00", order: "mdy", want: "2025-01-02T01:00"},
		{dates: "3/3/2025 01:00", want: "2025-03-03T01:00"},
		{dates: "25/Dez/20 12:44", want: "2020-12-25T12:44"},
		{dates: "Wed May 13 2026 11:21:41 GMT+0000 (GMT+00:00)", want: "2026-05-13T11:21"},
		{dates: "2024-03-01T10:00:00.000Z", want: "2024-03-01T10:00"},
		{dates: "Oct 5 2026", want: "2026-10-05T00:00"},
	} {
		table := "Title,Created\n"
		for d := range strings.SplitSeq(c.dates, "|") {
			table += "a,\"" + d + "\"\n"
		}
		got := read(t, "csv", written(t, []byte(table)), &record.Map{Dates: c.order})
		switch {
		case c.fault != "":
			if !strings.Contains(got.Error, c.fault) {
				t.Errorf("%s: %q", c.dates, got.Error)
			}
		case len(got.Items) == 0 || got.Items[0].Created.Format("2006-01-02T15:04") != c.want:
			t.Errorf("%s: %+v %s", c.dates, got.Items, got.Error)
		}
	}
}

func TestHostileTables(t *testing.T) {
	wide := "Title" + strings.Repeat(",x", 9_999) + "\na" + strings.Repeat(",1", 9_999) + "\n"
	for name, c := range map[string]struct{ content, fault string }{
		"10,000 columns": {wide, ""},
		"more":           {"Title" + strings.Repeat(",x", 10_000) + "\na\n", "columns"},
		"open quote":     {"Title\n\"" + strings.Repeat("a\n", 20<<20), "32 MB"},
		"zeros":          {"Title\n\x00\x01\x02\x00\x00abc", "zero bytes"},
		"empty":          {"", "no head"},
	} {
		got := read(t, "csv", written(t, []byte(c.content)), &record.Map{})
		if c.fault == "" && (got.Error != "" || len(got.Items) != 1) || !strings.Contains(got.Error, c.fault) {
			t.Errorf("%s: %d items, %q", name, len(got.Items), got.Error)
		}
	}
}

// No file makes a reader crash, whatever is in it.
func FuzzReaders(f *testing.F) {
	for i, k := range goldens {
		content, err := os.ReadFile(filepath.Join("testdata", k.file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(uint8(i), content)
	}
	f.Fuzz(func(t *testing.T, n uint8, content []byte) {
		k := reader.Kinds[int(n)%len(reader.Kinds)]
		read(t, k.Name, written(t, content), &record.Map{})
	})
}

var goldens = []struct{ kind, file string }{
	{"asana", "asana.csv"}, {"csv", "general.csv"}, {"csv", "general.xlsx"},
	{"csv", "shared.xlsx"}, {"github", "github.json"}, {"jira", "jira.csv"},
	{"linear", "linear.csv"}, {"ticktick", "ticktick.csv"}, {"todoist", "todoist.csv"}, {"trello", "trello.json"},
	{"vikunja", "vikunja.json"},
}
