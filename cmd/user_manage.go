package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

// roles are what a person can be invited to be.
var roles = map[string]app.Role{"guest": app.Guest, "member": app.Member, "admin": app.Admin}

func (c *command) userInvite() *cobra.Command {
	var d user.Draft
	var slug, role string
	cmd := &cobra.Command{Use: "invite", Short: "Invite somebody, to the installation or to a workspace", Args: cobra.NoArgs,
		Long: "Makes an account for somebody and sends them the link by which they choose a password; with --workspace it sends\n" +
			"an invitation to that workspace, to whoever has an account and to whoever has none. Without a mail server the\n" +
			"link is only shown: pass it on. It is a secret."}
	emailFlag(cmd, &d.Email)
	cmd.Flags().StringVar(&d.FirstName, "first-name", "", "the person's first name")
	cmd.Flags().StringVar(&d.LastName, "last-name", "", "the person's last name")
	cmd.Flags().StringVar(&slug, "workspace", "", "invite them to the workspace with this slug")
	cmd.Flags().StringVar(&role, "role", "member", "what they are there: guest, member or admin")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if _, ok := roles[role]; !ok {
			return misused("%q is none of the roles guest, member, admin (--role)", role)
		}
		if slug == "" && cmd.Flags().Changed("role") {
			return misused("--role goes with --workspace")
		}
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			if slug != "" {
				return c.inviteTo(ctx, a, slug, d.Email, roles[role])
			}
			in, err := user.Invite(ctx, a, d, "")
			if err != nil {
				return err
			}
			link := in.Link
			if link == "" {
				link = in.Path
			}
			return c.invited(*in.User.Email, "has an account and chooses a password", link, in.Sent)
		})
	}
	return cmd
}

func (c *command) inviteTo(ctx context.Context, a *app.App, slug, email string, role app.Role) error {
	w, err := workspace.Known(ctx, a, slug)
	if err != nil {
		return err
	}
	owner, err := a.UserByID(ctx, w.OwnerID)
	if err != nil {
		return err
	}
	in, err := workspace.Add(ctx, a, w, owner, email, role)
	if err != nil {
		return err
	}
	link, sent, err := workspace.InvitationLink(ctx, a, w, in)
	if err != nil {
		return err
	}
	return c.invited(in.Email, "is invited to "+w.Slug+" and answers", link, sent)
}

// invited says where an invited person goes on.
func (c *command) invited(email, what, link string, sent bool) error {
	how := "No letter was sent (there is no mail server, or nobody has said where the app is: web.app_url): pass the link on."
	if sent {
		how = "A letter with the link is on its way (when the server runs)."
	}
	if strings.HasPrefix(link, "/") {
		how += " It is below the app's address."
	}
	return c.say(map[string]any{"email": email, "link": link, "sent": sent}, "%s %s by this link, which is a secret:\n\n%s\n\n%s",
		email, what, link, how)
}

func (c *command) demote(ctx context.Context, a *app.App, u *store.User) error {
	if err := instance.Dismiss(ctx, a, u); err != nil {
		return err
	}
	return c.say(accountOf(u, false), "%s does not administer the installation any more. The account stays; to close it: "+
		"sailplane user deactivate --email %s", *u.Email, *u.Email)
}

func (c *command) resetSecondFactor(ctx context.Context, a *app.App, u *store.User) error {
	err := user.ResetFactor(ctx, a, u)
	if errors.Is(err, user.ErrNoFactor) {
		return c.say(accountOf(u, false), "%s has no second factor; nothing was changed.", *u.Email)
	}
	if err != nil {
		return err
	}
	return c.say(accountOf(u, false), "%s has no second factor any more, and no sessions: the password alone opens the account until "+
		"another one is set up. They are told by letter (when the server runs).", *u.Email)
}

func (c *command) userDelete() *cobra.Command {
	var yes bool
	cmd := c.onUser("delete", "Delete an account for good; what its owner did in workspaces stays, without their name",
		func(ctx context.Context, a *app.App, u *store.User) error {
			if !yes {
				return misused("nothing was deleted: the account %s would go for good, with its name, address, pictures, keys, drafts and "+
					"private pages. Say --yes, or close it only: sailplane user deactivate --email %s", *u.Email, *u.Email)
			}
			if err := user.Erase(ctx, a, u); err != nil {
				return err
			}
			return c.say(map[string]string{"deleted": *u.Email, "id": u.ID},
				"The account %s is deleted. What its owner did in workspaces stays, by %q. Backups from before still have it.", *u.Email,
				user.Deleted)
		})
	yesFlag(cmd, &yes)
	return cmd
}

func (c *command) sessions(ctx context.Context, a *app.App, u *store.User) error {
	list, err := user.ListSessions(ctx, a, u, nil)
	if err != nil {
		return err
	}
	if c.json {
		return c.say(list, "")
	}
	if len(list) == 0 {
		return c.say(nil, "%s is signed in nowhere. Keys: sailplane token list --email %s", *u.Email, *u.Email)
	}
	table := tabwriter.NewWriter(c.out, 0, 0, 2, ' ', 0)
	for _, s := range list {
		fmt.Fprintf(table, "%s\tends %s\t%s\t%s\n", s.ID, s.Expires.UTC().Format(time.DateTime), s.IP, s.UserAgent)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	return c.say(nil, "\nNext: sailplane user revoke --email %s [--session ID]", *u.Email)
}

func (c *command) userRevoke() *cobra.Command {
	var id string
	cmd := c.onUser("revoke", "End somebody's sessions: all of them, or one",
		func(ctx context.Context, a *app.App, u *store.User) error {
			n := 1
			var err error
			if id != "" {
				err = user.EndSession(ctx, a, u, id)
			} else {
				n, err = user.EndSessions(ctx, a, u, nil)
			}
			if errors.Is(err, store.ErrNotFound) {
				return misused("%s has no session %s; sailplane user sessions --email %s lists them", *u.Email, id, *u.Email)
			}
			if err != nil {
				return err
			}
			return c.say(map[string]int{"ended": n}, "%d sessions of %s have ended; a running server knows within a second. "+
				"API keys go on: sailplane token list --email %s", n, *u.Email, *u.Email)
		})
	cmd.Flags().StringVar(&id, "session", "", "end only this one, of those that sailplane user sessions lists")
	return cmd
}
