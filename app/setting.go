package app

import (
	"context"
	"maps"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/store"
)

// Settings are what the administrators set at run time, by key, secrets in the clear. A missing key has no row. The
// configuration decides some of them: see MailConfig.
type Settings map[string]string

// Settings returns the installation's settings, from the cache if they are there.
func (a *App) Settings(ctx context.Context) (Settings, error) {
	return store.Cached(a.DB, store.SettingsKey, func() (Settings, error) {
		rows, err := store.InstanceConfigurations.List(a.DB.Read(ctx), dbx.HashExp{})
		if err != nil {
			return nil, err
		}
		s := Settings{}
		for i := range rows {
			if s[rows[i].Key], err = a.SettingValue(&rows[i]); err != nil {
				return nil, err
			}
		}
		maps.Copy(s, a.Config.Mail.Fixed())
		s[MailHelo] = a.Config.Mail.Helo
		if a.Config.Mail.PlainSignIn {
			s[MailPlainSignIn] = "1"
		}
		return s, nil
	})
}

// SettingValue is a setting's value in the clear.
func (a *App) SettingValue(row *store.InstanceConfiguration) (string, error) {
	switch {
	case row.Value == nil:
		return "", nil
	case row.IsEncrypted:
		return a.Unseal(*row.Value)
	}
	return *row.Value, nil
}

// On says whether a switch is on.
func (s Settings) On(key string) bool { return s[key] == "1" }

// Off says whether a switch is off: one that has no row, or another value, is neither on nor off.
func (s Settings) Off(key string) bool { return s[key] == "0" }

// Codes says whether people can sign in by a code sent to their address.
func (s Settings) Codes() bool { return s["EMAIL_HOST"] != "" && s.On("ENABLE_MAGIC_LINK_LOGIN") }

// Instance returns the installation's own row, from the cache if it is there.
func (a *App) Instance(ctx context.Context) (*store.Instance, error) {
	return store.Cached(a.DB, store.InstanceKey, func() (*store.Instance, error) {
		return store.Instances.First(a.DB.Read(ctx), dbx.HashExp{}, "created_at DESC")
	})
}

// RequireSetup is the fault INSTANCE_NOT_CONFIGURED until an administrator has signed up.
func (a *App) RequireSetup(ctx context.Context) error {
	i, err := a.Instance(ctx)
	if err != nil {
		return err
	}
	if !i.IsSetupDone {
		return Coded("INSTANCE_NOT_CONFIGURED")
	}
	return nil
}
