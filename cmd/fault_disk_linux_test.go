package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// fill writes until the folder's disk has no room, and returns the file that took it.
func fill(t *testing.T, dir string) string {
	t.Helper()
	ballast := filepath.Join(dir, "ballast")
	f, err := os.Create(ballast)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for chunk := make([]byte, 4096); err == nil; _, err = f.Write(chunk) {
	}
	return ballast
}

func TestFullDiskIsRefusedCleanlyAndHeals(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=16m"); err != nil {
		t.Skipf("a small disk can't be mounted here: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Error(err)
		}
	})
	i := install(t, dir, "")
	i.start()
	var saved []string
	save := func() answer {
		id, a := i.create("on a small disk " + strings.Repeat("x", 200))
		if a.status == http.StatusCreated {
			saved = append(saved, id)
		}
		return a
	}
	for round := range 2 {
		if a := save(); a.status != http.StatusCreated {
			t.Fatalf("round %d, with room: %d %s", round, a.status, a.body)
		}
		ballast := fill(t, dir)
		refused := 0
		for range 3000 {
			a := save()
			if a.status == http.StatusInsufficientStorage {
				if refused++; refused == 5 {
					break
				}
			} else if a.status != http.StatusCreated {
				t.Fatalf("round %d, without room: %d %s", round, a.status, a.body)
			}
		}
		if refused < 5 {
			t.Fatalf("round %d: the disk is full, and nothing was refused", round)
		}
		if a := i.ask(http.MethodGet, i.items()+saved[0]+"/", nil); a.status != http.StatusOK {
			t.Errorf("round %d: reading without room: %d %s", round, a.status, a.body)
		}
		if err := os.Remove(ballast); err != nil {
			t.Fatal(err)
		}
	}
	if a := save(); a.status != http.StatusCreated {
		t.Errorf("room has returned, and yet: %d %s", a.status, a.body)
	}
	i.kill()
	db := i.open()
	defer db.Close()
	checkWhole(t, db, saved)
}
