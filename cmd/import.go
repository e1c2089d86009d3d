package main

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/backup"
	"github.com/sailplane/sailplane/app/importer/plane"
	"github.com/sailplane/sailplane/store/blob"
)

func (c *command) imports() *cobra.Command {
	cmd := &cobra.Command{Use: "import", Short: "Bring over what is kept in another tracker"}
	cmd.AddCommand(c.importPlane())
	return cmd
}

// bringing is what import plane is told.
type bringing struct {
	from, keyFile, uploads string
	force, rehearse        bool
}

func (c *command) importPlane() *cobra.Command {
	var b bringing
	cmd := &cobra.Command{Use: "plane DUMP|postgres://…|-",
		Short: "Make the data folder (and the Postgres database, if that is set) what an installation of Plane holds",
		Long: "Takes Plane " + plane.Release + " over: ids, numbers, times, history, pages, passwords and keys of scripts stay as they are.\n" +
			"It reads a dump (pg_dump --format=custom or plain, packed by gzip or not), standard input (-), or the database itself,\n" +
			"which it only reads. Files come from a folder, a tar, or the bucket: s3://NAME, with AWS_S3_ENDPOINT_URL,\n" +
			"AWS_REGION, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY as in Plane's plane.env.\n" +
			"Everybody signs in once more. No letter, notification or webhook goes out. If it fails, nothing has changed.",
		Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			b.from = args[0]
			return c.bringPlane(cmd.Context(), b)
		}}
	cmd.Flags().StringVar(&b.keyFile, "secret-key-file", "",
		"a file with SECRET_KEY of plane.env, which opens passwords among the settings (else they have to be typed in again)")
	cmd.Flags().StringVar(&b.uploads, "uploads", "", "a folder or a tar with the files of the bucket, or s3://NAME")
	cmd.Flags().BoolVar(&b.force, "force", false, "take the place of data that is there; it is kept beside")
	cmd.Flags().BoolVar(&b.rehearse, "dry-run", false, "say what would be taken over and what not, and change nothing")
	return cmd
}

// brought is what the command says in JSON.
type brought struct {
	*plane.Report
	Files    *plane.Files `json:"files"`
	Replaces *present     `json:"replaces"`
	Kept     string       `json:"kept,omitempty"`
	Schema   string       `json:"kept_schema,omitempty"`
	DryRun   bool         `json:"dry_run"`
}

func (c *command) bringPlane(ctx context.Context, b bringing) error {
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if b.from != standard && !plane.IsURL(b.from) && !exists(b.from) {
		return misused("there is no file %s", b.from)
	}
	if b.from == standard && term.IsTerminal(int(os.Stdin.Fd())) {
		return misused("standard input is a terminal: send the dump in, with | or <")
	}
	if b.uploads == "" {
		c.progress("no --uploads: files that people uploaded are not taken over")
	}
	if !b.rehearse {
		end, err := c.alone()
		if err != nil {
			return err
		}
		defer end()
	}
	work, err := c.workFolder()
	if err != nil {
		return err
	}
	defer os.RemoveAll(work)
	u, said, err := c.convert(ctx, cfg, b, work)
	if err != nil {
		return fmt.Errorf("nothing was taken over: %w", err)
	}
	if said.Replaces, err = c.whatIsThere(ctx, cfg, &u.Manifest); err != nil {
		return err
	}
	c.tellBrought(said)
	if b.rehearse {
		said.DryRun = true
		return c.say(said, "Nothing was changed.")
	}
	if said.Replaces.any() && !b.force {
		return fmt.Errorf("there is data in %s already (%s); with --force it is kept beside, and Plane's takes its place",
			c.dir, said.Replaces)
	}
	kept, err := c.replace(ctx, cfg, u, "before-import")
	if err != nil {
		return err
	}
	if err := c.noteReplaced(ctx, cfg, app.Deed{Event: app.DataImported, More: map[string]any{"rows": said.Rows(),
		"kept": kept.Folder}}); err != nil {
		return err
	}
	said.Kept, said.Schema = kept.Folder, kept.Schema
	return c.say(said, "Took over Plane%s: %d rows, %d files.%s Next: sailplane frontend pull --dir %s, then sailplane serve --dir %s",
		release(said.Report), said.Rows(), said.Files.Taken, kept, c.dir, c.dir)
}

