package conformance_test

import (
	"context"
	"flag"
	"testing"
	"time"

	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/storetest"
	"github.com/sailplane/sailplane/web/conformance"
	"github.com/sailplane/sailplane/web/webtest"
)

var (
	base   = flag.String("base", "", "play against the server at this `URL`, one scenario after the other, not in process")
	update = flag.Bool("update", false, "write what the server gives into the recordings, but for listed differences")
)

const recordings = "testdata/recordings"

// TestRecordings plays what the reference server was recorded to do. Every scenario has a fresh server.
func TestRecordings(t *testing.T) {
	scenarios, err := conformance.Load(recordings)
	if err != nil {
		t.Fatal(err)
	}
	differences, err := conformance.ReadDifferences("testdata/differences")
	if err != nil {
		t.Fatal(err)
	}
	world, err := conformance.NewWorld()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(world.Close)
	if *base != "" {
		running(t, &conformance.Player{Base: *base, World: world, Patience: 4 * time.Second}, scenarios, differences)
		return
	}
	inProcess(t, world, scenarios, differences)
}

// running plays against a server that runs already.
func running(t *testing.T, p *conformance.Player, all []*conformance.Scenario, differences conformance.Differences) {
	fresh, err := p.IsFresh(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, first := range []bool{true, false} {
		if !first {
			if err := p.SetUp(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		for _, s := range all {
			if s.First == first {
				t.Run(s.Name, func(t *testing.T) {
					if first && !fresh {
						t.Skip("the server has been set up already")
					}
					judge(t, s, p.Play(t.Context(), s), differences)
				})
			}
		}
	}
}

// stores are the databases that scenarios begin with, by engine.
type stores struct{ blank, ready *storetest.Template }

// inProcess plays on every engine there is, each scenario against a server of its own.
func inProcess(
	t *testing.T, world *conformance.World, all []*conformance.Scenario, differences conformance.Differences,
) {
	engines := storetest.Engines()
	if *update {
		engines = engines[:1]
	}
	from := map[string]stores{}
	for _, engine := range engines {
		from[engine] = stores{
			blank: storetest.NewTemplate(t, engine, func(testing.TB, *store.DB) {}),
			ready: storetest.NewTemplate(t, engine, func(t testing.TB, db *store.DB) {
				if err := player(t, db, world).SetUp(t.Context()); err != nil {
					t.Fatal(err)
				}
			}),
		}
	}
	if testing.Short() {
		all = some(all)
	}
	for _, s := range all {
		t.Run(s.Name, func(t *testing.T) {
			t.Parallel()
			for _, engine := range engines {
				t.Run(engine, func(t *testing.T) {
					t.Parallel()
					begin := from[engine].ready
					if s.First {
						begin = from[engine].blank
					}
					judge(t, s, player(t, begin.Open(t), world).Play(t.Context(), s), differences)
				})
			}
		})
	}
}

// some are every fifth scenario: enough of each area to see what happens at the same time.
func some(all []*conformance.Scenario) (part []*conformance.Scenario) {
	for n := 0; n < len(all); n += 5 {
		part = append(part, all[n])
	}
	return part
}

// player serves a database.
func player(t testing.TB, db *store.DB, world *conformance.World) *conformance.Player {
	db.OutlineItems = store.DefaultOutlineItems // as it is served
	a := apptest.New(t, db)
	a.Config.Webhooks.AllowNetworks = []string{"127.0.0.0/8"}
	s := webtest.New(t, a)
	idle := func() bool {
		due := 1
		err := db.Read(context.Background()).One(
			"SELECT COUNT(*) FROM jobs WHERE dead_at IS NULL AND run_at <= ?", []any{store.Stamped(time.Now())}, &due)
		return err == nil && due == 0
	}
	return &conformance.Player{Base: s.URL, World: world, Idle: idle, Patience: 2 * time.Minute}
}

func judge(t *testing.T, s *conformance.Scenario, outcomes []conformance.Outcome, differences conformance.Differences) {
	wrong := differences.Judge(s.Name, outcomes)
	for _, text := range wrong {
		t.Error(text)
	}
	if *update && s.Update(outcomes, differences) {
		if err := s.Save(recordings); err != nil {
			t.Fatal(err)
		}
	}
}
