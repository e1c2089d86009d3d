package auth

import (
	"context"
	"net/http"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// place is one of the two frontends that people sign in to.
type place struct {
	url func(c *app.Call) string
	// mailed is url for emails; empty when nobody knows.
	mailed func(a *app.App, ctx context.Context) (string, error)
	// done is where somebody is sent who has signed in; next is checked already.
	done func(c *app.Call, next string) string
	// left is where somebody is sent who has signed out.
	left func(c *app.Call, next string) string
	// reset is the page on which a forgotten password is set anew, and where somebody is sent who has done so.
	reset, renewed func(c *app.Call) string
	garbled        string // the fault of a link to it that is no text
	// whoever has been shown around and has no password goes to the start page, wherever they wanted to go
	startPage bool
}

var (
	inApp = place{
		url: (*app.Call).AppURL, mailed: (*app.App).Address,
		done:    func(c *app.Call, next string) string { return back(c.AppURL(), next, "") },
		left:    func(c *app.Call, _ string) string { return c.AppURL() },
		reset:   func(c *app.Call) string { return c.AppURL() + "/accounts/reset-password" },
		renewed: func(c *app.Call) string { return c.AppURL() + "/sign-in?success=True" },
		garbled: "INVALID_PASSWORD_TOKEN", startPage: true,
	}
	inSpaces = place{url: (*app.Call).SpaceURL, mailed: (*app.App).SpaceAddress,
		done: func(c *app.Call, next string) string { return escape(strings.TrimRight(c.SpaceURL(), "/") + next) },
		left: func(c *app.Call, next string) string { return back(c.SpaceURL(), next, "") },
		// two slashes, as the reference
		reset:   func(c *app.Call) string { return c.SpaceURL() + "/accounts/reset-password/" },
		renewed: (*app.Call).SpaceURL, garbled: "EXPIRED_PASSWORD_TOKEN", startPage: false}
)

// back is a page of a frontend with what it should know: where the person wanted to go, and what went wrong.
func back(base, next, fault string) string {
	base = strings.TrimRight(base, "/")
	var query []string
	if next != "" {
		query = append(query, "next_path="+next)
	}
	if fault != "" {
		query = append(query, fault)
	}
	if len(query) == 0 {
		return base
	}
	return escape(base + "/?" + strings.Join(query, "&"))
}

func cookies(cs ...*http.Cookie) []*http.Cookie { return cs }

const maxNextPath = 500

// What no path of ours has, and what has been used to trick browsers (Plane: utils/path_validator.py).
var suspicious = []string{"..", "javascript:", "data:", "vbscript:", "file:", "ftp:", "%2e%2e", "%2f%2f", "%5c%5c",
	"<script", "<iframe", "<object", "<embed", "<form", "onload=", "onerror=", "onclick="}

// nextPath returns the path that a client wants to go to when it is one of the frontend's, else nothing.
func nextPath(raw *string) string {
	if raw == nil || len([]rune(*raw)) > maxNextPath {
		return ""
	}
	next := localPath(strings.ReplaceAll(*raw, `\`, ""))
	if !strings.HasPrefix(next, "/") {
		return ""
	}
	lower := strings.ToLower(next)
	for _, s := range suspicious {
		if strings.Contains(lower, s) {
			return ""
		}
	}
	return next
}

// localPath is the text itself, or only the path of it when it names a scheme or a host.
func localPath(s string) string {
	rest, scheme := s, false
	if name, after, ok := strings.Cut(s, ":"); ok && isScheme(name) {
		rest, scheme = after, true
	}
	authority := ""
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		end := strings.IndexAny(after, "/?#")
		if end < 0 {
			end = len(after)
		}
		authority, rest = after[:end], after[end:]
	}
	if !scheme && authority == "" {
		return s
	}
	if end := strings.IndexAny(rest, "?#"); end >= 0 {
		rest = rest[:end]
	}
	return rest
}

func isScheme(name string) bool {
	for i, c := range name {
		letter := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
		if !letter && (i == 0 || !strings.ContainsRune("0123456789+-.", c)) {
			return false
		}
	}
	return name != ""
}

const hex = "0123456789ABCDEF"

// escape writes what may not stand in a Location as %XX and leaves the rest, % too, as it is.
func escape(s string) string {
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		if c > ' ' && c < 0x7f && !strings.ContainsRune("\"<>\\^`{|}", rune(c)) {
			b.WriteByte(c)
			continue
		}
		b.WriteString(string([]byte{'%', hex[c>>4], hex[c&15]}))
	}
	return b.String()
}
