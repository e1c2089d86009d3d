package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page/room"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace/move"
	"github.com/sailplane/sailplane/store"
)

func (c *command) workspaceExport() *cobra.Command {
	return &cobra.Command{Use: "export SLUG [FILE|-]", Short: "Write a workspace with everything in it to one file",
		Long: "Writes a workspace to FILE (else SLUG.workspace.tar.gz), or to standard output (-): its projects, work items,\n" +
			"pages, files, history and people, for another installation. The server may go on running.\n" +
			"No password, key or secret is in it; whoever has it can read the whole workspace.",
		Args: cobra.RangeArgs(1, 2), RunE: func(cmd *cobra.Command, args []string) error {
			file := args[0] + ".workspace.tar.gz"
			if len(args) == 2 {
				file = args[1]
			}
			return c.exportWorkspace(cmd, args[0], file)
		}}
}

// exported is what the command answers in JSON.
type exported struct {
	*move.Report
	File string `json:"file"`
}

func (c *command) exportWorkspace(cmd *cobra.Command, slug, file string) error {
	if file == standard && term.IsTerminal(int(os.Stdout.Fd())) {
		return misused("standard output is a terminal: send the workspace on, with | or >")
	}
	if file != standard && exists(file) {
		return misused("%s is there already; choose another name", file)
	}
	return c.inWorkspace(cmd, slug, func(ctx context.Context, a *app.App, w *store.Workspace) error {
		out, end := c.out, func(error) error { return nil }
		if file == standard {
			c.out = os.Stderr
		} else {
			var err error
			if out, end, err = newFile(file); err != nil {
				return err
			}
		}
		// What people have typed until now is not part of their pages yet.
		if err := room.Of(a).FoldBefore(ctx, w.ID, a.DB.Now()); err != nil {
			return errors.Join(err, end(err))
		}
		r, err := move.Export(ctx, a, w, out, c.progress)
		if err = errors.Join(err, end(err)); err != nil {
			return err
		}
		c.tellMoved(r)
		return c.say(exported{r, file}, "The workspace %s is in %s: %d rows, %d files, %d people.%s\nNext, elsewhere: "+
			"sailplane workspace import %s", r.Slug, file, r.Rows, r.Files, r.People, missing(r), file)
	})
}

// newFile makes a file that is there whole or not at all; end is told whether it is.
func newFile(file string) (w io.Writer, end func(failed error) error, err error) {
	f, err := os.CreateTemp(filepath.Dir(file), ".export-*")
	if err != nil {
		return nil, nil, err
	}
	return f, func(failed error) error {
		err := errors.Join(f.Sync(), f.Close())
		if failed == nil && err == nil {
			return os.Rename(f.Name(), file)
		}
		return errors.Join(err, os.Remove(f.Name()))
	}, nil
}

func missing(r *move.Report) string {
	if r.Missing == 0 {
		return ""
	}
	return fmt.Sprintf(" %d files that it names were not there to be kept.", r.Missing)
}

// tellMoved tells a person what was moved, by table, and what was not.
func (c *command) tellMoved(r *move.Report) {
	if c.json {
		return
	}
	for _, t := range r.Tables {
		if t.Rows > 0 {
			fmt.Fprintf(c.out, "%-32s %8d\n", t.Table, t.Rows)
		}
	}
	for _, l := range r.Behind {
		fmt.Fprintf(c.out, "left out: %s (%s)\n", l.What, l.Why)
	}
}

func (c *command) workspaceImport() *cobra.Command {
	var o move.Order
	var owner string
	cmd := &cobra.Command{Use: "import FILE|-", Short: "Make a workspace of what export has written, here or elsewhere",
		Long: "Makes a workspace of FILE, or of standard input (-). People are found by their addresses; for others accounts\n" +
			"are made without a password. No letter, notification or webhook goes out. If it fails, nothing is left.",
		Args: cobra.ExactArgs(1)}
	cmd.Flags().StringVar(&o.Slug, "slug", "", "another slug than it had")
	cmd.Flags().StringVar(&owner, "owner", "", "the address of the account that it belongs to (else as before)")
	cmd.Flags().BoolVar(&o.NewIDs, "new-ids", false, "give everything a new id, as when the workspace is here already")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		src, end, err := openFile(args[0])
		if err != nil {
			return misuse{err}
		}
		defer end()
		o.Say = c.progress
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			if owner != "" {
				var err error
				if o.Owner, err = user.Find(ctx, a, owner); err != nil {
					return err
				}
			}
			r, err := move.Import(ctx, a, src.R, o)
			if err != nil {
				return fmt.Errorf("nothing was imported from %s: %w", src.Name, advised(err))
			}
			return c.tellImported(r)
		})
	}
	return cmd
}

// advised adds to a refusal what to do about it.
func advised(err error) error {
	var refused *app.Error
	if !errors.As(err, &refused) {
		return err
	}
	switch refused.Code {
	case move.CodeSlug:
		return fmt.Errorf("%s: --slug SLUG", refused.Text)
	case move.CodeInUse:
		return fmt.Errorf("%s. To have it twice: --new-ids, and --slug SLUG", refused.Text)
	}
	return errors.New(refused.Text)
}

func (c *command) tellImported(r *move.Report) error {
	c.tellMoved(r)
	if r.Cut > 0 && !c.json {
		fmt.Fprintf(c.out, "%d references led out of the workspace and were cut\n", r.Cut)
	}
	who := ""
	if len(r.New) > 0 {
		who = fmt.Sprintf("\nAccounts without a password were made for %s. They choose one by \"forgot password\", or: "+
			"sailplane user set-password --email EMAIL", strings.Join(r.New, ", "))
	}
	return c.say(r, "The workspace %s is here, at /%s/, and belongs to %s: %d rows, %d files, %d people (%d had an account)."+
		"%s%s", r.Name, r.Slug, r.Owner, r.Rows, r.Files, r.People, len(r.Known), missing(r), who)
}
