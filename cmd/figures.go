package main

import (
	"context"
	"maps"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/retention"
	"github.com/sailplane/sailplane/app/stream"
	"github.com/sailplane/sailplane/jobs"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/metrics"
)

// figures gathers what is shown to who watches the server.
type figures struct {
	app    *app.App
	server *web.Server
	runner *jobs.Runner
	ends   func() time.Time // of the certificate
}

// write adds all of them. A database that does not answer leaves its own out: the others are wanted most then.
func (f *figures) write(ctx context.Context, t *metrics.Text) {
	t.Family("sailplane_build_info", metrics.Gauge, "The version that runs, and on which database.")
	t.Add(1, "version", version, "database", map[bool]string{true: "postgres", false: "sqlite"}[f.app.DB.Postgres])
	lack, _ := f.app.Ready(ctx) // the log has the reason
	t.One("sailplane_ready", metrics.Gauge, "Whether this node can serve: its database, the schema, the disk and the files.",
		truth(lack == ""))
	if at := f.ends(); !at.IsZero() {
		t.One("sailplane_certificate_expiry_timestamp_seconds", metrics.Gauge, "When the certificate ends, in seconds since 1970.",
			float64(at.Unix()))
	}
	f.server.WriteFigures(t)
	f.writeDatabase(ctx, t)
	f.writeJobs(ctx, t)
	f.writeBackups(ctx, t)
	f.writeCleaning(ctx, t)
	f.writeCounts(t)
	metrics.WriteProcess(t)
}

