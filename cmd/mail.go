package main

import (
	"context"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
)

func (c *command) mail() *cobra.Command {
	cmd := &cobra.Command{Use: "mail", Short: "See whether letters can be sent"}
	var to string
	test := &cobra.Command{Use: "test", Short: "Send a test letter, and tell what the mail server says", Args: cobra.NoArgs,
		Long: "Sends a test letter at once, with the settings of [mail] or, without these, of the administrators' page.",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.mailTest(cmd.Context(), to) }}
	test.Flags().StringVar(&to, "to", "", "the address that gets the letter")
	test.MarkFlagRequired("to") //nolint:errcheck // the flag is there
	cmd.AddCommand(test)
	return cmd
}

func (c *command) mailTest(ctx context.Context, to string) error {
	if !app.IsEmail(to) {
		return misused("%q is not an e-mail address (--to)", to)
	}
	return c.inApp(ctx, func(ctx context.Context, a *app.App) error {
		s, err := a.Settings(ctx)
		if err != nil {
			return err
		}
		if s["EMAIL_HOST"] == "" {
			return misused("no mail server is set: name one in [mail] (config.example.toml) or in the administrators' pages")
		}
		if err := instance.CheckTest(s, to); err != nil {
			return err
		}
		server := map[string]string{"to": to, "host": s["EMAIL_HOST"], "port": s["EMAIL_PORT"]}
		if err := instance.SendTest(ctx, s, to); err != nil {
			return mailFault{instance.ExplainMail(err), server}
		}
		return c.say(server, "The mail server %s:%s took a letter for %s. Look whether it arrived, also among the unwanted.",
			s["EMAIL_HOST"], s["EMAIL_PORT"], to)
	})
}

// mailFault is a letter that was not sent, as a command tells it.
type mailFault struct {
	instance.MailFault
	server map[string]string
}

func (f mailFault) Error() string {
	text := f.What + ", at " + f.server["host"] + ":" + f.server["port"]
	if f.Said != "" {
		text += ".\nIts words: " + f.Said
	}
	return text + "\nWhat to do: " + f.Do
}
