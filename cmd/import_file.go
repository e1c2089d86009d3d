package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/reader"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/user"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

// taking is what import KIND is told.
type taking struct {
	kind                                      reader.Kind
	from, workspace, project, mapping, as     string
	source, dates, zone, encoding, reportFile string
	rehearse                                  bool
}

func (c *command) importFile(kind reader.Kind) *cobra.Command {
	k := taking{kind: kind}
	cmd := &cobra.Command{Use: kind.Name + " FILE|-", Short: "Take in " + kind.Short,
		Long: "Takes in " + kind.Short + ". --dry-run says what would be made and what would be lost.\n" +
			"People are found by their addresses, or by [people] in --map; others become members without sign-in, who can be\n" +
			"invited later by their addresses. Dates, authors and numbers stay. No letter, notification or webhook goes out.\n" +
			"The same command again takes what changed in the source, and leaves what was changed here; if it was stopped, it\n" +
			"goes on. sailplane import undo ID removes what it made.",
		Args: cobra.ExactArgs(1), RunE: func(cmd *cobra.Command, args []string) error {
			k.from = args[0]
			return c.takeFile(cmd.Context(), k)
		}}
	f := cmd.Flags()
	f.StringVar(&k.workspace, "workspace", "", "the slug of the workspace to import into")
	cmd.MarkFlagRequired("workspace") //nolint:errcheck // the flag is there
	f.StringVar(&k.project, "project", "", "the identifier of the project for all of it; it is made if there is none (else as in the source)")
	f.StringVar(&k.mapping, "map", "", "a file in TOML that says how names there are called here")
	f.StringVar(&k.as, "as", "", "the address of the account in whose name it is done (else the workspace's owner)")
	f.StringVar(&k.source, "source", "", "what the source is called, to tell two trackers of a kind apart (else "+kind.Name+")")
	f.StringVar(&k.dates, "dates", "", "the order of the dates: dmy, mdy or ymd (else as fits)")
	f.StringVar(&k.zone, "timezone", "", "the zone of times that do not say theirs (else the workspace's)")
	f.StringVar(&k.encoding, "encoding", "", "utf-8, utf-16 or windows-1252 (else as the file looks)")
	f.StringVar(&k.reportFile, "report", "", "a file for every line of the report, as JSON lines")
	f.BoolVar(&k.rehearse, "dry-run", false, "say what would be made and what would be lost, and change nothing")
	return cmd
}

func (c *command) takeFile(ctx context.Context, k taking) error {
	m, err := k.readMap()
	if err != nil {
		return err
	}
	if k.from != standard && !exists(k.from) {
		return misused("there is no file %s", k.from)
	}
	return c.inApp(ctx, func(ctx context.Context, a *app.App) error {
		o := importer.Order{Kind: k.kind.Name, Read: k.kind.Read, Source: k.source, Map: m, Project: k.project,
			Rehearse: k.rehearse, Say: c.progress, Begin: project.Lay, Join: project.Enrol}
		if o.Workspace, o.By, err = whoImports(ctx, a, k.workspace, k.as); err != nil {
			return err
		}
		path, end, err := spooled(k.from)
		if err != nil {
			return err
		}
		defer end()
		name := filepath.Base(k.from)
		if k.from == standard {
			name = "standard input"
		}
		o.From = reader.FromFile(path, name)
		closeReport, err := k.openReport(&o)
		if err != nil {
			return err
		}
		r, err := importer.Run(ctx, a, o)
		if err = errors.Join(err, closeReport()); err != nil {
			return c.cutOff(r, err)
		}
		return c.tellTaken(r, k)
	})
}

// cutOff says what was done until something ended the import.
func (c *command) cutOff(r *importer.Report, err error) error {
	if r == nil || r.Items.Made+r.Items.Changed == 0 || r.DryRun {
		return advised(err)
	}
	return fmt.Errorf("%w\n%d work items are here, each whole; the same command goes on. To remove them: sailplane import undo %s",
		advised(err), r.Items.Made+r.Items.Changed, r.ID)
}

