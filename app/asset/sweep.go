package asset

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const (
	arrivesWithin = 24 * time.Hour // forms are valid for an hour only
	sweepBatch    = 200
)

// Sweep removes files that were begun a day ago and never confirmed, row and bytes, and what broken connections left.
func Sweep(ctx context.Context, a *app.App) error {
	for {
		late, err := store.UnarrivedAssets(a.DB.Read(ctx), a.DB.Now().Add(-arrivesWithin), sweepBatch)
		if err != nil {
			return fmt.Errorf("find files that never arrived: %w", err)
		}
		for _, f := range late {
			if err := a.Blob.Delete(ctx, f.Asset); err != nil { // the row goes last: it is what finds the bytes again
				return err
			}
		}
		ids := make([]any, len(late))
		for i, f := range late {
			ids[i] = f.ID
		}
		if err := a.DB.Write(ctx, "",
			func(t *store.Tx) error { return t.RemoveRows(store.FileAssets.Name, ids) }); err != nil {
			return err
		}
		if len(late) < sweepBatch {
			break
		}
	}
	// looks away from parts, and drops old ones
	return a.Blob.Walk(ctx, func(string, int64, time.Time) error { return nil })
}
