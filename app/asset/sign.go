package asset

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Files come and go by addresses of our own that are signed, as object stores have it: whoever asked for one may use it
// for an hour, without a session.

// Path is where files are sent to and fetched from.
const Path = "/uploads/"

const signedFor = time.Hour

// Form is what a client sends a file with: a multipart form with these fields, then the file.
type Form struct {
	URL    string            `json:"url"`
	Fields map[string]string `json:"fields"`
}

// policy is what an upload may be.
type policy struct {
	Key     string `json:"key"`
	Type    string `json:"type"`
	Size    int64  `json:"size"` // at most
	Expires int64  `json:"expires"`
}

func sign(a *app.App, what string) string {
	mac := hmac.New(sha256.New, a.Secret)
	mac.Write([]byte("sailplane upload\n" + what))
	return hex.EncodeToString(mac.Sum(nil))
}

func signed(a *app.App, what, signature string) bool {
	return hmac.Equal([]byte(sign(a, what)), []byte(signature))
}

// formFor lets whoever has it send one file.
func formFor(c *app.Call, key, kind string, size int64) Form {
	doc, _ := json.Marshal(policy{key, kind, size, c.DB.Now().Add(signedFor).Unix()}) // texts and numbers always encode
	text := base64.StdEncoding.EncodeToString(doc)
	return Form{URL: c.Base + Path, Fields: map[string]string{"Content-Type": kind, "key": key, "policy": text,
		"signature": sign(c.App, text)}}
}

var (
	errBadForm = app.Refuse(app.Forbidden, "The upload is not allowed: its form is not the one that was given out.")
	errExpired = app.Refuse(app.Forbidden, "The upload is not allowed: its form has expired.")
)

// checkForm returns what the fields of an upload allow.
func checkForm(a *app.App, fields map[string]string) (*policy, error) {
	if !signed(a, fields["policy"], fields["signature"]) {
		return nil, errBadForm
	}
	doc, err := base64.StdEncoding.DecodeString(fields["policy"])
	if err != nil {
		return nil, errBadForm
	}
	var p policy
	if json.Unmarshal(doc, &p) != nil || p.Key != fields["key"] || p.Type != fields["Content-Type"] {
		return nil, errBadForm
	}
	if a.DB.Now().Unix() > p.Expires {
		return nil, errExpired
	}
	return &p, nil
}

// Download is what a signed address gives: a file, and what to call it.
type Download struct {
	Key         string
	Type        string
	Disposition string
}

// URL is where whoever has it can fetch the file, for a while.
func (d Download) URL(c *app.Call) string { return d.URLUntil(c, c.DB.Now().Add(signedFor)) }

// URLUntil is URL until a moment.
func (d Download) URLUntil(c *app.Call, until time.Time) string {
	expires := strconv.FormatInt(until.Unix(), 10)
	q := url.Values{"type": {d.Type}, "disposition": {d.Disposition}, "expires": {expires},
		"signature": {sign(c.App, d.text(expires))}}
	return c.Base + Path + (&url.URL{Path: d.Key}).EscapedPath() + "?" + q.Encode()
}

func (d Download) text(expires string) string {
	return strings.Join([]string{d.Key, d.Type, d.Disposition, expires}, "\n")
}

// Check says whether the address is one that was given out, and not too long ago, and the file was not deleted since.
func (d Download) Check(c *app.Call, expires, signature string) error {
	at, err := strconv.ParseInt(expires, 10, 64)
	if err != nil || !signed(c.App, d.text(expires), signature) || c.DB.Now().Unix() > at {
		return app.Refuse(app.Forbidden, "The address of this file is not valid, or no longer.")
	}
	gone, err := store.IsDeletedFile(c.Read(), d.Key)
	if err == nil && gone {
		err = app.ErrMissing
	}
	return err
}
