package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/store"
)

func (c *command) backup() *cobra.Command {
	cmd := &cobra.Command{Use: "backup", Short: "Keep everything in one file, and make an installation from it again"}
	create := &cobra.Command{Use: "create [FILE|-]",
		Short: "Make a backup and prove it (the server may go on running)",
		Long: "Makes a backup: in FILE, on standard output (-), or, without a name, where [backup] keeps them.\n" +
			"It is read back, its database is restored in a scratch folder and checked, rows and files are counted.",
		Args: cobra.MaximumNArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			return c.createBackup(cmd.Context(), strings.Join(args, ""))
		}}
	list := &cobra.Command{Use: "list", Short: "List the backups that [backup] keeps, newest first", Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return c.inApp(cmd.Context(), c.listBackups) }}
	var identity string
	verify := &cobra.Command{Use: "verify [NAME|FILE|-]",
		Short: "Read a backup to its end, restore its database in a scratch folder, and check all of it",
		Long:  "Without a name it verifies the newest backup that [backup] keeps.",
		Args:  cobra.MaximumNArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			return c.verifyBackup(cmd.Context(), strings.Join(args, ""), identity)
		}}
	verify.Flags().StringVar(&identity, "identity", "", "the file with the private key of age, for one that is encrypted")
	var rehearse bool
	prune := &cobra.Command{Use: "prune", Short: "Remove the backups that are more than [backup] wants to keep",
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			return c.inApp(cmd.Context(),
				func(ctx context.Context, a *app.App) error { return c.pruneBackups(ctx, a, rehearse) })
		}}
	prune.Flags().BoolVar(&rehearse, "dry-run", false, "say what would be removed, and remove nothing")
	cmd.AddCommand(create, list, verify, prune, c.restoreCommand())
	return cmd
}

// progress tells a person what is being done, beside what the command answers; scripts hear nothing.
func (c *command) progress(text string) {
	if !c.json {
		fmt.Fprintln(os.Stderr, text+" …")
	}
}

// madeBackup is what backup create answers in JSON.
type madeBackup struct {
	*store.Backup
	File string `json:"file"`
}

const standard = "-" // input or output, never the name of a file

func (c *command) createBackup(ctx context.Context, file string) error {
	o := backup.Order{Kind: backup.KindRequest, Say: c.progress}
	if file != "" && file != standard {
		if exists(file) {
			return fmt.Errorf("%s is there already; choose another name", file)
		}
		dir, err := filepath.Abs(filepath.Dir(file))
		if err != nil {
			return err
		}
		if !exists(dir) {
			return fmt.Errorf("there is no folder %s to put the backup in", filepath.Dir(file))
		}
		if o.To, err = backup.OpenFolder(dir); err != nil {
			return err
		}
		o.Name = filepath.Base(file)
	}
	if file == standard && term.IsTerminal(int(os.Stdout.Fd())) {
		return errors.New("standard output is a terminal: send the backup on, with | or >")
	}
	return c.inApp(ctx, func(ctx context.Context, a *app.App) error {
		began := a.DB.Now()
		var row *store.Backup
		var err error
		if file == standard {
			o.Name = "standard output"
			row, err = backup.Stream(ctx, a, c.out, o)
			c.out = os.Stderr
		} else {
			row, err = backup.Make(ctx, a, o)
		}
		if err != nil {
			return errors.Join(err, backup.Note(context.WithoutCancel(ctx), a, backup.Failed(a, o, began, err)))
		}
		if err := backup.Note(ctx, a, row); err != nil {
			return err
		}
		return c.tellMade(a, row, file)
	})
}

func (c *command) tellMade(a *app.App, row *store.Backup, file string) error {
	if row.Fault != "" {
		return fmt.Errorf("the backup in %s is not whole: %s", row.Place, row.Fault)
	}
	where, try := file, file
	switch file {
	case "":
		where, try = row.Name+" in "+row.Place, row.Name
	case standard:
		where, try = "what was written to standard output", "FILE"
	}
	missing := ""
	if row.FilesMissing > 0 {
		missing = fmt.Sprintf(" %d files that the database names were not there to be kept.", row.FilesMissing)
	}
	dir := "--dir ANOTHER_FOLDER"
	if file == "" {
		dir += " (with the same [backup])"
	}
	return c.say(madeBackup{row, try},
		"The backup is in %s: %s, %d rows, %d files. It was read back and is whole.%s\nTo try it: sailplane backup restore %s %s",
		where, size(row.Size), row.RowsKept, row.FilesKept, missing, try, dir)
}

