package analytic

import (
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
)

// PersonCount counts the work items of one person; User nil: of nobody.
type PersonCount struct {
	User  *store.User
	Count int
}

// Summary is what the older overview tells. Plane: app/views/analytic/base.py DefaultAnalyticsEndpoint
type Summary struct {
	Groups                   []store.GroupTotal
	Completed                []store.MonthCount // this year
	Makers, Closers, Pending []PersonCount
}

// Summarize counts the work items that fit.
func Summarize(c *app.Call, filters filter.Params) (*Summary, error) {
	t := c.Read()
	w, _, err := work(c, t, filters)
	if err != nil {
		return nil, err
	}
	s := &Summary{}
	if s.Groups, err = w.Groups(t); err != nil {
		return nil, err
	}
	year := time.Date(t.Now.UTC().Year(), 1, 1, 0, 0, 0, 0, time.UTC)
	if s.Completed, err = w.CompletedIn(t, year, year.AddDate(1, 0, 0)); err != nil {
		return nil, err
	}
	counts := [3][]store.PersonIssueCount{}
	for i, count := range []func(*store.Tx) ([]store.PersonIssueCount, error){w.Creators, w.Completers, w.Pending} {
		if counts[i], err = count(t); err != nil {
			return nil, err
		}
	}
	var ids []string
	for _, list := range counts {
		for _, n := range list {
			if n.UserID != nil {
				ids = append(ids, *n.UserID)
			}
		}
	}
	people, err := store.Users.ByID(t, ids)
	if err != nil {
		return nil, err
	}
	for i, list := range []*[]PersonCount{&s.Makers, &s.Closers, &s.Pending} {
		for _, n := range counts[i] {
			h := PersonCount{Count: n.Count}
			if n.UserID != nil {
				h.User = people[*n.UserID]
			}
			*list = append(*list, h)
		}
	}
	return s, nil
}
