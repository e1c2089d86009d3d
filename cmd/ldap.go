package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/directory"
)

func (c *command) ldap() *cobra.Command {
	cmd := &cobra.Command{Use: "ldap", Short: "See whether the directory lets people in, and shut out who is gone from it"}
	cmd.AddCommand(c.ldapCheck(), c.ldapSync())
	return cmd
}

// inDirectory does something with the directory of the settings.
func (c *command) inDirectory(ctx context.Context, do func(ctx context.Context, d *directory.Directory) error) error {
	return c.inApp(ctx, func(ctx context.Context, a *app.App) error {
		d, err := directory.Of(ctx, a)
		if err != nil {
			return err
		}
		if d == nil {
			return misused("no directory is set: name one in [sign_in.ldap] (config.example.toml)")
		}
		return do(ctx, d)
	})
}

func (c *command) ldapCheck() *cobra.Command {
	var login string
	cmd := &cobra.Command{Use: "check", Short: "Ask the directory, and tell what it says", Args: cobra.NoArgs,
		Long: "Connects, binds as sign_in.ldap.bind_dn and looks whether people are found. With --login: who is found by what somebody\n" +
			"would type, and what the groups give them. No password is asked for, and nothing is changed.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inDirectory(cmd.Context(), func(ctx context.Context, d *directory.Directory) error {
				return c.sayTrial(d.Try(ctx, login), d.URL, login)
			})
		}}
	cmd.Flags().StringVar(&login, "login", "", "the address or the name that somebody would type")
	return cmd
}

// vain says at which step the directory was tried in vain.
var vain = map[string]string{"connect": "lets nobody in who looks for people", "people": "finds no people",
	"person": "finds nobody who would come in by %q"}

func (c *command) sayTrial(t directory.Trial, server, login string) error {
	if c.json {
		if err := c.say(t, ""); err != nil {
			return err
		}
	}
	if !t.Well() {
		what := vain[t.Step]
		if t.Step == "person" {
			what = fmt.Sprintf(what, login)
		}
		return fmt.Errorf("the directory %s %s.\nIts words: %s", server, what, t.Words)
	}
	if c.json {
		return nil
	}
	if t.Login == nil {
		return c.say(nil, "The directory %s lets in who looks for people, and finds some. See how one is found: --login NAME", server)
	}
	f := t.Login
	for _, line := range [][2]string{{"entry", f.DN}, {"known by", f.ID}, {"login", f.Login}, {"address", f.Email},
		{"name", strings.TrimSpace(f.First + " " + f.Last)}, {"groups", strings.Join(f.Groups, "; ")},
		{"roles", strings.Join(f.Roles, "; ")}} {
		fmt.Fprintf(c.out, "%-9s %s\n", line[0], oneLine(line[1]))
	}
	if f.Admin {
		fmt.Fprintln(c.out, "The groups make them an administrator of the installation.")
	}
	return nil
}

func (c *command) ldapSync() *cobra.Command {
	var try, force bool
	cmd := &cobra.Command{Use: "sync", Short: "Shut out who is gone from the directory or disabled there", Args: cobra.NoArgs,
		Long: "What is done every night (sign_in.ldap.sync): whoever was let in by the directory and is gone from it, disabled there, or no\n" +
			"longer found by the filter, is signed out and can't come in; who is back can. Memberships and keys stay, and wait. Who\n" +
			"administers the installation stays in: sailplane user demote comes first.",
		RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inDirectory(cmd.Context(), func(ctx context.Context, d *directory.Directory) error {
				out, err := d.Shut(ctx, try, force)
				if errors.Is(err, directory.ErrTooMany) || err == nil {
					err = errors.Join(err, c.sayOutcome(out, try))
				}
				return err
			})
		}}
	cmd.Flags().BoolVar(&try, "dry-run", false, "only say who that would be")
	cmd.Flags().BoolVar(&force, "force", false, "also when it is more than half of the people")
	return cmd
}

func (c *command) sayOutcome(out directory.Outcome, try bool) error {
	if c.json {
		return c.say(out, "")
	}
	list(c.out, "shut out", out.ShutOut)
	list(c.out, "let in again", out.LetIn)
	list(c.out, "stay, since they administer the installation", out.Stay)
	if try {
		return c.say(nil, "%d people are connected with the directory. Nothing was changed.", out.People)
	}
	return c.say(nil, "%d people are connected with the directory: %d shut out, %d let in again.", out.People, len(out.ShutOut),
		len(out.LetIn))
}

func list(w io.Writer, what string, people []string) {
	for _, address := range people {
		fmt.Fprintf(w, "%s\t%s\n", what, oneLine(address))
	}
}
