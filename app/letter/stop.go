package letter

import (
	"cmp"
	"context"
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// StopPath is where, with a token behind it, somebody says that they want no more letters.
const StopPath = "/console/letters/"

// SettingsPath is the frontend's page with all switches.
const SettingsPath = "/settings/profile/notifications/"

// Stop is what a token lets its holder say: that a person follows a work item no more, or wants no letters of those
// kinds. It does not end: letters are read years later. Nor does it open anything else. No work item: the letter is
// about several.
type Stop struct {
	User, Issue string
	Kinds       Kind
}

const (
	stopPurpose = "stop letters"
	stopSize    = 1 + 2*16 + 1 // version, person, work item, kinds
	stopVersion = 1
)

// Address is where the holder of a letter says so; base is where the app is.
func (s Stop) Address(a *app.App, base string) string { return base + StopPath + token(a, s) + "/" }

// token is what only this installation can make: what it says, and a signature.
func token(a *app.App, s Stop) string {
	raw := make([]byte, 0, stopSize+32)
	raw = append(raw, stopVersion)
	for _, id := range []string{s.User, cmp.Or(s.Issue, uuid.Nil.String())} {
		u := uuid.MustParse(id) // ids are well formed
		raw = append(raw, u[:]...)
	}
	raw = append(raw, byte(s.Kinds))
	return base64.RawURLEncoding.EncodeToString(append(raw, signature(a, raw)...))
}

func signature(a *app.App, raw []byte) []byte {
	tag, err := hex.DecodeString(a.Sign(stopPurpose, string(raw)))
	if err != nil {
		panic("letter: " + err.Error()) // Sign writes hex digits
	}
	return tag
}

// ReadStop reads a token; ok is false for one that was not made here.
func ReadStop(a *app.App, token string) (s Stop, ok bool) {
	raw, err := base64.RawURLEncoding.Strict().DecodeString(token)
	if err != nil || len(raw) != stopSize+32 || raw[0] != stopVersion ||
		!hmac.Equal(raw[stopSize:], signature(a, raw[:stopSize])) {
		return Stop{}, false
	}
	s = Stop{User: uuid.UUID(raw[1:17]).String(), Kinds: Kind(raw[33])}
	if issue := uuid.UUID(raw[17:33]); issue != uuid.Nil {
		s.Issue = issue.String()
	}
	return s, true
}

// OneClick is what a mail program asks for: the holder follows the work item no more. Of a mention, which reaches who
// does not follow, it is the letters about mentions, and of a reminder the reminders.
// It returns which of the two was done: issue or kinds.
func (s Stop) OneClick(ctx context.Context, a *app.App) (string, error) {
	if s.Kinds == Mention || s.Issue == "" {
		return "kinds", s.StopKinds(ctx, a)
	}
	return "issue", s.StopIssue(ctx, a)
}

// StopIssue ends that the person follows the work item. Done again it changes nothing.
func (s Stop) StopIssue(ctx context.Context, a *app.App) error {
	if s.Issue == "" {
		return nil
	}
	err := a.DB.Write(ctx, "", func(t *store.Tx) error {
		row, err := store.IssueSubscribers.Get(t, dbx.HashExp{"issue_id": s.Issue, "subscriber_id": s.User})
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		at := store.IssueKey{IssueID: row.IssueID, ProjectID: row.ProjectID, WorkspaceID: row.WorkspaceID}
		return store.Unsubscribe(t, at, s.User)
	})
	if err != nil && !errors.Is(err, store.ErrNotFound) { // somebody was faster
		return fmt.Errorf("stop letters about a work item: %w", err)
	}
	return nil
}

// StopKinds turns the switches of the kinds off. Done again it changes nothing.
func (s Stop) StopKinds(ctx context.Context, a *app.App) error {
	err := a.DB.Write(ctx, "", func(t *store.Tx) error {
		if there, err := store.Users.Exists(t, dbx.HashExp{"id": s.User}); err != nil || !there {
			return err // an account that is gone
		}
		p, err := store.NotificationPreferences.Get(t, dbx.HashExp{"user_id": s.User})
		if errors.Is(err, store.ErrNotFound) { // who never said anything
			p = &store.NotificationPreference{UserID: s.User, PropertyChange: true, StateChange: true,
				IssueCompleted: true, Comment: true, Mention: true}
			err = store.NotificationPreferences.Insert(t, p)
		}
		if err != nil {
			return err
		}
		var cols []string
		for _, one := range switches(p) {
			if s.Kinds&one.Kind != 0 && one.on() {
				*one.at = !one.set
				cols = append(cols, one.col)
			}
		}
		if len(cols) == 0 {
			return nil
		}
		return store.NotificationPreferences.Set(t, p, cols...)
	})
	if err != nil {
		return fmt.Errorf("stop letters of a kind: %w", err)
	}
	return nil
}

// Number is what the page calls the work item, RKT-12: whoever holds the letter knows no less. It is empty when the
// work item is gone.
func (s Stop) Number(ctx context.Context, a *app.App) (string, error) {
	if s.Issue == "" {
		return "", nil
	}
	return store.IssueNumber(a.DB.Read(ctx), s.Issue)
}
