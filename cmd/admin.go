package main

import (
	"context"
	"errors"
	"fmt"

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
	create.Flags().StringVar(&company, "company", "", "the installation's name, when it is set up")
	create.RunE = func(cmd *cobra.Command, _ []string) (err error) {
		if d.Password, err = readPassword(cmd, file); err != nil {
			return err
		}
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			if err := instance.Register(ctx, a); err != nil {
				return err
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

// plainly says what a fault of the sign-in pages, which is a number and a name, means to the person at the terminal.
func plainly(err error) error {
	var refusal *app.Error
	if !errors.As(err, &refusal) {
		return err
	}
	switch refusal.Code {
	case "INVALID_EMAIL":
		return errors.New("that is not an e-mail address")
	case "PASSWORD_TOO_WEAK":
		return errors.New("the password is too easy to guess; make it longer, or less of a word")
	case "USER_ALREADY_EXIST":
		return errors.New("somebody has an account with that address already (to make an administrator of it: sailplane user promote)")
	}
	return fmt.Errorf("refused: %w", err)
}
