// Package upgrade does once to the data that is there what new releases do to what comes in.
//
// Every release so far cleans what comes in. What it did not see come in are rows that were copied into a new store:
// those of an unreleased build, by its backup, and those of the reference, table to table. So every new store begins
// with one pass.
package upgrade

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// cleanKeptText is the upgrade that makes harmless what was kept as it came: comments, first texts of pages, reports
// from boards, addresses of pictures. New text is cleaned on the way in, so one pass is enough; cleaning on the way out
// would cost every reading of every text for ever.
const cleanKeptText = "clean-kept-text"

// JobClean is the job that cleans a batch of rows and leaves the next one; its payload is a Place.
const JobClean = "upgrade.clean"

// batch is how many rows are looked at in one transaction.
const batch = 200

// Place is how far the cleaning has come.
type Place struct {
	Column int    `json:"column"` // in kept
	After  string `json:"after"`  // the id of the last row that was looked at
}

// column is one that may keep what runs.
type column struct {
	table, name string
	stripped    string // the column with the same text without tags, if there is one
	told        bool   // of a history: only what tells of a text
	clean       func(string) (string, error)
}

// kept are the columns in the order in which they are cleaned, as table.column.
var kept = slices.Concat(
	[]column{{table: "issue_comments", name: "comment_html", stripped: "comment_stripped", clean: cleanHTML}},
	texts("descriptions.description_html", "description_versions.description_html", "issues.description_html",
		"issue_description_versions.description_html", "draft_issues.description_html", "pages.description_html",
		"page_versions.description_html", "stickies.description_html"),
	[]column{
		{table: "issue_activities", name: "old_value", told: true, clean: cleanHTML},
		{table: "issue_activities", name: "new_value", told: true, clean: cleanHTML},
	},
	columns(cleanDocument, "projects.description_html", "modules.description_html", "notifications.data"),
	columns(cleanLogo, "projects.logo_props", "projects.icon_prop", "modules.logo_props", "cycles.logo_props",
		"issue_views.logo_props", "pages.logo_props", "stickies.logo_props", "intakes.logo_props", "issue_types.logo_props"),
	columns(cleanAddress, "workspaces.logo", "projects.cover_image", "users.avatar", "users.cover_image",
		"issue_links.url", "module_links.url"),
)

func columns(clean func(string) (string, error), names ...string) []column {
	all := make([]column, len(names))
	for i, name := range names {
		table, col, _ := strings.Cut(name, ".")
		all[i] = column{table: table, name: col, clean: clean}
	}
	return all
}

// texts are columns of descriptions, which have the same text without tags beside them.
func texts(names ...string) []column {
	all := columns(cleanHTML, names...)
	for i := range all {
		all[i].stripped = "description_stripped"
	}
	return all
}

func cleanHTML(s string) (string, error) {
	if !richtext.Harmful(s) { // cleaned before: it stays byte for byte
		return s, nil
	}
	return richtext.CleanKept(s)
}

func cleanDocument(s string) (string, error) {
	doc, err := richtext.CleanHarmful([]byte(s))
	if err != nil {
		return "{}", nil
	}
	return string(doc), nil
}

func cleanLogo(s string) (string, error) {
	if !app.SafeLogo([]byte(s)) {
		return "{}", nil
	}
	return s, nil
}

func cleanAddress(s string) (string, error) {
	if s != "" && !app.IsAddress(s) {
		return "", nil
	}
	return s, nil
}

// Begin leaves what the data still waits for to the queue. Nodes that start at once may leave it twice, which is no
// harm.
func Begin(ctx context.Context, a *app.App) error {
	waits, err := store.PendingUpgrade(a.DB.Read(ctx), cleanKeptText)
	if err != nil || !waits {
		return err
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error { return store.Enqueue(t, JobClean, Place{}) })
}

// Clean looks at a batch of rows and leaves the next one to the queue.
func Clean(ctx context.Context, a *app.App, at Place) error {
	if at.Column >= len(kept) {
		return a.DB.Write(ctx, "", func(t *store.Tx) error { return store.FinishUpgrade(t, cleanKeptText) })
	}
	col := kept[at.Column]
	if at.After == "" {
		at.After = "00000000-0000-0000-0000-000000000000"
	}
	rows, err := store.TextsToSanitize(a.DB.Read(ctx), col.table, col.name, col.told, at.After, batch)
	if err != nil {
		return err
	}
	next := Place{Column: at.Column + 1}
	if len(rows) == batch {
		next = Place{at.Column, rows[batch-1].ID}
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := store.FinishJob(t); err != nil { // so that the next batch is left once
			return err
		}
		for _, row := range rows {
			if err := col.write(t, row); err != nil {
				return err
			}
		}
		return store.Enqueue(t, JobClean, next)
	})
}

// write cleans one row; what was harmless is not touched. What can't be cleaned goes.
func (col column) write(t *store.Tx, row store.SanitizedText) error {
	clean, err := col.clean(row.Text)
	if err != nil {
		clean = ""
	}
	if clean == row.Text {
		return nil
	}
	if col.stripped == "" {
		err = store.SetSanitizedText(t, col.table, row.ID, []string{col.name}, clean)
	} else {
		err = store.SetSanitizedText(t, col.table, row.ID, []string{col.name, col.stripped}, clean, richtext.Text(clean))
	}
	if err != nil {
		return fmt.Errorf("clean %s of %s %s: %w", col.name, col.table, row.ID, err)
	}
	return nil
}
