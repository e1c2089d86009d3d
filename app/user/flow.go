package user

import (
	"crypto/subtle"
	"encoding/json"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Flow is a sign-in that was begun at a provider of OpenID Connect, in one tab of a browser, until it comes back. It is
// kept by the session, so that it can be ended on another node, and only in the browser that it was begun in.
type Flow struct {
	Provider string `json:"provider"`
	State    string `json:"state"`    // comes back with the answer
	Nonce    string `json:"nonce"`    // comes back in what is signed
	Verifier string `json:"verifier"` // of PKCE: who has the code alone can do nothing with it
	Redirect string `json:"redirect"`
	Next     string `json:"next,omitempty"`    // where the person wanted to go
	Connect  string `json:"connect,omitempty"` // the person whose account is to be connected
	Until    int64  `json:"until"`             // in seconds
}

const (
	maxFlows = 5
	flowLife = 3600 // seconds
)

// BeginFlow remembers a sign-in that is under way. key is as of Keep.
func BeginFlow(c *app.Call, f Flow) (key string, err error) {
	data := DataOf(c)
	f.Until = c.DB.Now().Unix() + flowLife
	if len(data.Flows) >= maxFlows {
		data.Flows = data.Flows[len(data.Flows)-maxFlows+1:]
	}
	data.Flows = append(slices.Clip(data.Flows), f)
	return Keep(c, data)
}

// SpendFlow returns the sign-in of the call's session that has this state, and forgets it: of two answers at once that
// bring it one is right. ok is false for one that was never begun here, was ended, or is over.
func SpendFlow(c *app.Call, state string) (f Flow, ok bool, err error) {
	data := DataOf(c)
	at := slices.IndexFunc(data.Flows, func(f Flow) bool {
		return f.State != "" && subtle.ConstantTimeCompare([]byte(f.State), []byte(state)) == 1
	})
	if at < 0 {
		return f, false, nil
	}
	f = data.Flows[at]
	data.Flows = slices.Delete(slices.Clone(data.Flows), at, at+1)
	doc, err := json.Marshal(data)
	if err != nil {
		return f, false, err
	}
	spent := *c.Session
	err = c.Write(func(t *store.Tx) error {
		ok, err = store.ReplaceSessionData(t, &spent, string(doc))
		return err
	})
	c.Session = &spent
	return f, ok && f.Until > c.DB.Now().Unix(), err
}
