package backup

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// surplus returns which of the backups are more than are to be kept; the list is newest first. Of each of the last so
// many days, weeks and months that have one, the newest stays, and so many of those before migrations. What is not
// whole counts for nothing, and stays only while it is newer than all that are; the newest that is whole always stays.
func surplus(list []Entry, keepDaily, keepWeekly, keepMonthly, keepBefore int) []Entry {
	var gone []Entry
	before, whole := 0, false
	day, week, month := period{most: keepDaily}, period{most: keepWeekly}, period{most: keepMonthly}
	all := keepDaily+keepWeekly+keepMonthly == 0
	for _, e := range list {
		switch {
		case e.Before > 0:
			if before++; before > keepBefore {
				gone = append(gone, e)
			}
			continue
		case all:
			continue
		case e.Fault != "":
			if whole {
				gone = append(gone, e)
			}
			continue
		}
		year, w := e.MadeAt.ISOWeek()
		stays := day.takes(e.MadeAt.Format(time.DateOnly))
		stays = week.takes(fmt.Sprint(year, "-", w)) || stays
		stays = month.takes(e.MadeAt.Format("2006-01")) || stays
		if whole && !stays {
			gone = append(gone, e)
		}
		whole = true
	}
	return gone
}

// period counts the days, or weeks, or months that have a backup.
type period struct {
	most, n int
	last    string
}

// takes says whether a backup is the newest of its day, and the day is one of those of which one is kept.
func (p *period) takes(name string) bool {
	if name == p.last || p.n == p.most {
		return false
	}
	p.last, p.n = name, p.n+1
	return true
}

// Prune removes the backups that are more than [backup] wants to keep, and returns them; with rehearse it only returns
// them. It never touches a file that is called otherwise than a backup.
func Prune(ctx context.Context, a *app.App, rehearse bool) ([]Entry, error) {
	p, err := OpenPlace(ctx, a)
	if err != nil {
		return nil, err
	}
	list, err := entries(ctx, a, p)
	if err != nil {
		return nil, err
	}
	b := a.Config.Backup
	gone := surplus(list, b.KeepDaily, b.KeepWeekly, b.KeepMonthly, b.KeepBeforeMigration)
	if rehearse {
		return gone, nil
	}
	for i, e := range gone {
		if err := p.files.Delete(ctx, e.Name); err != nil {
			return gone[:i], err
		}
	}
	return gone, nil
}

// PruneBefore is Prune of the backups before migrations, for a database whose schema may be older than this binary's.
func PruneBefore(ctx context.Context, a *app.App) error {
	p, err := OpenPlace(ctx, a)
	if err != nil {
		return err
	}
	list, err := p.List(ctx)
	if err != nil {
		return err
	}
	n := 0
	for _, k := range list {
		if k.Before == 0 {
			continue
		}
		if n++; n > a.Config.Backup.KeepBeforeMigration {
			if err := p.files.Delete(ctx, k.File); err != nil {
				return err
			}
		}
	}
	return nil
}

// entries lists what is in a place, newest first, with what is known of each.
func entries(ctx context.Context, a *app.App, p *Place) ([]Entry, error) {
	kept, err := p.List(ctx)
	if err != nil {
		return nil, err
	}
	known, err := store.BackupsOf(a.DB.Read(ctx), p.Name)
	if err != nil {
		return nil, err
	}
	list := make([]Entry, len(kept))
	for i, k := range kept {
		list[i] = Entry{Name: k.File, MadeAt: k.At, Before: k.Before, Size: k.Size, Encrypted: k.Encrypted}
		if row, ok := known[k.File]; ok {
			list[i].Kind, list[i].Rows, list[i].Files = row.Kind, row.RowsKept, row.FilesKept
			list[i].FilesMissing = row.FilesMissing
			list[i].VerifiedAt, list[i].Fault = row.VerifiedAt, row.Fault
			list[i].Seconds = row.EndedAt.Sub(row.BeganAt).Seconds()
		}
	}
	return list, nil
}
