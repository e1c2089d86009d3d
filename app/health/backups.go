package health

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
)

const (
	lateBackup = 2 * time.Hour      // after its time, that making one may take
	oldBackup  = 8 * 24 * time.Hour // without a schedule
)

// checkBackups looks whether the last backup was whole and is young enough.
func checkBackups(ctx context.Context, p *Patient) []Finding {
	a := &app.App{DB: p.DB, Config: p.Config, Dir: p.Dir}
	last, err := backup.LastResults(ctx, a)
	if err != nil {
		return []Finding{{
			Code: "backup.unknown", Level: Wrong, What: err.Error(), Why: "whether there are backups can't be told",
			Do: "sailplane doctor, again",
		}}
	}
	var found []Finding
	if last.Ended != nil && last.Ended.Fault != "" {
		found = append(found, Finding{
			Code: "backup.failed", Level: Wrong,
			What: fmt.Sprintf("the backup of %s to %s: %s", last.Ended.BeganAt.Format(time.DateTime), last.Ended.Place,
				last.Ended.Fault),
			Why: "when the disk dies, what was written since the last good one is lost",
			Do:  "put that right, then: sailplane backup create",
		})
	}
	return append(found, ageOf(a, last))
}

// ageOf says how old the last backup is that was found whole.
func ageOf(a *app.App, last backup.Last) Finding {
	plan := backup.Schedule(a)
	const why = "when the disk dies, everything is lost"
	if last.Verified == nil {
		f := Finding{Code: "backup.none", Level: Note, What: "no backup has been made yet", Why: why,
			Do: `[backup] schedule = "30 2 * * *" makes one every night; sailplane backup create makes one now`}
		return f
	}
	made := last.Verified.BeganAt
	what := fmt.Sprintf("the last backup that was found whole is of %s UTC, in %s", made.Format(time.DateTime),
		last.Verified.Place)
	f := Finding{Code: "backup.old", Level: Wrong, What: what, Why: "what was written since is lost when the disk dies",
		Do: "see that the server runs, and sailplane jobs list; to make one now: sailplane backup create"}
	switch now := a.DB.Now(); {
	case plan.Schedule != "" && backup.Next(a, made).Add(lateBackup).Before(now):
		return f
	case plan.Schedule == "" && now.Sub(made) > oldBackup:
		f.Level, f.Do = Note, `[backup] schedule = "30 2 * * *" makes one every night`
		return f
	}
	return ok("backup.recent", what)
}
