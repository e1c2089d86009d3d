package main

import (
	"compress/gzip"
	"context"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/coder/websocket"
)

// typeOne opens the page and types one word more; it returns when that is kept.
func (p *typist) typeOne(ctx context.Context, t *testing.T) (conn *websocket.Conn, word string) {
	t.Helper()
	if conn = p.open(ctx); conn == nil {
		t.Fatal("the page cannot be opened")
	}
	t.Cleanup(func() { conn.CloseNow() })
	before := len(p.kept)
	if !p.word(ctx, conn) {
		t.Fatal("what was typed is not kept")
	}
	return conn, p.kept[before]
}

// What was typed a moment ago, and is not yet part of its page, goes with a workspace that is exported and with a
// backup. The server runs on, and the editor that is open loses nothing.
func TestWhatIsTypedIsExportedAndBackedUp(t *testing.T) {
	on(t, func(t *testing.T, db string) {
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
		defer cancel()
		g := gather(t, install(t, t.TempDir(), db), 1, 1)
		g.turn()
		i, p := g.first, g.typists[0]
		conn, word := p.typeOne(ctx, t)
		file := filepath.Join(t.TempDir(), "fault.tar.gz")
		i.run("workspace", "export", "fault", file)
		if !strings.Contains(unpacked(t, file), word) {
			t.Error("what was typed is not in the export")
		}
		if !p.word(ctx, conn) { // behind what the export has made part of the page
			t.Fatal("what was typed after the export is not kept")
		}
		backup := filepath.Join(t.TempDir(), "backup")
		i.run("backup", "create", backup)
		conn.CloseNow()
		i.kill()
		i.run("backup", "restore", backup, "--force")
		i.start()
		p.typeOne(ctx, t)
		waitFor(t, "what was typed before the backup and after it is part of the page", func() bool { return g.missing() == 0 })
	})
}

// unpacked is what a packed file holds.
func unpacked(t *testing.T, file string) string {
	t.Helper()
	f, err := os.Open(file)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	all, err := io.ReadAll(z)
	if err != nil {
		t.Fatal(err)
	}
	return string(all)
}

// Who is shut out on the command line, while the server runs, types no more: the socket ends.
func TestShutOutOnTheCommandLineInMidSentence(t *testing.T) {
	for name, args := range map[string][]string{
		"sessions end":             {"user", "revoke", "--email", "owner@sailplane.test"},
		"the account is closed":    {"user", "deactivate", "--email", "owner@sailplane.test"},
		"the workspace is deleted": {"workspace", "delete", "fault", "--yes"},
	} {
		t.Run(name, func(t *testing.T) {
			on(t, func(t *testing.T, db string) {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
				defer cancel()
				g := gather(t, install(t, t.TempDir(), db), 1, 1)
				g.turn()
				p := g.typists[0]
				conn, _ := p.typeOne(ctx, t)
				g.first.run(args...)
				for {
					if _, _, err := p.read(ctx, conn); err != nil {
						if code := websocket.CloseStatus(err); code != 4003 && code != 4000 {
							t.Errorf("the socket ends with %d: %v", code, err)
						}
						break
					}
				}
				if a := g.first.ask(http.MethodGet, g.path, nil); a.status == http.StatusOK {
					t.Errorf("the page is still shown")
				}
			})
		})
	}
}
