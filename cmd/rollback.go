package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/migrations"
	"github.com/sailplane/sailplane/store"
)

func (c *command) rollback() *cobra.Command {
	var r restoring
	var yes bool
	cmd := &cobra.Command{Use: "rollback", Args: cobra.NoArgs,
		Short: "Bring the database back as it was before the last migration; stop the server first",
		Long: "Takes the newest backup that was made before a migration, says what was written since and is lost, and asks.\n" +
			"Files stay as they are. What is there now is kept beside. Then run the sailplane that was used before:\n" +
			"a newer one migrates again.",
		RunE: func(cmd *cobra.Command, _ []string) error { return c.rollBack(cmd.Context(), r, yes) }}
	cmd.Flags().BoolVar(&yes, "yes", false, "do not ask")
	cmd.Flags().BoolVar(&r.rehearse, "dry-run", false, "say what would be lost, and change nothing")
	cmd.Flags().StringVar(&r.identity, "identity", "", "the file with the private key of age, for one that is encrypted")
	return cmd
}

// beforeUpgrade finds the newest backup from before a migration whose schema this binary knows; nil: there is none.
func (c *command) beforeUpgrade(ctx context.Context, cfg *app.Config) (*backup.Kept, error) {
	known, err := migrations.All(cfg.Database.URL != "")
	if err != nil {
		return nil, err
	}
	place, err := backup.OpenPlace(ctx, &app.App{Config: cfg, Dir: c.dir})
	if err != nil {
		return nil, err
	}
	list, err := place.List(ctx)
	if err != nil {
		return nil, err
	}
	for _, k := range list {
		if k.Before > 0 && k.Before <= known[len(known)-1].Version+1 {
			return &k, nil
		}
	}
	return nil, nil
}

func (c *command) rollBack(ctx context.Context, r restoring, yes bool) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if cfg.Database.URL == "" && !exists(c.database()) {
		return fmt.Errorf("there is no database %s to bring back", c.database())
	}
	found, err := c.beforeUpgrade(ctx, cfg)
	if err != nil {
		return err
	}
	if found == nil {
		return fmt.Errorf("no backup from before a migration is in %s. To bring another backup back: "+
			"sailplane backup restore FILE --force --dir %s", backup.Schedule(&app.App{Config: cfg, Dir: c.dir,
			DB: &store.DB{}}).Place, c.dir)
	}
	src, end, err := c.source(ctx, cfg, found.File, r.identity)
	if err != nil {
		return err
	}
	defer end()
	release, err := c.alone()
	if err != nil {
		return err
	}
	defer release()
	work, err := c.workFolder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	c.progress("unpacking and checking " + found.File)
	u, err := backup.Unpack(ctx, src, work)
	if err != nil {
		return err
	}
	there, err := c.whatIsThere(ctx, cfg, &u.Manifest)
	if err != nil {
		return err
	}
	answer := map[string]any{"backup": found.File, "restored": u.Manifest, "lost": there.Since}
	c.tellLoss(found, u, there)
	if r.rehearse {
		answer["dry_run"] = true
		return c.say(answer, "Nothing was changed.")
	}
	if err := agreed(yes); err != nil {
		return err
	}
	kept, err := c.replace(ctx, cfg, u, "before-rollback")
	if err != nil {
		return err
	}
	answer["kept"], answer["kept_schema"] = kept.Folder, kept.Schema
	return c.say(answer, "The database is as it was at %s UTC, of schema %d.%s Next: run the sailplane that was used then (%s); a newer one migrates again.",
		u.CreatedAt.Format(time.DateTime), u.Schema, kept, u.Version)
}

// tellLoss says what a rollback takes back.
func (c *command) tellLoss(k *backup.Kept, u *backup.Unpacked, there *present) {
	if c.json {
		return
	}
	fmt.Fprintf(os.Stderr, "%s has the database of %s UTC, before migration %04d (%s, %d rows).\n", k.File,
		u.CreatedAt.Format(time.DateTime), k.Before, u.Version, u.Rows())
	if len(there.Since) == 0 {
		fmt.Fprintln(os.Stderr, "Nothing was written since: nothing is lost.")
		return
	}
	fmt.Fprintf(os.Stderr, "What was written since is lost: %s.\n", lost(there.Since))
	for _, w := range there.Since {
		fmt.Fprintf(os.Stderr, "  %-32s %6d new %6d changed\n", w.Table, w.New, w.Changed)
	}
}

// agreed asks the person at the terminal.
func agreed(yes bool) error {
	if yes {
		return nil
	}
	if !term.IsTerminal(int(os.Stdin.Fd())) {
		return errors.New("nobody is there to be asked; if that is what you want: sailplane rollback --yes")
	}
	fmt.Fprint(os.Stderr, "Bring it back? [y/N] ")
	line, err := bufio.NewReader(os.Stdin).ReadString('\n')
	if err != nil || !strings.HasPrefix(strings.ToLower(strings.TrimSpace(line)), "y") {
		return errors.New("nothing was changed")
	}
	return nil
}

// pending lists the migrations that are to be applied. Of a database that a newer binary has migrated it says how to go
// back.
func (c *command) pending(ctx context.Context, db *store.DB) ([]migrations.Migration, error) {
	todo, err := db.Pending(ctx)
	if !errors.Is(err, migrations.ErrNewer) {
		return todo, err
	}
	cfg, loaded := c.load()
	if loaded != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, lookingAround)
	defer cancel()
	found, looked := c.beforeUpgrade(ctx, cfg)
	a := &app.App{Config: cfg, Dir: c.dir, DB: db}
	switch {
	case looked != nil:
		return nil, fmt.Errorf("%w, or restore the backup from before the upgrade, which could not be looked for: %w", err, looked)
	case found == nil:
		return nil, fmt.Errorf("%w, or restore a backup: sailplane backup restore FILE --force --dir %s (none from before the upgrade is in %s)",
			err, c.dir, backup.Schedule(a).Place)
	}
	return nil, fmt.Errorf("%w, or go back to the database of %s UTC, before the upgrade (%s in %s): sailplane rollback --dir %s",
		err, found.At.Format(time.DateTime), found.File, backup.Schedule(a).Place, c.dir)
}

const lookingAround = 5 * time.Second
