package store

import (
	"errors"
	"fmt"
)

// AutomationID is the robot in whose name things happen by the clock: the same in every installation, so that it stays
// itself when a workspace moves.
const AutomationID = "5a11b1a4-e000-4000-8000-a00070a70001"

// Automation returns the robot's id, and makes it the first time. It is no member of anything, and nobody can sign in
// as it: clients show its name where they show who did something.
func Automation(t *Tx) (string, error) {
	if _, err := Users.Find(t, AutomationID); !errors.Is(err, ErrNotFound) {
		return AutomationID, err
	}
	if err := t.Lock("robots"); err != nil { // or two nodes would make it at once
		return "", err
	}
	if _, err := Users.Find(t, AutomationID); !errors.Is(err, ErrNotFound) {
		return AutomationID, err
	}
	kind := "AUTOMATION_BOT"
	u := &User{Base: Base{ID: AutomationID}, Username: AutomationID, FirstName: "Automation", DisplayName: "Automation",
		IsBot: true, BotType: &kind, UserTimezone: "UTC", IsPasswordAutoset: true, DateJoined: t.Now}
	if err := Users.Insert(t, u); err != nil {
		return "", fmt.Errorf("make the robot of automations: %w", err)
	}
	return AutomationID, nil
}
