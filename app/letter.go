package app

import (
	"encoding/json"
	"fmt"

	"github.com/sailplane/sailplane/store"
)

// JobMail is the kind of the jobs that send a Letter.
const JobMail = "mail.send"

// Letter is an e-mail to be sent: a template of embed/mail and what it tells.
type Letter struct {
	To       string            `json:"to"`
	Template string            `json:"template"`
	Data     map[string]string `json:"data,omitempty"`
	Sealed   string            `json:"sealed,omitempty"` // more data, which nobody may read in the queue
}

// Post leaves a letter to be sent once the transaction has committed. What it tells is sealed: codes and links open doors.
func (a *App) Post(t *store.Tx, to, template string, data map[string]string) error {
	doc, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("letter to be sealed: %w", err)
	}
	return t.Enqueue(JobMail, Letter{To: to, Template: template, Sealed: a.Seal(string(doc))})
}

// Contents is everything that the letter tells.
func (l Letter) Contents(a *App) (map[string]string, error) {
	data := map[string]string{}
	for k, v := range l.Data {
		data[k] = v
	}
	doc, err := a.Unseal(l.Sealed)
	if err != nil || doc == "" {
		return data, err
	}
	if err := json.Unmarshal([]byte(doc), &data); err != nil {
		return nil, fmt.Errorf("a letter's contents: %w", err)
	}
	return data, nil
}
