package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/user/dossier"
	"github.com/sailplane/sailplane/store"
)

// exportedPerson is what the command answers in JSON.
type exportedPerson struct {
	*dossier.Report
	Email string `json:"email"`
	File  string `json:"file"`
}

func (c *command) userExport() *cobra.Command {
	var file string
	cmd := c.onUser("export", "Write everything of a person to one file, for who asks what is kept of them",
		func(ctx context.Context, a *app.App, u *store.User) error { return c.exportUser(ctx, a, u, file) })
	cmd.Long = "Writes a zip with what the person made, owns or is named by in every workspace: their account, work items, comments,\n" +
		"history, settings, sessions, as lines of JSON, and the files that they sent. Secrets are left out, and what others\n" +
		"wrote. It may run beside the server."
	cmd.Flags().StringVar(&file, "file", "", "the file to write (person-ID-DATE.zip)")
	return cmd
}

func (c *command) exportUser(ctx context.Context, a *app.App, u *store.User, file string) error {
	if file == "" {
		file = fmt.Sprintf("person-%.8s-%s.zip", u.ID, time.Now().Format(time.DateOnly))
	}
	if exists(file) {
		return misused("%s is there already; choose another name with --file", file)
	}
	out, end, err := newFile(file)
	if err != nil {
		return err
	}
	r, err := dossier.Write(ctx, a, u, out, c.progress)
	if err = errors.Join(err, end(err)); err != nil {
		return err
	}
	missing := ""
	if r.Missing > 0 {
		missing = fmt.Sprintf(" %d files that rows name are not there.", r.Missing)
	}
	return c.say(exportedPerson{r, *u.Email, file}, "What there is of %s is in %s: %d rows, %d files.%s\nIt is theirs: give it to "+
		"nobody else. To delete the account: sailplane user delete --email %[1]s", *u.Email, file, r.Rows, r.Files, missing)
}
