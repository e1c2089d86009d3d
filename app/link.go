package app

import (
	"regexp"
	"strings"
)

// Plane takes what Django's URLValidator takes, and so does this: a host name with a top level, localhost or an address.
const (
	urlLabel = `[a-z0-9\x{a1}-\x{ffff}](?:[a-z0-9\x{a1}-\x{ffff}-]{0,61}[a-z0-9\x{a1}-\x{ffff}])?`
	urlTop   = `(?:[a-z\x{a1}-\x{ffff}][a-z\x{a1}-\x{ffff}-]{0,61}[a-z\x{a1}-\x{ffff}]|xn--[a-z0-9]{1,59})\.?`
	urlByte  = `(?:25[0-5]|2[0-4][0-9]|1[0-9]{0,2}|[1-9][0-9]?|0)`
)

var urlShape = regexp.MustCompile(`^(?i)(?:https?|ftps?)://(?:[^\s:@/]+(?::[^\s:@/]*)?@)?` +
	`(?:` + urlByte + `(?:\.` + urlByte + `){3}|\[[0-9a-f:.]+\]|(?:` + urlLabel + `\.)+` + urlTop + `|localhost)` +
	`(?::[0-9]{1,5})?(?:[/?#][^\s]*)?$`)

// IsURL says whether a text is an absolute address of the web or of FTP.
func IsURL(s string) bool { return len(s) <= 2048 && urlShape.MatchString(s) }

// WithScheme puts http:// in front of an address that lacks it.
func WithScheme(url string) string {
	if url == "" || strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") {
		return url
	}
	return "http://" + url
}