func (k *taking) readMap() (*record.Map, error) {
	m := &record.Map{}
	if k.mapping != "" {
		text, err := os.ReadFile(k.mapping)
		if err != nil {
			return nil, misuse{err}
		}
		if m, err = record.ReadMap(text); err != nil {
			return nil, misused("%s: %w", k.mapping, err)
		}
	}
	for _, f := range []struct {
		said string
		into *string
	}{{k.dates, &m.Dates}, {k.zone, &m.Timezone}, {k.encoding, &m.Encoding}} {
		if f.said != "" {
			*f.into = f.said
		}
	}
	if err := m.Check(); err != nil {
		return nil, misuse{err}
	}
	return m, nil
}

// openReport has every line of the report written to a file, if one is named; end closes it.
func (k *taking) openReport(o *importer.Order) (end func() error, err error) {
	if k.reportFile == "" {
		return func() error { return nil }, nil
	}
	f, err := os.Create(k.reportFile)
	if err != nil {
		return nil, err
	}
	enc := json.NewEncoder(f)
	var failed error
	o.Tell = func(n record.Note) { failed = errors.Join(failed, enc.Encode(n)) }
	return func() error { return errors.Join(failed, f.Close()) }, nil
}

// whoImports finds the workspace and whoever imports: an administrator of it.
func whoImports(ctx context.Context, a *app.App, slug, as string) (*store.Workspace, *store.User, error) {
	w, err := workspace.Known(ctx, a, slug)
	if err != nil {
		return nil, nil, err
	}
	var u *store.User
	if as != "" {
		if u, err = user.Find(ctx, a, as); err != nil {
			return nil, nil, err
		}
	}
	by, err := importer.InNameOf(ctx, a, w, u)
	if errors.Is(err, app.Forbidden) {
		err = misused("%s does not administer %s: --as names somebody who does", as, w.Slug)
	}
	return w, by, err
}

// spooled is a file that can be read several times: standard input is put down first.
func spooled(from string) (path string, end func(), err error) {
	if from != standard {
		return from, func() {}, nil
	}
	f, err := os.CreateTemp("", "sailplane-import-*")
	if err != nil {
		return "", nil, err
	}
	end = func() { os.Remove(f.Name()) }
	_, err = io.Copy(f, os.Stdin)
	if err = errors.Join(err, f.Close()); err != nil {
		end()
		return "", nil, err
	}
	return f.Name(), end, nil
}

// mostShown is how many lines of a report a person is shown.
const mostShown = 40

func (c *command) tellTaken(r *importer.Report, k taking) error {
	if c.json {
		return c.say(r, "")
	}
	for _, n := range r.Notes[:min(len(r.Notes), mostShown)] {
		fmt.Fprintf(c.out, "%s: %s%s\n", n.Kind, whereOf(n), n.Text)
	}
	all := 0
	for _, n := range r.Noted {
		all += n
	}
	if all > mostShown {
		fmt.Fprintf(c.out, "and %d more lines of this kind: --report FILE writes all of them\n", all-mostShown)
	}
	c.tellPeople(r)
	for _, what := range slices.Sorted(maps.Keys(r.Made)) {
		fmt.Fprintf(c.out, "%-12s %8d new\n", what, r.Made[what])
	}
	i := r.Items
	fmt.Fprintf(c.out, "%-12s %8d new, %d changed, %d as they were, %d not read\n", "work items", i.Made, i.Changed, i.Same, i.Unread)
	if i.Kept+i.Gone > 0 {
		fmt.Fprintf(c.out, "%d were changed here, and %d deleted: that stays\n", i.Kept, i.Gone)
	}
	if r.DryRun {
		return c.say(r, "Nothing was changed. Next: the same without --dry-run")
	}
	return c.say(r, "Took in %s as the import %s. The same command again takes what changes there. To take it back: sailplane import undo %s",
		r.File, r.ID, r.ID)
}

func whereOf(n record.Note) string {
	at := n.File
	if n.Row > 0 {
		at = fmt.Sprintf("%s:%d", n.File, n.Row)
	}
	if n.Key != "" {
		at += " " + n.Key
	}
	return at + ": "
}

// tellPeople says who the people of the source are here, and how to say otherwise.
func (c *command) tellPeople(r *importer.Report) {
	made := false
	for _, p := range r.People {
		name := p.Name
		if p.Email != "" && p.Email != p.Name {
			name += " <" + p.Email + ">"
		}
		fmt.Fprintf(c.out, "%s: %s\n", p.Is, name)
		made = made || p.Is == importer.IsPlaceholder && p.Email == ""
	}
	if made && r.DryRun {
		fmt.Fprint(c.out, "A placeholder is a member without sign-in. To say who it is: --map FILE with\n\n[people]\n")
		for _, p := range r.People {
			if p.Is == importer.IsPlaceholder && p.Email == "" {
				fmt.Fprintf(c.out, "%q = \"ADDRESS\"\n", p.Name)
			}
		}
	}
}

