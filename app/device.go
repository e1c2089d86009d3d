package app

import (
	"slices"
	"strings"
)

// mostDevices is of how many people a client remembers that they have signed in with it.
const mostDevices = 8

// KnowDevice says whether the client has shown a tag that it was given at an earlier sign-in. It is given it from now
// on; of too many the oldest goes.
func (c *Call) KnowDevice(tag string) (known bool) {
	tags := strings.FieldsFunc(c.Devices, func(r rune) bool { return r == '.' })
	known = slices.Contains(tags, tag)
	tags = append(slices.DeleteFunc(tags, func(t string) bool { return t == tag || len(t) != len(tag) }), tag)
	c.Devices = strings.Join(tags[max(0, len(tags)-mostDevices):], ".")
	return known
}
