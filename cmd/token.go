package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
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
	var email, workspace string
	var draft keyDraft
	cmd := &cobra.Command{Use: "create", Short: "Make a key and show it, once", Args: cobra.NoArgs}
	emailFlag(cmd, &email)
	cmd.Flags().StringVar(&workspace, "workspace", "", "the slug of the one workspace that it is for")
	draft.flags(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			u, err := user.Find(ctx, a, email)
			if err != nil {
				return err
			}
			d, err := draft.of(ctx, a, workspace)
			if err != nil {
				return err
			}
			secret, k, err := user.CreateToken(ctx, a, u, d)
			if err != nil {
				return err
			}
			return c.sayKey(secret, k)
		})
	}
	return cmd
}

// sayKey shows a key that was just made.
func (c *command) sayKey(secret string, k *store.APIToken) error {
	return c.say(map[string]any{"id": k.ID, "token": secret, "label": k.Label, "expires": k.ExpiredAt},
		"%s\n\nThat is the key, for the header X-Api-Key; it can't be shown again. To end it: sailplane token revoke %s",
		secret, k.ID)
}

// keyDraft is what a key is to be, as the command line has it.
type keyDraft struct {
	label            string
	days             int
	readOnly         bool
	scopes, projects []string
}

func (d *keyDraft) flags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&d.label, "label", "script", "what the key is for")
	cmd.Flags().IntVar(&d.days, "days", 0, "how long the key is good; 0: until it is revoked")
	cmd.Flags().BoolVar(&d.readOnly, "read-only", false, "the key only reads")
	cmd.Flags().StringSliceVar(&d.scopes, "scope", nil, "a group of operations that it is for, such as work_items:read or pages:*; several with commas")
	cmd.Flags().StringSliceVar(&d.projects, "project", nil, "the identifier of a project that it is for; several with commas")
}

// of is the key that is to be made, bound to the workspace of that slug, if one is given.
func (d *keyDraft) of(ctx context.Context, a *app.App, workspace string) (user.TokenDraft, error) {
	if d.days < 0 {
		return user.TokenDraft{}, errors.New("--days can't be less than 0")
	}
	place, err := user.BindTo(ctx, a, workspace, d.projects)
	out := user.TokenDraft{Label: d.label, KeyLimits: place}
	if d.days > 0 {
		end := a.DB.Now().AddDate(0, 0, d.days)
		out.ExpiredAt = &end
	}
	if d.readOnly {
		out.ReadOnly = app.Some(true)
	}
	if d.scopes != nil {
		out.Scopes = app.Some(d.scopes)
	}
	return out, err
}

// tokenInfo is what is shown of a key.
type tokenInfo struct {
	ID        string     `json:"id"`
	Label     string     `json:"label"`
	CreatedAt time.Time  `json:"created_at"`
	Expires   *time.Time `json:"expires"`
	LastUsed  *time.Time `json:"last_used"`

	LastAddress   string   `json:"last_used_address,omitempty"`
	LastAgent     string   `json:"last_used_agent,omitempty"`
	ReadOnly      bool     `json:"read_only,omitempty"`
	Scopes        []string `json:"scopes,omitempty"`
	OnlyWorkspace *string  `json:"only_workspace,omitempty"`
	OnlyProjects  []string `json:"only_projects,omitempty"`
	Policy        string   `json:"against_policy,omitempty"`
}

func (c *command) tokenList(ctx context.Context, a *app.App, u *store.User) error {
	keys, err := store.APITokens.List(a.DB.Read(ctx), dbx.HashExp{"user_id": u.ID}, "created_at")
	if err != nil {
		return err
	}
	if len(keys) == 0 && !c.json {
		return c.say(nil, "%s has no keys. Next: sailplane token create --email %s", *u.Email, *u.Email)
	}
	return c.listKeys(a, keys)
}

// listKeys shows keys: what they are for, when and from where they were used, and whether they could be made now.
func (c *command) listKeys(a *app.App, keys []store.APIToken) error {
	list := make([]tokenInfo, len(keys))
	for i, k := range keys {
		list[i] = tokenInfo{
			ID: k.ID, Label: k.Label, CreatedAt: k.CreatedAt, Expires: k.ExpiredAt, LastUsed: k.LastUsed,
			LastAddress: k.LastAddress, LastAgent: k.LastAgent, ReadOnly: k.ReadOnly, Scopes: k.Scopes,
			OnlyWorkspace: k.OnlyWorkspaceID, OnlyProjects: k.OnlyProjects, Policy: a.Config.Keys.Fault(&k, k.CreatedAt),
		}
	}
	if c.json {
		return c.say(list, "")
	}
	for _, k := range list {
		end := "never ends"
		if k.Expires != nil {
			end = "ends " + k.Expires.Format(time.DateTime)
		}
		fmt.Fprintf(c.out, "%s  %s  made %s, %s%s\n", k.ID, k.Label, k.CreatedAt.Format(time.DateTime), end, k.more())
	}
	return nil
}

// more is what there is to tell of a key beside its dates.
func (k *tokenInfo) more() (text string) {
	if k.LastUsed != nil {
		text += ", used " + k.LastUsed.Format(time.DateTime)
	}
	if k.LastAddress != "" {
		text += " from " + k.LastAddress
	}
	if k.ReadOnly {
		text += ", read-only"
	}
	if k.Scopes != nil {
		text += ", for " + strings.Join(k.Scopes, " ")
	}
	switch {
	case k.OnlyProjects != nil:
		text += fmt.Sprintf(", in %d projects", len(k.OnlyProjects))
	case k.OnlyWorkspace != nil:
		text += ", in one workspace"
	}
	if k.Policy != "" {
		text += "; could not be made any more: " + k.Policy
	}
	return text
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
