package service

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"testing"
)

func TestAsk(t *testing.T) {
	for name, c := range map[string]struct {
		status       int
		answer, want string
		fails        bool
	}{
		"reply":     {200, `{"choices":[{"message":{"role":"assistant","content":"Hello"}}]}`, "Hello", false},
		"no choice": {200, `{"choices":[]}`, "", true},
		"no JSON":   {200, `oops`, "", true},
		"refused":   {401, `{"error":"bad key"}`, "", true},
	} {
		t.Run(name, func(t *testing.T) {
			srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				var sent struct{ Messages []struct{ Content string } }
				err := json.NewDecoder(r.Body).Decode(&sent)
				if err != nil || r.URL.Path != "/chat/completions" || r.Header.Get("Authorization") != "Bearer k" ||
					sent.Messages[0].Content != "hi" {
					t.Errorf("asked %s with %v: %v", r.URL, sent, err)
				}
				w.WriteHeader(c.status)
				w.Write([]byte(c.answer))
			}))
			defer srv.Close()
			got, err := Assistant{Base: srv.URL, Key: "k", Model: "m"}.Ask(t.Context(), "hi")
			if got != c.want || (err != nil) != c.fails {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
}
