package app

import (
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // a container from scratch has no files of zones

	"github.com/sailplane/sailplane/embed"
)

// loadedZones keeps what was read: the standard library reads a zone's file each time. There are some 600 names.
var loadedZones sync.Map

// Zone loads a time zone by its IANA name; what is unknown is UTC.
func Zone(name string) *time.Location {
	if name == "" || name == "UTC" {
		return time.UTC
	}
	if zone, ok := loadedZones.Load(name); ok {
		return zone.(*time.Location)
	}
	zone, err := time.LoadLocation(name)
	if err != nil {
		return time.UTC
	}
	loadedZones.Store(name, zone)
	return zone
}

var chosenZones = sync.OnceValue(func() map[string]bool {
	names := map[string]bool{}
	for name := range strings.Lines(embed.ZoneNames) {
		names[strings.TrimSpace(name)] = true
	}
	return names
})

// IsZone says whether a time zone may be chosen. What was chosen before, when others could be, goes on to count.
func IsZone(name string) bool { return chosenZones()[name] }