// release is which release it was, if the database says it.
func release(r *plane.Report) string {
	if r.Release == "" {
		return ""
	}
	return " " + r.Release
}

// convert lays out what takes the place of what is there, as a backup that was unpacked.
func (c *command) convert(ctx context.Context, cfg *app.Config, b bringing, work string) (*backup.Unpacked, *brought,
	error) {
	u := &backup.Unpacked{Uploads: filepath.Join(work, "files")}
	o := plane.Order{Source: b.from, Folder: work, Say: c.progress, Secret: []byte(cfg.Server.Secret)}
	if len(o.Secret) == 0 {
		u.Secret = newSecret()
		o.Secret = u.Secret
	}
	if b.from == standard {
		o.Input = os.Stdin
	}
	var err error
	if o.Key, err = readKey(b.keyFile); err != nil {
		return nil, nil, err
	}
	done, err := plane.Convert(ctx, o)
	if err != nil {
		return nil, nil, err
	}
	said := &brought{Report: &done.Report, Files: &plane.Files{}}
	if b.uploads != "" {
		from, err := uploadsOf(ctx, b.uploads)
		if err != nil {
			return nil, nil, err
		}
		c.progress("taking the files over")
		if said.Files, err = done.TakeFiles(ctx, from, u.Uploads); err != nil {
			return nil, nil, err
		}
	}
	u.Database, u.FileSum = done.Database, said.Files.Taken
	u.Engine, u.Version, u.CreatedAt = "Plane"+release(said.Report), version, time.Now().UTC()
	u.Tables = map[string]int64{}
	for _, t := range done.Tables {
		u.Tables[t.Table] = t.Rows
	}
	return u, said, nil
}

// uploadsOf finds the files of the old installation.
func uploadsOf(ctx context.Context, from string) (plane.Uploads, error) {
	name, isBucket := strings.CutPrefix(from, "s3://")
	if !isBucket {
		return plane.Uploads{Path: from}, nil
	}
	s := blob.S3{Endpoint: "s3.amazonaws.com", TLS: true, Bucket: name, Region: os.Getenv("AWS_REGION"),
		AccessKey: os.Getenv("AWS_ACCESS_KEY_ID"), SecretKey: os.Getenv("AWS_SECRET_ACCESS_KEY"), Settings: "AWS"}
	if at := os.Getenv("AWS_S3_ENDPOINT_URL"); at != "" {
		u, err := url.Parse(at)
		if err != nil || u.Host == "" {
			return plane.Uploads{}, misused("AWS_S3_ENDPOINT_URL is no address such as https://s3.example.org: %s", at)
		}
		s.Endpoint, s.TLS = u.Host, u.Scheme != "http"
	}
	bucket, err := blob.InBucket(ctx, s)
	return plane.Uploads{Bucket: bucket}, err
}

// tellBrought tells a person what is taken over and what is not.
func (c *command) tellBrought(b *brought) {
	if c.json {
		return
	}
	for _, t := range b.Tables {
		if t.Rows > 0 {
			fmt.Fprintf(c.out, "%-32s %8d\n", t.Table, t.Rows)
		}
	}
	for _, t := range b.Left {
		fmt.Fprintf(c.out, "left out: %s, %d rows (%s)\n", t.Table, t.Rows, t.Why)
	}
	for _, n := range b.Notes {
		fmt.Fprintf(c.out, "note: %s\n", n)
	}
	if more := b.Noted - len(b.Notes); more > 0 {
		fmt.Fprintf(c.out, "note: and %d more\n", more)
	}
	if len(b.Emptied) > 0 {
		fmt.Fprintf(c.out, "to be typed in again, as there was no --secret-key-file: %s\n", strings.Join(b.Emptied, ", "))
	}
	if b.Files.Missing > 0 {
		fmt.Fprintf(c.out, "files that were not there: %d, such as %s\n", b.Files.Missing, strings.Join(b.Files.Some, ", "))
	}
	fmt.Fprintf(os.Stderr, "It replaces: %s\n", orNothing(b.Replaces))
}

func orNothing(p *present) string {
	if !p.any() {
		return "nothing, there is no data yet"
	}
	parts := p.Names
	if p.Database != "" {
		parts = append([]string{p.Database + " (" + p.Main + ")"}, parts...)
	}
	return strings.Join(parts, ", ")
}
