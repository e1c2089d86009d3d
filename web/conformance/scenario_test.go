package conformance

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestRecordingsAreKeptInOneForm says that -update changes no line but those whose returns changed.
func TestRecordingsAreKeptInOneForm(t *testing.T) {
	const folder = "testdata/recordings"
	all, err := Load(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range all {
		is, err := os.ReadFile(filepath.Join(folder, s.Name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		if want, err := s.Encode(); err != nil || !bytes.Equal(is, want) {
			t.Errorf("%s is kept in another form (error: %v)", s.Name, err)
		}
	}
}