func (c *command) importList() *cobra.Command {
	var slug string
	cmd := &cobra.Command{Use: "list", Short: "List what was taken in", Args: cobra.NoArgs}
	cmd.Flags().StringVar(&slug, "workspace", "", "the slug of the workspace")
	cmd.MarkFlagRequired("workspace") //nolint:errcheck // the flag is there
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		return c.inWorkspace(cmd, slug, func(ctx context.Context, a *app.App, w *store.Workspace) error {
			rows, err := importer.List(ctx, a, w)
			if err != nil {
				return err
			}
			if c.json {
				return c.say(importsShown(rows), "")
			}
			for _, i := range rows {
				fmt.Fprintf(c.out, "%s  %s  %-8s  %-10s  %s\n", i.ID, i.CreatedAt.UTC().Format("2006-01-02 15:04"), i.Status,
					i.Source, i.File)
			}
			if len(rows) == 0 {
				return c.say(nil, "Nothing was taken in yet. Next: sailplane import KIND FILE --workspace %s --dry-run", w.Slug)
			}
			return nil
		})
	}
	return cmd
}

// importShown is an import as scripts see it.
type importShown struct {
	ID      string          `json:"id"`
	Kind    string          `json:"kind"`
	Source  string          `json:"source"`
	File    string          `json:"file"`
	Status  string          `json:"status"`
	BeganAt string          `json:"began_at"`
	Report  json.RawMessage `json:"report"`
}

func importsShown(rows []store.Import) []importShown {
	shown := make([]importShown, len(rows))
	for n, i := range rows {
		shown[n] = importShown{ID: i.ID, Kind: i.Kind, Source: i.Source, File: i.File, Status: i.Status,
			BeganAt: i.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"), Report: json.RawMessage(i.Report)}
	}
	return shown
}

func (c *command) importUndo() *cobra.Command {
	var yes bool
	var as string
	cmd := &cobra.Command{Use: "undo ID", Short: "Remove what an import made", Args: cobra.ExactArgs(1),
		Long: "Removes the work items that an import made with all that hangs on them, what it added to others, and of projects,\n" +
			"states, labels, cycles, modules and members without sign-in what nothing else uses. What it changed in work items\n" +
			"that were here stays. If it is stopped, the same command goes on."}
	yesFlag(cmd, &yes)
	cmd.Flags().StringVar(&as, "as", "", "the address of the account in whose name it is done (else the workspace's owner)")
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		return c.inApp(cmd.Context(), func(ctx context.Context, a *app.App) error {
			d, err := importer.Find(ctx, a, strings.TrimSpace(args[0]))
			if err != nil {
				return advised(err)
			}
			w, err := store.Workspaces.Find(a.DB.Read(ctx), d.WorkspaceID)
			if err != nil {
				return err
			}
			_, by, err := whoImports(ctx, a, w.Slug, as)
			if err != nil {
				return err
			}
			if !yes {
				return misused("nothing was removed: %d work items would go, on %d of which people have worked here since. "+
					"Make a backup (sailplane backup create FILE), then say --yes", d.Rows[store.ImportedIssue], d.Touched)
			}
			u, err := importer.Undo(ctx, a, d, by, func(u *importer.Undone) error {
				c.progress("removed " + counted(u.Removed))
				return nil
			})
			if err != nil {
				return err
			}
			return c.say(u, "Removed %s.%s", counted(u.Removed), leftUsed(u.Left))
		})
	}
	return cmd
}

// counted is what was removed, in words.
func counted(of map[string]int) string {
	var parts []string
	for _, kind := range slices.Sorted(maps.Keys(of)) {
		parts = append(parts, fmt.Sprintf("%s: %d", kind, of[kind]))
	}
	if len(parts) == 0 {
		return "nothing: it was undone already"
	}
	return strings.Join(parts, ", ")
}

func leftUsed(of map[string]int) string {
	if len(of) == 0 {
		return ""
	}
	return " Left, because something uses it: " + counted(of) + "."
}
