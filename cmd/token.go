package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

func (c *command) token() *cobra.Command {
	cmd := &cobra.Command{Use: "token", Short: "Manage the API keys that scripts use"}
	cmd.AddCommand(
		c.tokenCreate(),
		c.onUser("list", "List somebody's keys; the keys themselves are known to nobody", c.tokenList),
		&cobra.Command{Use: "revoke ID", Short: "End a key", Args: cobra.ExactArgs(1), RunE: c.tokenRevoke},
	)
	return cmd
}

func (c *command) tokenCreate() *cobra.Command {
	var email string
	var days int
	var d user.TokenDraft
	cmd := &cobra.Command{Use: "create", Short: "Make a key and show it, once", Args: cobra.NoArgs}
	emailFlag(cmd, &email)
	cmd.Flags().StringVar(&d.Label, "label", "script", "what the key is for")
	cmd.Flags().IntVar(&days, "days", 0, "how long the key is good; 0: until it is revoked")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if days < 0 {
			return errors.New("--days can't be less than 0")
		}
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			u, err := user.Find(ctx, a, email)
			if err != nil {
				return err
			}
			if days > 0 {
				end := a.DB.Now().AddDate(0, 0, days)
				d.ExpiredAt = &end
			}
			secret, k, err := user.CreateToken(ctx, a, u, d)
			if err != nil {
				return err
			}
			return c.say(map[string]any{"id": k.ID, "token": secret, "label": k.Label, "expires": k.ExpiredAt},
				"%s\n\nThat is the key, for the header X-Api-Key; it can't be shown again. To end it: sailplane token revoke %s",
				secret, k.ID)
		})
	}
	return cmd
}

// tokenInfo is what is shown of a key.
type tokenInfo struct {
	ID        string     `json:"id"`
	Label     string     `json:"label"`
	CreatedAt time.Time  `json:"created_at"`
	Expires   *time.Time `json:"expires"`
	LastUsed  *time.Time `json:"last_used"`
}

func (c *command) tokenList(ctx context.Context, a *app.App, u *store.User) error {
	keys, err := store.APITokens.List(a.DB.Read(ctx), dbx.HashExp{"user_id": u.ID}, "created_at")
	if err != nil {
		return err
	}
	list := make([]tokenInfo, len(keys))
	for i, k := range keys {
		list[i] = tokenInfo{
			ID: k.ID, Label: k.Label, CreatedAt: k.CreatedAt, Expires: k.ExpiredAt, LastUsed: k.LastUsed,
		}
	}
	if c.json {
		return c.say(list, "")
	}
	if len(list) == 0 {
		return c.say(nil, "%s has no keys. Next: sailplane token create --email %s", *u.Email, *u.Email)
	}
	for _, k := range list {
		end := "never ends"
		if k.Expires != nil {
			end = "ends " + k.Expires.Format(time.DateTime)
		}
		fmt.Fprintf(c.out, "%s  %s  made %s, %s\n", k.ID, k.Label, k.CreatedAt.Format(time.DateTime), end)
	}
	return nil
}

func (c *command) tokenRevoke(cmd *cobra.Command, args []string) error {
	return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
		err := user.EndToken(ctx, a, args[0])
		if errors.Is(err, store.ErrNotFound) {
			return fmt.Errorf("there is no key %s; sailplane token list --email EMAIL shows somebody's", args[0])
		}
		if err != nil {
			return err
		}
		return c.say(map[string]string{"revoked": args[0]},
			"The key is revoked; a running server refuses it within a second.")
	})
}