func truth(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

func (f *figures) writeDatabase(ctx context.Context, t *metrics.Text) {
	d, err := f.app.DB.Figures(ctx)
	t.One("sailplane_database_up", metrics.Gauge, "Whether the database answers.", truth(err == nil && f.app.DB.Ping(ctx) == nil))
	if d.Bytes > 0 {
		t.One("sailplane_database_size_bytes", metrics.Gauge, "Size of the database.", float64(d.Bytes))
	}
	if !f.app.DB.Postgres {
		t.One("sailplane_database_wal_bytes", metrics.Gauge, "Size of SQLite's log of writes.", float64(d.LogBytes))
		t.One("sailplane_disk_free_bytes", metrics.Gauge, "Room on the disk of SQLite's file.", float64(d.FreeBytes))
	}
	pools := slices.Sorted(maps.Keys(d.Pools))
	for _, of := range []struct {
		name  string
		kind  metrics.Kind
		help  string
		value func(string) float64
	}{
		{"sailplane_database_connections_in_use", metrics.Gauge, "Connections that somebody uses.",
			func(p string) float64 { return float64(d.Pools[p].InUse) }},
		{"sailplane_database_connections_idle", metrics.Gauge, "Connections that wait for somebody.",
			func(p string) float64 { return float64(d.Pools[p].Idle) }},
		{"sailplane_database_connections_limit", metrics.Gauge, "Connections that there may be.",
			func(p string) float64 { return float64(d.Pools[p].MaxOpenConnections) }},
		{"sailplane_database_waits_total", metrics.Counter, "How often somebody had to wait for a connection.",
			func(p string) float64 { return float64(d.Pools[p].WaitCount) }},
		{"sailplane_database_wait_seconds_total", metrics.Counter, "How long they waited together.",
			func(p string) float64 { return d.Pools[p].WaitDuration.Seconds() }},
	} {
		t.Family(of.name, of.kind, of.help)
		for _, p := range pools {
			t.Add(of.value(p), "pool", p)
		}
	}
	t.One("sailplane_database_writes_total", metrics.Counter, "Transactions that have committed.", float64(d.Writes))
	t.One("sailplane_database_write_seconds_total", metrics.Counter, "How long these took together, with their waiting.",
		d.Writing.Seconds())
	t.One("sailplane_event_streams", metrics.Gauge, "Streams of events that are open on this node.",
		float64(stream.Open(f.app)))
	t.One("sailplane_cache_hits_total", metrics.Counter, "What was found in the cache.", float64(d.CacheHits))
	t.One("sailplane_cache_misses_total", metrics.Counter, "What had to be read from the database.", float64(d.CacheMisses))
	o := outline.Of(f.app.DB.Read(ctx)).Figures()
	t.One("sailplane_outlines", metrics.Gauge, "Projects whose lists are made in memory.", float64(o.Outlines))
	t.One("sailplane_outline_items", metrics.Gauge, "Work items of these projects.", float64(o.Items))
	t.One("sailplane_outline_bytes", metrics.Gauge, "Memory that these take.", float64(o.Bytes))
}

// writeJobs adds the queue, which all nodes share, and what this node does of it.
func (f *figures) writeJobs(ctx context.Context, t *metrics.Text) {
	here := f.runner.Figures()
	for _, of := range []struct {
		name  string
		kind  metrics.Kind
		help  string
		value func(jobs.Figures) int64
	}{
		{"sailplane_jobs_running", metrics.Gauge, "Jobs that this node does.", func(g jobs.Figures) int64 { return g.Running }},
		{"sailplane_jobs_done_total", metrics.Counter, "Jobs that this node has done.", func(g jobs.Figures) int64 { return g.Done }},
		{"sailplane_jobs_failed_total", metrics.Counter, "Tries of this node that failed; a job is tried again.",
			func(g jobs.Figures) int64 { return g.Failed }},
	} {
		t.Family(of.name, of.kind, of.help)
		for _, g := range here {
			t.Add(float64(of.value(g)), "lane", string(g.Lane))
		}
	}
	now := f.app.DB.Now()
	backlogs, err := store.Backlogs(f.app.DB.Read(ctx), now)
	if err != nil {
		return // sailplane_database_up says so
	}
	type sum struct {
		waiting, dead int
		late          time.Duration
	}
	lanes, duties := map[jobs.Lane]*sum{"none": {}}, jobs.Handlers() // none: of kinds that this version does not know
	for _, g := range here {
		lanes[g.Lane] = &sum{}
	}
	for _, b := range backlogs {
		l := lanes[duties[b.Kind].Lane]
		if l == nil {
			l = lanes["none"]
		}
		l.waiting, l.dead = l.waiting+b.Waiting-b.Taken, l.dead+b.Dead
		if b.Since != nil {
			l.late = max(l.late, now.Sub(*b.Since))
		}
	}
	for _, of := range []struct {
		name, help string
		value      func(*sum) float64
	}{
		{"sailplane_jobs_waiting", "Jobs that wait, of all nodes.", func(s *sum) float64 { return float64(s.waiting) }},
		{"sailplane_jobs_dead", "Jobs that have failed for good.", func(s *sum) float64 { return float64(s.dead) }},
		{"sailplane_jobs_oldest_seconds", "For how long the oldest job could have been done that is not.",
			func(s *sum) float64 { return s.late.Seconds() }},
	} {
		t.Family(of.name, metrics.Gauge, of.help)
		for _, lane := range slices.Sorted(maps.Keys(lanes)) {
			t.Add(of.value(lanes[lane]), "lane", string(lane))
		}
	}
}

// writeBackups adds when the last backup was found whole, wherever it was made: 0 when none ever was, so that a rule
// hears of that, too.
func (f *figures) writeBackups(ctx context.Context, t *metrics.Text) {
	last, err := backup.LastResults(ctx, f.app)
	if err != nil {
		return // sailplane_database_up says so
	}
	at, failed := 0.0, last.Ended != nil && last.Ended.Fault != ""
	if last.Verified != nil && last.Verified.VerifiedAt != nil {
		at = float64(last.Verified.VerifiedAt.Unix())
	}
	t.One("sailplane_backup_verified_timestamp_seconds", metrics.Gauge,
		"When a backup was last found whole, in seconds since 1970; 0: never.", at)
	t.One("sailplane_backup_failed", metrics.Gauge, "Whether the last backup failed.", truth(failed))
}

// writeCleaning adds what the rules of cleaning have removed, on all nodes.
func (f *figures) writeCleaning(ctx context.Context, t *metrics.Text) {
	list, err := retention.List(ctx, f.app)
	if err != nil {
		return // sailplane_database_up says so
	}
	at := 0.0
	t.Family("sailplane_cleaned_rows_total", metrics.Counter, "Rows that were removed for their age, by rule.")
	for _, r := range list {
		if r.Last != nil {
			t.Add(float64(r.Last.Total), "rule", r.Rule)
		}
	}
	last, err := retention.LastRound(ctx, f.app)
	if err == nil && last != nil && last.EndedAt != nil {
		at = float64(last.EndedAt.Unix())
	}
	t.One("sailplane_cleaned_timestamp_seconds", metrics.Gauge,
		"When all rules of cleaning were last followed, in seconds since 1970; 0: never.", at)
}

func (f *figures) writeCounts(t *metrics.Text) {
	c := &f.app.Counts
	t.Family("sailplane_letters_total", metrics.Counter, "Letters that were given to the mail server, and tries that failed.")
	t.Add(float64(c.LettersSent.Load()), "result", "sent")
	t.Add(float64(c.LettersFailed.Load()), "result", "failed")
	t.Family("sailplane_webhooks_total", metrics.Counter, "Deliveries to webhooks that were answered, and tries that failed.")
	t.Add(float64(c.WebhooksDelivered.Load()), "result", "delivered")
	t.Add(float64(c.WebhooksFailed.Load()), "result", "failed")
	t.Family("sailplane_api_log_rows_total", metrics.Counter, "Requests by key that were logged, and that were left out of the log.")
	t.Add(float64(f.app.APILog.Written.Load()), "result", "written")
	t.Add(float64(f.app.APILog.Dropped.Load()), "result", "dropped")
	t.One("sailplane_sign_ins_refused_total", metrics.Counter, "Tries to get in that failed: passwords, codes, links and keys.",
		float64(c.KeptOut.Load()))
}
