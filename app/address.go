package app

import (
	"net/netip"
	"net/url"
	"regexp"
	"strings"
)

// What the reference takes for a link in a name: a scheme, www., a dotted name with a short ending, an IPv4 address.
// Plane: utils/url.py
var linkInText = regexp.MustCompile(`(?i)https?://\S+|www\.[a-z0-9]|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,6}|` +
	`((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)`)

// HasLink says whether a text contains something like a URL. Names must not: letters carry them to strangers.
func HasLink(s string) bool { return len(s) <= 1000 && linkInText.MatchString(s) }

// Letters, digits and the usual signs before the @, a dotted name or an address in brackets behind it, as Django's validator has it.
var emailAddress = regexp.MustCompile(`^[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Za-z]+(\.[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Za-z]+)*@` +
	`([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z0-9-]{2,62}[A-Za-z0-9]|[A-Za-z]{2})$`)

// IsEmail says whether a text is an e-mail address that letters can be sent to.
func IsEmail(s string) bool { return len(s) <= 320 && emailAddress.MatchString(s) }

const maxEmail = 255 // what the column takes

// CleanEmail trims and lowers an address, as every door has to that takes one, and says whether it is one.
func CleanEmail(raw string) (email string, ok bool) {
	email = strings.ToLower(strings.TrimSpace(raw))
	return email, len(email) <= maxEmail && IsEmail(email)
}

var hostName = regexp.MustCompile(`(?i)^(localhost|([a-z0-9\x{00a1}-\x{ffff}]([a-z0-9\x{00a1}-\x{ffff}-]{0,61}[a-z0-9\x{00a1}-\x{ffff}])?\.)+` +
	`([a-z\x{00a1}-\x{ffff}-]{2,63}|xn--[a-z0-9]{1,59})\.?)$`)

// IsWebURL says whether a text is the address of something on the web: http or https, and a host that could be one.
func IsWebURL(s string) bool {
	u, err := url.Parse(s)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || len(s) > 2048 || strings.ContainsAny(s, " \t\r\n") {
		return false
	}
	host := u.Hostname()
	_, noIP := netip.ParseAddr(host)
	return noIP == nil || hostName.MatchString(host)
}

// IsURL is IsWebURL for FTP too: what the reference takes for an address.
func IsURL(s string) bool {
	for _, scheme := range []string{"ftp://", "ftps://"} {
		if rest, ok := strings.CutPrefix(s, scheme); ok {
			return IsWebURL("http://" + rest)
		}
	}
	return IsWebURL(s)
}

// WithScheme puts http:// in front of an address that lacks it.
func WithScheme(url string) string {
	if url == "" || strings.HasPrefix(url, "http://") || strings.HasPrefix(url, "https://") {
		return url
	}
	return "http://" + url
}
