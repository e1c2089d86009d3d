package app

import (
	"encoding/json"
	"net/netip"
	"net/url"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/net/idna"
)

// What the reference takes for a link in a name: a scheme, www., a dotted name with a short ending, an IPv4 address.
// Plane: utils/url.py
var linkInText = regexp.MustCompile(`(?i)https?://\S+|www\.[a-z0-9]|([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,6}|` +
	`((25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)\.){3}(25[0-5]|2[0-4][0-9]|[01]?[0-9][0-9]?)`)

// HasLink says whether a text contains something like a URL. Names must not: emails carry them to strangers.
func HasLink(s string) bool { return len(s) <= 1000 && linkInText.MatchString(s) }

// Emails, digits and the usual signs before the @, a dotted name or an address in brackets behind it, as Django's
// validator has it.
var emailAddress = regexp.MustCompile(`^[-!#$%&'*+/=?^_` + "`" + `{}|~0-9A-Za-z]+(\.[-!#$%&'*+/=?^_` + "`" +
	`{}|~0-9A-Za-z]+)*@` +
	`([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+(?:[A-Za-z0-9-]{2,62}[A-Za-z0-9]|[A-Za-z]{2})$`)

// IsEmail says whether a text is an e-mail address that emails can be sent to.
func IsEmail(s string) bool { return len(s) <= 320 && emailAddress.MatchString(s) }

const maxEmail = 255 // what the column takes

// CleanEmail trims and lowers an address, as every door has to that takes one, and says whether it is one. A domain in
// other letters than a to z is written as the mail servers have it, xn--…: one address is one account, however it was
// typed.
func CleanEmail(raw string) (email string, ok bool) {
	email = strings.ToLower(strings.TrimSpace(raw))
	at := strings.LastIndexByte(email, '@')
	if at > 0 && len(email) <= maxEmail && strings.ContainsFunc(email[at:], func(r rune) bool { return r > '~' }) {
		if domain, err := idna.Lookup.ToASCII(email[at+1:]); err == nil {
			email = email[:at+1] + domain
		}
	}
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

// SafeLink is an address that a page or a letter may link to: of the web, of a mailbox, or of this server. Any other,
// such as javascript:, which would run as the page's own script, becomes #.
func SafeLink(s string) string {
	scheme, _, ok := strings.Cut(s, ":")
	if !ok || strings.ContainsAny(scheme, "/?#") { // a colon further on is of a path
		return s
	}
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto":
		return s
	}
	return "#"
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

// IsAddress says whether a text can be where a picture is: on the web, or a relative address, which is ours. Browsers
// drop blanks inside addresses, so none are allowed.
func IsAddress(s string) bool {
	if strings.ContainsFunc(s, func(r rune) bool { return r <= ' ' || r == '\\' }) || strings.HasPrefix(s, "//") {
		return false
	}
	u, err := url.Parse(s)
	return err == nil && (u.Scheme == "" || (u.Scheme == "http" || u.Scheme == "https") && u.Host != "")
}

// logoDepth is how deep the addresses of a logo are looked for; clients have them in the second object.
const logoDepth = 8

// SafeLogo says whether all that a document of a logo calls an address is one (see IsAddress).
func SafeLogo(raw []byte) bool {
	var doc any
	return json.Unmarshal(raw, &doc) != nil || safeLogo(doc, "", logoDepth) // what is no document is refused elsewhere
}

func safeLogo(doc any, key string, depth int) bool {
	if depth == 0 {
		return false
	}
	switch v := doc.(type) {
	case map[string]any:
		for k, inner := range v {
			if !safeLogo(inner, strings.ToLower(k), depth-1) {
				return false
			}
		}
	case []any:
		for _, inner := range v {
			if !safeLogo(inner, key, depth-1) {
				return false
			}
		}
	case string:
		return v == "" || !slices.Contains([]string{"url", "src", "href"}, key) || IsAddress(v)
	}
	return true
}
