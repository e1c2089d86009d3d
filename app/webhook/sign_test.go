package webhook

import (
	"encoding/base64"
	"testing"
	"time"
)

// The vector of Standard Webhooks, and what PyPI standardwebhooks 1.1.0 says of a secret in our form.
func TestSignatures(t *testing.T) {
	key, err := base64.StdEncoding.DecodeString("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		secret, id, body, standard string
	}{
		{string(key), "msg_p5jXN8AQM9LWM0D4loKWxJek", `{"test": 2432232314}`,
			"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="},
		{"plane_wh_0123456789abcdef0123456789abcdef", "0f0e0d0c-0b0a-4009-8007-060504030201", `{"event":"ping","ü":1}`,
			"v1,sT1DKZ6/lLkIDQ+Rw2zipIzL/eRKMvaNAZ6mjHt6kW0="},
	} {
		got := sign(tt.secret, tt.id, time.Unix(1614265330, 999), tt.body)
		if got["Webhook-Signature"] != tt.standard || got["Webhook-Timestamp"] != "1614265330" || got["Webhook-Id"] != tt.id {
			t.Errorf("%s: %v, want %s", tt.id, got, tt.standard)
		}
	}
}
