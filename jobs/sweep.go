package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

const sweepBatch = 500

// sweepChanges forgets which work items changed long ago.
func sweepChanges(ctx context.Context, a *app.App) error { return a.DB.Write(ctx, "", outline.Sweep) }

// hardDelete removes what was softly deleted longer than jobs.hard_delete_days ago, in small transactions, and then the
// files that belonged to it.
func hardDelete(ctx context.Context, a *app.App) error {
	days := a.Config.Jobs.HardDeleteDays
	if days == 0 {
		return nil
	}
	cutoff := a.DB.Now().AddDate(0, 0, -days)
	tables, err := a.DB.SoftTables(ctx)
	if err != nil {
		return err
	}
	for _, table := range tables {
		for {
			n, err := hardDeleteSome(ctx, a, table, cutoff)
			if err != nil {
				return err
			}
			if n < sweepBatch {
				break
			}
		}
	}
	return nil
}

func hardDeleteSome(ctx context.Context, a *app.App, table string, cutoff time.Time) (int, error) {
	ids, err := a.DB.DeletedBefore(ctx, table, cutoff, sweepBatch)
	if err != nil || len(ids) == 0 {
		return 0, err
	}
	var files []string
	if table == store.FileAssets.Name {
		if files, err = assetKeys(ctx, a, ids); err != nil {
			return 0, err
		}
	}
	if err := a.DB.Write(ctx, "", func(t *store.Tx) error { return t.RemoveRows(table, ids) }); err != nil {
		return 0, err
	}
	for _, key := range files {
		if err := a.Blob.Delete(ctx, key); err != nil {
			return 0, fmt.Errorf("after removing its row: %w", err)
		}
	}
	return len(ids), nil
}

func assetKeys(ctx context.Context, a *app.App, ids []any) ([]string, error) {
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = fmt.Sprint(id)
	}
	var assets []store.FileAsset
	if err := store.FileAssets.QueryAll(a.DB.Read(ctx)).Where(store.In("id", texts)).All(&assets); err != nil {
		return nil, err
	}
	keys := make([]string, len(assets))
	for i, asset := range assets {
		keys[i] = asset.Asset
	}
	return keys, nil
}
