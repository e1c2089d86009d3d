package issue

import (
	"errors"
	"net/url"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/filter"
	"github.com/sailplane/sailplane/store"
)

// refused fails when an error is anything but a 400.
func refused(t *testing.T, err error) {
	t.Helper()
	if err != nil && !errors.Is(err, app.Invalid) {
		t.Errorf("refused with %v", err)
	}
}

func FuzzRichFilter(f *testing.F) {
	for _, s := range []string{`{"priority":"high"}`,
		`{"and":[{"label_id":"x"},{"not":{"start_date__range":"2026-01-01,"}}]}`, `{"OR":[{"priority":["low",null]}]}`, `[1]`,
		`{"not":{}}`, `{"created_at__range":"2026-01-01T00:00:00Z,2026-02-01"}`, `{"state_id__in":[true]}`} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		_, err := richFilter(&app.Call{}, raw)
		refused(t, err)
	})
}

func FuzzFilters(f *testing.F) {
	for _, s := range []string{"start_date=2_weeks;after;fromnow,2026-01-01;before", "labels=None&state=x",
		"intake_status=x", "estimate_point=,", "name=%00"} {
		f.Add(s)
	}
	c := &app.Call{App: &app.App{DB: &store.DB{}}}
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := url.ParseQuery(raw)
		if err != nil {
			return
		}
		_, err = filter.Read(c, lasts(q))
		refused(t, err)
	})
}

// lasts are the values that count.
func lasts(q url.Values) filter.Params {
	params := filter.Params{}
	for name, values := range q {
		params[name] = values[len(values)-1]
	}
	return params
}

func FuzzPaging(f *testing.F) {
	f.Add("100", "100:1:0", true)
	f.Add("0", "2.5:-1:1", false)
	f.Add("1", "NaN:1:0", true)
	f.Fuzz(func(t *testing.T, perPage, cursor string, grouped bool) {
		p, err := PageQuery{&perPage, &cursor}.paging(grouped)
		refused(t, err)
		if err == nil && (p.Limit < 0 || p.Limit > maxPerPage || !grouped && (p.Page < 0 || p.Limit == 0)) {
			t.Errorf("%q %q reads as %+v", perPage, cursor, p)
		}
		if _, _, ok := syncCursor(cursor); ok && cursor == "" {
			t.Error("nothing is a cursor")
		}
	})
}
