package backup_test

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/app/archive"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store/storetest"
)

// part is a part of a backup, taken out.
type part struct {
	name string
	body []byte
	link string
}

func partsOf(t testing.TB, file string) (parts []part) {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zip, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	for tr := tar.NewReader(zip); ; {
		h, err := tr.Next()
		if errors.Is(err, io.EOF) {
			return parts
		}
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(tr)
		if err != nil {
			t.Fatal(err)
		}
		parts = append(parts, part{name: h.Name, body: body})
	}
}

// packed is a backup of parts: an archive in good order, whatever is in it.
func packed(t testing.TB, parts []part) []byte {
	t.Helper()
	var out bytes.Buffer
	zip, err := gzip.NewWriterLevel(&out, gzip.BestSpeed)
	if err != nil {
		t.Fatal(err)
	}
	tw := tar.NewWriter(zip)
	for _, p := range parts {
		h := &tar.Header{Name: p.name, Mode: 0o600, Size: int64(len(p.body))}
		if p.link != "" {
			h.Typeflag, h.Linkname = tar.TypeSymlink, p.link
		}
		if err := tw.WriteHeader(h); err != nil {
			t.Fatal(err)
		}
		if _, err := tw.Write(p.body); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(tw.Close(), zip.Close()); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// relisted gives parts a list of contents that fits them.
func relisted(t testing.TB, parts []part) []part {
	t.Helper()
	var list bytes.Buffer
	lines := json.NewEncoder(&list)
	kept := without(parts, "contents.jsonl")
	for _, p := range kept {
		sum := sha256.Sum256(p.body)
		line := archive.Part{Name: p.name, Size: int64(len(p.body)), SHA256: hex.EncodeToString(sum[:])}
		if err := lines.Encode(line); err != nil {
			t.Fatal(err)
		}
	}
	if err := lines.Encode(archive.Part{Parts: int64(len(kept))}); err != nil {
		t.Fatal(err)
	}
	return append(kept, part{name: "contents.jsonl", body: list.Bytes()})
}

func without(parts []part, name string) (kept []part) {
	for _, p := range parts {
		if p.name != name {
			kept = append(kept, p)
		}
	}
	return kept
}

// edited changes the body of a part.
func edited(parts []part, name string, edit func([]byte) []byte) []part {
	changed := append([]part(nil), parts...)
	for i, p := range changed {
		if p.name == name {
			changed[i].body = edit(append([]byte(nil), p.body...))
		}
	}
	return changed
}

func replaced(old, with string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(with), 1) }
}

func flipped(b []byte) []byte { b[len(b)/2] ^= 1; return b }

// sample is a small installation's backup.
func sample(t *testing.T) (a *app.App, file string) {
	t.Helper()
	a = apptest.New(t, storetest.SQLite(t))
	fill(t, a, 0, 3)
	for _, key := range []string{"ws/a.txt", "ws/b.txt"} {
		if err := a.Blob.Put(context.Background(), key, strings.NewReader("text of "+key), int64(8+len(key))); err != nil {
			t.Fatal(err)
		}
	}
	file = filepath.Join(t.TempDir(), "all.tar.gz")
	make1(t, a, file)
	return a, file
}

// read proves and unpacks what is said to be a backup; both must say the same.
func read(t *testing.T, raw []byte) error {
	t.Helper()
	_, proof := backup.Prove(context.Background(), backup.Source{Name: "it", R: bytes.NewReader(raw)}, t.TempDir())
	dir := t.TempDir()
	_, err := backup.Unpack(context.Background(), backup.Source{Name: "it", R: bytes.NewReader(raw)}, dir)
	if (err == nil) != (proof == nil) {
		t.Errorf("verifying says %v, and restoring %v", proof, err)
	}
	return err
}

