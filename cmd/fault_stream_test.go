package main

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"
)

// follow listens from an id on until the stream ends, or so many events have come, and returns how far it came; each
// created work item is counted.
func (i *installation) follow(ctx context.Context, at string, seen map[string]int, most int) string {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, i.base+"/api/workspaces/fault/events/?since="+at, nil)
	if err != nil {
		i.t.Error(err)
		return at
	}
	req.AddCookie(&http.Cookie{Name: "session-id", Value: faultSession})
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return at
	}
	defer res.Body.Close()
	if res.StatusCode != http.StatusOK {
		i.t.Errorf("listen: %d", res.StatusCode)
	}
	id, item := at, ""
	for lines := bufio.NewScanner(res.Body); len(seen) < most && lines.Scan(); {
		switch field, value, _ := strings.Cut(lines.Text(), ": "); {
		case field == "event":
			i.t.Errorf("an event named %s", value)
		case field == "id":
			id = value
		case field == "data" && strings.Contains(value, `"kind":"issue","action":"created"`):
			_, item, _ = strings.Cut(value, `"entity_id":"`)
			item = item[:36]
		case field == "": // a block is whole
			if at = id; item != "" {
				seen[item]++
				item = ""
			}
		}
	}
	return at
}

// Who listens while the server is killed, and comes back with the last id, has heard of everything that was
// acknowledged, once.
func TestStreamsGoOnAfterKills(t *testing.T) {
	i := install(t, t.TempDir(), "")
	var k acknowledged
	seen, at := map[string]int{}, "0"
	for range 3 {
		i.start()
		clients := i.burst(4, &k, nil)
		heard := make(chan string)
		go func() { heard <- i.follow(context.Background(), at, seen, 1<<30) }()
		time.Sleep(400 * time.Millisecond)
		i.kill()
		clients.Wait()
		at = <-heard
	}
	i.start()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	last, a := i.create("after it all")
	if a.status != http.StatusCreated {
		t.Fatalf("create after the last restart: %d", a.status)
	}
	k.add(last)
	for seen[last] == 0 && ctx.Err() == nil {
		at = i.follow(ctx, at, seen, len(seen)+1)
	}
	for _, id := range k.ids {
		if seen[id] != 1 {
			t.Errorf("a work item that was acknowledged was told %d times", seen[id])
		}
	}
	for id, n := range seen {
		if n != 1 {
			t.Errorf("%s was told %d times", id, n)
		}
	}
	t.Logf("%d told", len(seen))
}
