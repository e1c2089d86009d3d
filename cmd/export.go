package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/plane"
	"github.com/sailplane/sailplane/app/page/room"
	"github.com/sailplane/sailplane/store"
)

func (c *command) exports() *cobra.Command {
	cmd := &cobra.Command{Use: "export", Short: "Take everything along to another tracker"}
	cmd.AddCommand(c.exportPlane())
	return cmd
}

func (c *command) exportPlane() *cobra.Command {
	var keyFile string
	cmd := &cobra.Command{Use: "plane FILE|-", Short: "Write all rows as SQL that the empty database of Plane takes",
		Long: "Writes what Plane " + plane.Release + " has a place for to FILE, or to standard output (-): one transaction for its own\n" +
			"database, after its migrations and before its first start. Files are copied apart, from DIR/files or the bucket.\n" +
			"The server may go on running. Secrets of webhooks are in the file: keep it as safe as the database.",
		Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			return c.toPlane(cmd.Context(), args[0], keyFile)
		}}
	cmd.Flags().StringVar(&keyFile, "secret-key-file", "",
		"a file with SECRET_KEY of the other installation's plane.env, which passwords among the settings are sealed with")
	return cmd
}

// toldPlane is what the command says in JSON.
type toldPlane struct {
	*plane.Report
	File string `json:"file"`
}

func (c *command) toPlane(ctx context.Context, file, keyFile string) error {
	if file == standard && term.IsTerminal(int(os.Stdout.Fd())) {
		return misused("standard output is a terminal: send the rows on, with | or >")
	}
	if file != standard && exists(file) {
		return misused("%s is there already; choose another name", file)
	}
	key, err := readKey(keyFile)
	if err != nil {
		return err
	}
	return c.inApp(ctx, func(ctx context.Context, a *app.App) error {
		out, end := c.out, func(error) error { return nil }
		if file == standard {
			c.out = os.Stderr
		} else if out, end, err = newFile(file); err != nil {
			return err
		}
		// What people have typed until now is not part of their pages yet.
		if err := room.Of(a).FoldBefore(ctx, "", a.DB.Now()); err != nil {
			return errors.Join(err, end(err))
		}
		err := a.DB.Write(ctx, "", func(t *store.Tx) error { return app.Note(t, app.Deed{Event: app.InstanceExported}) })
		if err != nil {
			return errors.Join(err, end(err))
		}
		r, err := plane.Export(ctx, a, out, key, c.progress)
		if err = errors.Join(err, end(err)); err != nil {
			return err
		}
		emptied := ""
		if len(r.Emptied) > 0 {
			emptied = " Without --secret-key-file these settings are empty there: " + strings.Join(r.Emptied, ", ") + "."
		}
		if !c.json {
			for _, t := range r.Left {
				fmt.Fprintf(c.out, "left out: %s, %d rows (%s)\n", t.Table, t.Rows, t.Why)
			}
		}
		return c.say(toldPlane{r, file}, "%d rows are in %s. Keys of scripts have to be made anew there.%s\nNext, on a database "+
			"of Plane %s that has its tables and nothing else: psql --set ON_ERROR_STOP=1 --file %s postgres://…",
			r.Rows(), file, emptied, plane.Release, file)
	})
}

// readKey reads a file with SECRET_KEY, if one is named.
func readKey(file string) (string, error) {
	if file == "" {
		return "", nil
	}
	key, err := os.ReadFile(file)
	if err != nil {
		return "", fmt.Errorf("read SECRET_KEY: %w", err)
	}
	return strings.TrimSpace(string(key)), nil
}