func TestADamagedBackupIsToldWithWhatIsWrong(t *testing.T) {
	_, file := sample(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	parts := partsOf(t, file)
	for name, tt := range map[string]struct {
		raw  []byte
		want string
	}{
		"no archive":    {[]byte("a letter, not a backup"), "it is no backup"},
		"nothing":       {nil, "it is no backup"},
		"cut":           {whole[:len(whole)/2], "it is cut: it ends in database.db"},
		"cut late":      {whole[:len(whole)-100], "it is"},
		"without list":  {packed(t, without(parts, "contents.jsonl")), "it is cut: the list of its contents is missing"},
		"flipped":       {packed(t, edited(parts, "database.db", flipped)), "database.db is not what was written"},
		"flipped file":  {packed(t, edited(parts, "files/ws/b.txt", flipped)), "files/ws/b.txt is not what was written"},
		"flipped key":   {packed(t, edited(parts, "secret", flipped)), "secret is not what was written"},
		"other version": {packed(t, edited(parts, "manifest.json", replaced(`"engine": "sqlite"`, `"engine": "sqlitf"`))), "manifest.json is not what was written"},
		"bad manifest":  {packed(t, edited(parts, "manifest.json", replaced("{", "["))), "its manifest is damaged"},
		"short file": {packed(t, edited(parts, "files/ws/a.txt", func(b []byte) []byte { return b[1:] })),
			"files/ws/a.txt has 15 bytes, and 16 were written"},
		"wrong checksum": {packed(t, edited(parts, "contents.jsonl", func(b []byte) []byte {
			i := bytes.LastIndex(b, []byte(`"sha256":"`)) + 10
			b[i] ^= 1
			return b
		})), "files/ws/b.txt is not what was written, its checksum is another"},
		"missing file":      {packed(t, without(parts, "files/ws/a.txt")), "files/ws/a.txt is missing"},
		"missing last file": {packed(t, without(parts, "files/ws/b.txt")), "files/ws/b.txt is missing"},
		"missing secret":    {packed(t, without(parts, "secret")), "secret is missing"},
		"missing database":  {packed(t, relisted(t, without(parts, "database.db"))), "it has no database"},
		"missing manifest":  {packed(t, relisted(t, without(parts, "manifest.json"))), "it has no manifest"},
		"foreign file": {packed(t, append(append([]part{}, parts[:3]...),
			append([]part{{name: "files/x", body: []byte("x")}}, parts[3:]...)...)), "files/x is not on the list"},
		"late file":    {packed(t, append(append([]part{}, parts...), part{name: "files/x"})), "files/x comes after the list"},
		"foreign part": {packed(t, append([]part{{name: "run.sh", body: []byte("x")}}, parts...)), `it has a part "run.sh"`},
		"upwards":      {packed(t, append([]part{{name: "files/../../x"}}, parts...)), `it has a part "files/../../x"`},
		"rooted":       {packed(t, append([]part{{name: "/files/x"}}, parts...)), `it has a part "/files/x"`},
		"link":         {packed(t, append([]part{{name: "files/x", link: "/etc/passwd"}}, parts...)), `it has a part "files/x"`},
		"newer": {packed(t, relisted(t, edited(parts, "manifest.json", replaced(`"format": 2`, `"format": 3`)))),
			"it is of format 3, which this version does not know"},
		"lost rows": {packed(t, relisted(t, edited(parts, "manifest.json", replaced(`"users": 3`, `"users": 4`)))),
			"users has 3 rows, and 4 were counted"},
		"other database": {packed(t, relisted(t, edited(parts, "database.db", flipped))), "its database is not the one that was written"},
	} {
		t.Run(name, func(t *testing.T) {
			if err := read(t, tt.raw); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("%v, want it to say %q", err, tt.want)
			}
		})
	}
	if err := read(t, packed(t, relisted(t, parts))); err != nil {
		t.Errorf("packed anew: %v", err)
	}
	twice := append(append([]part{}, parts[:len(parts)-1]...), parts[3])
	if err := read(t, packed(t, relisted(t, twice))); err == nil {
		t.Error("a file that is there twice was taken")
	}
}

// Whatever bit is turned over, it is noticed: the archive has a checksum, and so has each part. The ten bytes of the
// head of gzip say nothing.
func TestAnyFlippedBitIsNoticed(t *testing.T) {
	_, file := sample(t)
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(rt *rapid.T) {
		raw := append([]byte(nil), whole...)
		raw[rapid.IntRange(10, len(raw)-1).Draw(rt, "at")] ^= 1 << rapid.IntRange(0, 7).Draw(rt, "bit")
		src := backup.Source{Name: "it", R: bytes.NewReader(raw)}
		_, err := backup.Prove(context.Background(), src, t.TempDir())
		if err == nil && !bytes.Equal(inside(raw), inside(whole)) {
			rt.Error("it was not noticed")
		}
	})
}

// inside is what a compressed file unpacks to, as far as it does: a few bits of it stand for nothing, such as those
// that fill up its last byte.
func inside(raw []byte) []byte {
	zip, err := gzip.NewReader(bytes.NewReader(raw))
	if err != nil {
		return nil
	}
	content, err := io.ReadAll(zip)
	if err != nil {
		return nil
	}
	return content
}

// Backups of the first format, whose parts stood in any order and had no list, are still taken.
func TestTheFirstFormatIsTaken(t *testing.T) {
	_, file := sample(t)
	parts := edited(without(partsOf(t, file), "contents.jsonl"), "manifest.json", func(b []byte) []byte {
		var m backup.Manifest
		if err := json.Unmarshal(b, &m); err != nil {
			t.Fatal(err)
		}
		m.Format, m.Tables, m.Size = 1, nil, 0
		old, err := json.Marshal(m)
		if err != nil {
			t.Fatal(err)
		}
		return old
	})
	parts[0], parts[1] = parts[1], parts[0]
	if err := read(t, packed(t, parts)); err != nil {
		t.Error(err)
	}
	if err := read(t, packed(t, edited(parts, "database.db", flipped))); err == nil ||
		!strings.Contains(err.Error(), "its database is not the one that was written") {
		t.Error(err)
	}
}

// People may upload what compresses as well as a bomb: a backup of that is restored all the same.
func TestUploadsOfZerosAreNoBomb(t *testing.T) {
	a := apptest.New(t, storetest.SQLite(t))
	for _, key := range []string{"ws/a", "ws/b", "ws/c"} {
		if err := a.Blob.Put(t.Context(), key, io.LimitReader(zeros{}, 100<<20), 100<<20); err != nil {
			t.Fatal(err)
		}
	}
	file := filepath.Join(t.TempDir(), "all.tar.gz")
	if row := make1(t, a, file); row.Size > 100<<20 {
		t.Errorf("%d bytes: nothing was compressed", row.Size)
	}
	if _, err := unpack(t, file, t.TempDir()); err != nil {
		t.Error(err)
	}
}
