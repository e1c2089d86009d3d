package main

import (
	"fmt"
	"net/http"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"
	"time"
)

func TestKilledInABurstNothingAcknowledgedIsLost(t *testing.T) {
	i := install(t, t.TempDir(), "")
	var k acknowledged
	for round := range 3 {
		i.start()
		before := k.count()
		clients := i.burst(8, &k, nil)
		time.Sleep(400 * time.Millisecond)
		i.kill()
		clients.Wait()
		if k.count() == before {
			t.Fatalf("round %d: nothing was acknowledged before the kill", round)
		}
	}
	i.start()
	id, a := i.create("after it all")
	if a.status != http.StatusCreated {
		t.Fatalf("create after the last restart: %d %s", a.status, a.body)
	}
	k.add(id)
	i.kill()
	db := i.open()
	defer db.Close()
	checkWhole(t, db, k.ids)
	t.Logf("%d acknowledged", k.count())
}

func TestTwoHundredWritersAtOnce(t *testing.T) {
	i := install(t, t.TempDir(), "")
	i.start()
	var k acknowledged
	var all sync.WaitGroup
	for w := range 200 {
		all.Go(func() {
			for n := range 3 {
				id, a := i.create(fmt.Sprintf("item %d of writer %d", n, w))
				if a.status != http.StatusCreated {
					t.Errorf("writer %d: %d %s", w, a.status, a.body)
					return
				}
				k.add(id)
			}
		})
	}
	i.run("jobs", "retry", "all") // a command that writes to the same file beside them
	all.Wait()
	i.kill()
	db := i.open()
	defer db.Close()
	checkWhole(t, db, k.ids)
}

func TestBackupUnderLoadIsWhole(t *testing.T) {
	i := install(t, t.TempDir(), "")
	i.start()
	var k acknowledged
	stop := make(chan struct{})
	clients := i.burst(4, &k, stop)
	time.Sleep(300 * time.Millisecond)
	k.mu.Lock()
	before := append([]string(nil), k.ids...)
	k.mu.Unlock()
	file := filepath.Join(t.TempDir(), "backup.tar.gz")
	i.run("backup", "create", file)
	close(stop)
	clients.Wait()
	if len(before) == 0 || k.count() == len(before) {
		t.Fatalf("%d acknowledged before the backup, %d in all: there was no load", len(before), k.count())
	}

	other := *i
	other.dir, other.server = t.TempDir(), nil
	cmd := exec.Command("sailplane", "backup", "restore", file, "--dir", other.dir)
	if said, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("restore: %v\n%s", err, said)
	}
	other.start()
	defer other.kill()
	if _, a := other.create("in the restored one"); a.status != http.StatusCreated {
		t.Errorf("create in the restored installation: %d %s", a.status, a.body)
	}
	other.kill()
	db := other.open()
	defer db.Close()
	checkWhole(t, db, before)
}
