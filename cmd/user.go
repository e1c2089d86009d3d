package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/pocketbase/dbx"
	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/store"
)

func (c *command) user() *cobra.Command {
	cmd := &cobra.Command{Use: "user", Short: "Manage people without the web"}
	cmd.AddCommand(
		&cobra.Command{Use: "list [TEXT]", Short: "List who has an account; with TEXT those with it in their address or name",
			Args: cobra.MaximumNArgs(1), RunE: c.userList},
		c.userCreate(),
		c.userSetPassword(),
		c.userInvite(),
		c.onUser("promote", "Make somebody an administrator of the installation", c.promote),
		c.onUser("demote", "End somebody's role as an administrator of the installation", c.demote),
		c.onUser("deactivate", "Close an account: it can't be used until it is reactivated", c.deactivate),
		c.onUser("reactivate", "Open a closed account again", c.reactivate),
		c.onUser("reset-second-factor", "Take somebody's second factor away who has lost it", c.resetSecondFactor),
		c.userExport(),
		c.userDelete(),
		c.onUser("sessions", "List where somebody is signed in", c.sessions),
		c.userRevoke(),
	)
	return cmd
}

// account is what the commands tell about somebody.
type account struct {
	ID        string     `json:"id"`
	Email     string     `json:"email"`
	Name      string     `json:"name"`
	Active    bool       `json:"active"`
	Admin     bool       `json:"admin"` // of the installation
	LastLogin *time.Time `json:"last_login"`
}

func accountOf(u *store.User, admin bool) account {
	email := ""
	if u.Email != nil {
		email = *u.Email
	}
	return account{
		ID: u.ID, Email: email, Name: u.DisplayName, Active: u.IsActive, Admin: admin, LastLogin: u.LastLoginTime,
	}
}

func (c *command) userList(cmd *cobra.Command, args []string) error {
	return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
		search := strings.Join(args, "")
		people, _, err := instance.ListAccounts(ctx, a, search, store.ListPart{})
		if err != nil {
			return err
		}
		list := make([]account, len(people))
		for i := range people {
			list[i] = accountOf(&people[i].User, people[i].Administers)
		}
		switch {
		case c.json:
			return c.say(list, "")
		case len(list) == 0 && search != "":
			return c.say(nil, "Nobody has that in their address or name. sailplane user list lists everybody.")
		case len(list) == 0:
			return c.say(nil, "Nobody has an account. Next: sailplane admin create --email YOU@EXAMPLE.ORG")
		}
		table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
		for _, p := range list {
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", p.Email, p.Name, p.ID, p.lastLogin(), p.marks())
		}
		return table.Flush()
	})
}

func (p account) lastLogin() string {
	if p.LastLogin == nil {
		return "never signed in"
	}
	return "signed in " + p.LastLogin.UTC().Format(time.DateTime)
}

func (p account) marks() string {
	var marks []string
	if p.Admin {
		marks = append(marks, "administrator")
	}
	if !p.Active {
		marks = append(marks, "closed")
	}
	return strings.Join(marks, ", ")
}

func (c *command) userCreate() *cobra.Command {
	var d user.Draft
	var file string
	cmd := &cobra.Command{Use: "create", Short: "Make an account", Args: cobra.NoArgs}
	draftFlags(cmd, &d, &file)
	cmd.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if _, ok := app.CleanEmail(d.Email); !ok { // before anybody types a password
			return errNoAddress
		}
		if d.Password, err = readPassword(cmd, file); err != nil {
			return err
		}
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			u, err := user.Create(ctx, a, d)
			if err != nil {
				return err
			}
			return c.say(accountOf(u,
				false), "%s has an account and can sign in. For scripts: sailplane token create --email %s", *u.Email, *u.Email)
		})
	}
	return cmd
}

// draftFlags are what a new account is made of.
func draftFlags(cmd *cobra.Command, d *user.Draft, passwordFile *string) {
	emailFlag(cmd, &d.Email)
	cmd.Flags().StringVar(&d.FirstName, "first-name", "", "the person's first name")
	cmd.Flags().StringVar(&d.LastName, "last-name", "", "the person's last name")
	passwordFlag(cmd, passwordFile)
}

func emailFlag(cmd *cobra.Command, email *string) {
	cmd.Flags().StringVar(email, "email", "", "the address of the account")
	cmd.MarkFlagRequired("email") //nolint:errcheck // the flag is there
}

func (c *command) userSetPassword() *cobra.Command {
	var email, file string
	cmd := &cobra.Command{Use: "set-password", Short: "Give an account another password and end its sessions",
		Args: cobra.NoArgs}
	emailFlag(cmd, &email)
	passwordFlag(cmd, &file)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		plain, err := readPassword(cmd, file)
		if err != nil {
			return err
		}
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			u, err := user.Find(ctx, a, email)
			if err != nil {
				return err
			}
			if err := user.SetPassword(ctx, a, u, plain); err != nil {
				return err
			}
			keys, err := store.APITokens.Count(a.DB.Read(ctx), dbx.HashExp{"user_id": u.ID})
			if err != nil {
				return err
			}
			more := ""
			if keys > 0 {
				more = fmt.Sprintf(" Their %d API keys go on working: sailplane token list --email %s", keys, *u.Email)
			}
			return c.say(map[string]any{"id": u.ID, "email": *u.Email, "keys": keys},
				"%s has a new password; all sessions have ended.%s", *u.Email, more)
		})
	}
	return cmd
}

// onUser is a verb that does something to one account.
func (c *command) onUser(verb, short string,
	do func(ctx context.Context, a *app.App, u *store.User) error) *cobra.Command {
	var email string
	cmd := &cobra.Command{Use: verb, Short: short, Args: cobra.NoArgs}
	emailFlag(cmd, &email)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			u, err := user.Find(ctx, a, email)
			if err != nil {
				return err
			}
			return do(ctx, a, u)
		})
	}
	return cmd
}

func (c *command) promote(ctx context.Context, a *app.App, u *store.User) error {
	if err := instance.Register(ctx, a); err != nil {
		return err
	}
	err := instance.Appoint(ctx, a, u.ID, "")
	if errors.Is(err, store.ErrUnique) {
		return fmt.Errorf("%s is an administrator already", *u.Email)
	}
	if err != nil {
		return err
	}
	return c.say(accountOf(u, true), "%s administers the installation now, at %s of its address.", *u.Email,
		a.Config.Web.AdminPath)
}

func (c *command) deactivate(ctx context.Context, a *app.App, u *store.User) error {
	if !u.IsActive && u.MaskedAt != nil {
		return c.say(accountOf(u, false), "The account %s is closed already; nothing was changed.", *u.Email)
	}
	if err := user.Disable(ctx, a, u); err != nil {
		return err
	}
	closed := *u
	closed.IsActive = false
	return c.say(accountOf(&closed,
		false), "The account %s is closed: its sessions, API keys and memberships have ended, its password is void. "+
		"To open it: sailplane user reactivate --email %s", *u.Email, *u.Email)
}

func (c *command) reactivate(ctx context.Context, a *app.App, u *store.User) error {
	if u.IsActive {
		return c.say(accountOf(u, false), "The account %s is open already; nothing was changed.", *u.Email)
	}
	if err := user.Reactivate(ctx, a, u); err != nil {
		return err
	}
	opened := *u
	opened.IsActive = true
	return c.say(accountOf(&opened, false), "The account %s is open. Its memberships and API keys stay ended: invite it again "+
		"(sailplane user invite --email %s --workspace SLUG). Next: sailplane user set-password --email %s", *u.Email, *u.Email, *u.Email)
}
