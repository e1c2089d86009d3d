// Package factor is what codes of a second factor are made of: those of time (RFC 6238, as every authenticator has
// them) and those for who has lost theirs. It knows nobody and keeps nothing.
package factor

import (
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 6238: authenticators know nothing else for sure; as an HMAC it is sound
	"crypto/subtle"
	"encoding/base32"
	"encoding/binary"
	"fmt"
	"net/url"
	"time"
)

const (
	// Digits is how long a code is.
	Digits = 6
	// Period is how long a code lasts.
	Period = 30 * time.Second
	// skew is how many steps the clock of a telephone may be ahead or behind.
	skew       = 1
	secretSize = 20 // bytes, as long as what SHA-1 makes
)

var encoding = base32.StdEncoding.WithPadding(base32.NoPadding)

// NewSecret is what makes the codes of one person, as people type it: base 32.
func NewSecret() string {
	raw := make([]byte, secretSize)
	rand.Read(raw)
	return encoding.EncodeToString(raw)
}

// Step is the number of the half minute that a time is in.
func Step(at time.Time) int64 { return at.Unix() / int64(Period/time.Second) }

// Code is the code of a step; empty for a secret that is none.
func Code(secret string, step int64) string {
	key, err := encoding.DecodeString(secret)
	if err != nil || len(key) == 0 || step < 0 {
		return ""
	}
	var counter [8]byte
	binary.BigEndian.PutUint64(counter[:], uint64(step))
	mac := hmac.New(sha1.New, key)
	mac.Write(counter[:])
	sum := mac.Sum(nil)
	at := sum[len(sum)-1] & 0xf
	number := binary.BigEndian.Uint32(sum[at:at+4]) & 0x7fffffff
	return fmt.Sprintf("%06d", number%1_000_000)
}

// Match says of which step a code is: of now, or of one beside it. Each is compared in constant time.
func Match(secret, code string, now time.Time) (step int64, ok bool) {
	for s := Step(now) - skew; s <= Step(now)+skew; s++ {
		want := Code(secret, s)
		if want != "" && subtle.ConstantTimeCompare([]byte(want), []byte(code)) == 1 {
			step, ok = s, true
		}
	}
	return step, ok
}

// URI is the address that a QR code has for an authenticator: whose codes these are, and where.
func URI(secret, issuer, account string) string {
	u := url.URL{Scheme: "otpauth", Host: "totp", Path: "/" + issuer + ":" + account,
		RawQuery: "secret=" + secret + "&issuer=" + url.PathEscape(issuer)}
	return u.String()
}

// IsCode says whether a text looks like a code of time, and not like another one.
func IsCode(text string) bool {
	if len(text) != Digits {
		return false
	}
	for i := range len(text) {
		if text[i] < '0' || text[i] > '9' {
			return false
		}
	}
	return true
}
