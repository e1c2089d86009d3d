package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"time"
)

// sign returns the headers that say from whom a delivery is, in two ways.
//
// X-Plane-Signature is the reference's: HMAC-SHA256 of the body, in hex. The other three are those of Standard Webhooks
// (https://www.standardwebhooks.com): the id, the time of this attempt in seconds, and HMAC-SHA256 of
// "id.timestamp.body" in base64, by which receivers tell what is old or was sent twice. The key of both are the bytes
// of the secret as it is shown. Libraries take that as it is ("raw"), or as "whsec_" + base64 of it.
func sign(secret, id string, at time.Time, body string) map[string]string {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	standard := mac(secret, id+"."+timestamp+"."+body)
	return map[string]string{"X-Plane-Signature": hex.EncodeToString(mac(secret, body)), "Webhook-Id": id,
		"Webhook-Timestamp": timestamp, "Webhook-Signature": "v1," + base64.StdEncoding.EncodeToString(standard)}
}

func mac(secret, text string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// veiled are headers of which the log keeps only that they were there: they prove who somebody is.
var veiled = []string{"X-Plane-Signature", "Webhook-Signature", "Set-Cookie", "Authorization"}