// size is a number of bytes as people read it.
func size(n int64) string {
	switch {
	case n < 10<<10:
		return fmt.Sprintf("%d bytes", n)
	case n < 10<<20:
		return fmt.Sprintf("%d KiB", n>>10)
	case n < 10<<30:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d GiB", n>>30)
}

func (c *command) listBackups(ctx context.Context, a *app.App) error {
	list, err := backup.List(ctx, a)
	if err != nil {
		return err
	}
	if c.json {
		return c.say(list, "")
	}
	plan := backup.Schedule(a)
	if len(list) == 0 {
		fmt.Fprintf(c.out, "No backup is in %s. Next: sailplane backup create\n", plan.Place)
	}
	for _, e := range list {
		fmt.Fprintf(c.out, "%-52s %10s  %s\n", e.Name, size(e.Size), state(e))
	}
	if plan.Next != nil {
		fmt.Fprintf(c.out, "\nThe next one is made at %s UTC by the server, in %s.\n", plan.Next.Format(time.DateTime),
			plan.Place)
	}
	return nil
}

func state(e backup.Entry) string {
	what := "never verified"
	switch {
	case e.Fault != "":
		return e.Fault
	case e.VerifiedAt != nil:
		what = "found whole " + e.VerifiedAt.Format(time.DateTime)
	}
	if e.Before > 0 {
		what += fmt.Sprintf("; the database before migration %04d", e.Before)
	}
	if e.FilesMissing > 0 {
		what += fmt.Sprintf("; %d files were missing", e.FilesMissing)
	}
	return what
}

func (c *command) pruneBackups(ctx context.Context, a *app.App, rehearse bool) error {
	gone, err := backup.Prune(ctx, a, rehearse)
	if err != nil {
		return err
	}
	if gone == nil {
		gone = []backup.Entry{}
	}
	done := "removed"
	if rehearse {
		done = "would be removed"
	}
	if !c.json {
		for _, e := range gone {
			fmt.Fprintf(c.out, "%s %s\n", e.Name, done)
		}
	}
	return c.say(map[string]any{"removed": gone, "dry_run": rehearse}, "%d backups %s from %s.", len(gone), done,
		backup.Schedule(a).Place)
}

func (c *command) verifyBackup(ctx context.Context, from, identity string) error {
	if from == standard || from != "" && exists(from) {
		return c.verifyFile(ctx, from, identity)
	}
	if _, ok := backup.ParseName(from); from != "" && !ok {
		return misused("there is no file %s, and no backup is called so; sailplane backup list shows which there are", from)
	}
	return c.inApp(ctx, func(ctx context.Context, a *app.App) error {
		if from == "" {
			list, err := backup.List(ctx, a)
			if err != nil {
				return err
			}
			if len(list) == 0 {
				return fmt.Errorf("no backup is in %s; make one: sailplane backup create", backup.Schedule(a).Place)
			}
			from = list[0].Name
		}
		var src backup.Source
		if err := src.ReadIdentities(identity); err != nil {
			return err
		}
		c.progress("reading " + from + " from " + backup.Schedule(a).Place + " and proving it")
		row, err := backup.Verify(ctx, a, from, src.Identities)
		if err != nil {
			return err
		}
		if row.Fault != "" {
			return fmt.Errorf("%s: %s", from, row.Fault)
		}
		return c.say(row, "%s is whole: %s, %d rows, %d files.", from, size(row.Size), row.RowsKept, row.FilesKept)
	})
}

// verifyFile needs no installation.
func (c *command) verifyFile(ctx context.Context, from, identity string) error {
	src, end, err := openFile(from)
	if err != nil {
		return err
	}
	defer end()
	if err := src.ReadIdentities(identity); err != nil {
		return err
	}
	work, err := os.MkdirTemp("", "sailplane-verify-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	c.progress("reading " + src.Name + " and proving it")
	p, err := backup.Prove(ctx, src, work)
	if err != nil {
		return fmt.Errorf("%s: %w", src.Name, err)
	}
	missing := ""
	if p.Missing > 0 {
		missing = fmt.Sprintf(" %d files that its database names are not in it, such as %s.", p.Missing,
			strings.Join(p.Some, ", "))
	}
	return c.say(p, "%s is whole: a backup of %s UTC by %s, %s, %d rows, %d files.%s", src.Name,
		p.CreatedAt.Format(time.DateTime), p.Version, size(p.Bytes), p.Rows(), p.Files, missing)
}

// openFile opens a file, or standard input.
func openFile(from string) (src backup.Source, end func(), err error) {
	if from == standard {
		return backup.Source{Name: "standard input", R: os.Stdin}, func() {}, nil
	}
	f, err := os.Open(from)
	if err != nil {
		return src, nil, err
	}
	return backup.Source{Name: from, R: io.Reader(f)}, func() { f.Close() }, nil
}
