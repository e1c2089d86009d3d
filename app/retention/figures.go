package retention

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Figures are what a rule keeps, and what it did last.
type Figures struct {
	Rule    string          `json:"rule"`
	What    string          `json:"what"`
	Setting string          `json:"setting"` // as in config.toml; empty: none
	Days    int             `json:"days"`    // that the setting says
	Last    *store.Cleaning `json:"last"`    // nil: it has removed nothing yet
}

// List returns the figures of all rules, in their order.
func List(ctx context.Context, a *app.App) ([]Figures, error) {
	var done []store.Cleaning
	if err := store.Cleanings.Query(a.DB.Read(ctx)).All(&done); err != nil {
		return nil, fmt.Errorf("read what was cleaned: %w", err)
	}
	last := map[string]*store.Cleaning{}
	for i := range done {
		last[done[i].Rule] = &done[i]
	}
	var list []Figures
	for _, r := range Rules() {
		f := Figures{Rule: r.Name, What: r.What, Last: last[r.Name]}
		if r.Setting != "" {
			f.Setting = "retention." + r.Setting
			f.Days, _ = r.Kept(&a.Config.Retention)
		}
		list = append(list, f)
	}
	return list, nil
}

// LastRound is when all rules were last followed, and how many rows that removed; nil: never.
func LastRound(ctx context.Context, a *app.App) (*store.Cleaning, error) {
	round, err := store.Cleanings.Get(a.DB.Read(ctx), dbx.HashExp{"rule": All})
	if errors.Is(err, store.ErrNotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read when was last cleaned: %w", err)
	}
	return round, nil
}

// Tell says in a sentence what the last round did.
func Tell(round *store.Cleaning) string {
	switch {
	case round == nil:
		return "nothing was cleaned yet"
	case round.EndedAt == nil:
		return fmt.Sprintf("cleaning since %s UTC, %d rows are gone", round.BeganAt.UTC().Format(time.DateTime), round.Rows)
	case round.Fault != "":
		return fmt.Sprintf("last cleaned at %s UTC, not all of it: %s", round.EndedAt.UTC().Format(time.DateTime), round.Fault)
	}
	return fmt.Sprintf("last cleaned at %s UTC, %d rows", round.EndedAt.UTC().Format(time.DateTime), round.Rows)
}
