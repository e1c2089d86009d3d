package instance

import (
	"context"
	"fmt"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

// APILogQuery says which requests by key are wanted.
type APILogQuery struct {
	User  string    // the address of who asked; empty: whoever
	Since time.Time // zero: ever since the log is kept
	Limit int       // the newest so many
}

// APILog returns requests by key, newest first.
func APILog(ctx context.Context, a *app.App, q APILogQuery) ([]store.LoggedRequest, error) {
	t := a.DB.Read(ctx)
	id := ""
	if q.User != "" {
		u, err := user.Find(ctx, a, q.User)
		if err != nil {
			return nil, err
		}
		id = u.ID
	}
	list, err := store.LoggedRequests(t, id, q.Since, q.Limit)
	if err != nil {
		return nil, fmt.Errorf("read the log of requests by key: %w", err)
	}
	return list, nil
}
