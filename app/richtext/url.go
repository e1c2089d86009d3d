package richtext

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
)

var urlBlanks = strings.NewReplacer("\t", "", "\n", "", "\r", "")

// safeURL reports whether a link is relative, or absolute with an allowed scheme and, for the web, a host.
// It reads as browsers do (WHATWG URL), so that blanks hidden in "java\tscript:" do not help.
func safeURL(s string) bool {
	s = urlBlanks.Replace(strings.TrimFunc(s, func(r rune) bool { return r <= ' ' }))
	scheme, rest, absolute := strings.Cut(s, ":")
	if !absolute || !isScheme(scheme) {
		return true
	}
	scheme = strings.ToLower(scheme)
	if !schemes[scheme] {
		return false
	}
	if scheme == "mailto" || scheme == "tel" {
		return true
	}
	return validAuthority(strings.TrimLeft(rest, `/\`))
}

func isScheme(s string) bool {
	for i, c := range []byte(s) {
		letter := 'a' <= c|0x20 && c|0x20 <= 'z'
		if !letter && (i == 0 || !('0' <= c && c <= '9') && c != '+' && c != '-' && c != '.') {
			return false
		}
	}
	return s != ""
}

func validAuthority(s string) bool {
	if i := strings.IndexAny(s, `/\?#`); i >= 0 {
		s = s[:i]
	}
	host := s[strings.LastIndexByte(s, '@')+1:]
	if inner, ok := strings.CutPrefix(host, "["); ok {
		addr, port, ok := strings.Cut(inner, "]")
		ip, err := netip.ParseAddr(addr)
		return ok && err == nil && ip.Is6() && ip.Zone() == "" && (port == "" || port[0] == ':' && validPort(port[1:]))
	}
	host, port, _ := strings.Cut(host, ":")
	if !validPort(port) {
		return false
	}
	decoded, err := url.PathUnescape(host)
	return err == nil && decoded != "" && !strings.ContainsFunc(decoded, forbiddenInHost)
}

func validPort(s string) bool {
	if s == "" {
		return true
	}
	_, err := strconv.ParseUint(s, 10, 16)
	return err == nil
}

func forbiddenInHost(r rune) bool {
	return r <= ' ' || r == 0x7f || strings.ContainsRune(`#/:<>?@[\]^|%`, r)
}
