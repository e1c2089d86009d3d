package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/app/user"
)

func (c *command) admin() *cobra.Command {
	var d user.Draft
	var file, company string
	create := &cobra.Command{Use: "create", Short: "Make an administrator; the first one sets the installation up",
		Args: cobra.NoArgs}
	draftFlags(create, &d, &file)
	c.begins(create)
	create.Flags().StringVar(&company, "company", "", "the installation's name, when it is set up")
	create.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if _, ok := app.CleanEmail(d.Email); !ok { // before anybody types a password
			return errNoAddress
		}
		if d.Password, err = readPassword(cmd, file); err != nil {
			return err
		}
		return c.inNew(cmd.Context(), func(ctx context.Context, a *app.App) error {
			if err := instance.Register(ctx, a); err != nil {
				return err
			}
			if err := instance.Recognise(ctx, a, noStorage, false); err != nil {
				return c.foreign(err)
			}
			u, err := instance.CreateAdmin(ctx, a, d, company)
			if err != nil {
				return err
			}
			return c.say(accountOf(u, true), "%s administers the installation, which is set up. Next: sailplane serve --dir %s",
				*u.Email, c.dir)
		})
	}
	cmd := &cobra.Command{Use: "admin", Short: "Manage the installation's administrators"}
	cmd.AddCommand(create)
	return cmd
}

// noStorage names no place for files: this command keeps none.
func noStorage() (string, error) { return "", nil }
