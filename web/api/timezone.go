package api

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/web"
)

var timezones = []web.Op{
	web.Do("GET", "/api/timezones/", web.Public(), 200, "List time zones by places", listTimezones),
}

// Timezone is a place with its time zone, as it is today.
type Timezone struct {
	UTCOffset string `json:"utc_offset"`
	GMTOffset string `json:"gmt_offset"`
	Value     string `json:"value"`
	Label     string `json:"label"`
}

func listTimezones(c *app.Call, _ web.Nothing) (map[string][]Timezone, error) {
	now := c.DB.Now()
	type place struct {
		Timezone
		seconds int
	}
	places := make([]place, len(zoneNames))
	for i, n := range zoneNames {
		_, seconds := now.In(app.Zone(n.zone)).Zone()
		offset := offsetText(seconds)
		places[i] = place{Timezone{"UTC" + offset, "GMT" + offset, n.zone, n.label}, seconds}
	}
	slices.SortFunc(places, func(a, b place) int {
		return cmp.Or(cmp.Compare(a.seconds, b.seconds), cmp.Compare(a.Label, b.Label))
	})
	return map[string][]Timezone{"timezones": web.Map(places, func(p place) Timezone { return p.Timezone })}, nil
}

// offsetText writes an offset as the reference does: west of Greenwich half hours come out as an hour too many (-09:30
// is -10:30), and clients show what they are sent.
func offsetText(seconds int) string {
	hour := int(time.Hour / time.Second)
	hours, rest := seconds/hour, seconds%hour
	if rest < 0 {
		hours, rest = hours-1, rest+hour
	}
	return fmt.Sprintf("%+03d:%02d", hours, rest/60)
}
