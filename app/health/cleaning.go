package health

import (
	"context"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/retention"
)

// lateCleaning is two nights, and some hours that a long one may take.
const lateCleaning = 54 * time.Hour

// checkCleaning looks whether what is kept no longer goes.
func checkCleaning(ctx context.Context, p *Patient) []Finding {
	round, err := retention.LastRound(ctx, &app.App{DB: p.DB, Config: p.Config})
	switch {
	case err != nil:
		return []Finding{{
			Code: "cleaning.unknown", Level: Wrong, What: err.Error(), Why: "", Do: "sailplane doctor, again",
		}}
	case round == nil:
		return []Finding{{
			Code: "cleaning.never", Level: Note, What: retention.Tell(round), Why: "",
			Do: "the server does it by itself, within ten minutes after its start and then every night",
		}}
	case round.Fault != "":
		return []Finding{{
			Code: "cleaning.failed", Level: Wrong, What: retention.Tell(round),
			Why: "what is kept no longer takes room", Do: "sailplane jobs cleaned shows which rule it is; it is tried again",
		}}
	case p.DB.Now().Sub(round.BeganAt) > lateCleaning:
		return []Finding{{
			Code: "cleaning.late", Level: Note, What: retention.Tell(round),
			Why: "what is kept no longer takes room", Do: "see that the server runs; it catches up within ten minutes",
		}}
	}
	return []Finding{ok("cleaning.timely", retention.Tell(round))}
}
