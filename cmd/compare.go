package main

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"

	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/web/routes"
)

// openEdition is what the operations are about that the open edition has; all others only the paid editions have.
const openEdition = "What the open edition has"

// comparison is one subject of the public API.
type comparison struct {
	Subject string   `json:"subject"`
	Open    int      `json:"open"` // operations of the open edition
	Paid    int      `json:"paid"` // of the paid editions
	Here    int      `json:"here"` // of ours
	Missing []string `json:"missing"`
}

var parameter = regexp.MustCompile(`\{[^}]*\}`)

// published is an operation as it is compared. Names of parameters don't matter, and neither does the slash at the end
// of a path: the server leads from one without it to that with it.
func published(method, path string) string {
	return method + " " + strings.TrimSuffix(parameter.ReplaceAllString(path, "{}"), "/")
}

// compareRoutes counts, subject by subject, which of the published operations of the public API are here.
func compareRoutes() (list []comparison) {
	here := map[string]bool{}
	for _, op := range routes.All(version) {
		if op.Offered() {
			here[published(op.Method, op.Path)] = true
		}
	}
	for line := range strings.Lines(embed.Operations) {
		method, rest, _ := strings.Cut(strings.TrimSpace(line), "\t")
		path, subject, ok := strings.Cut(rest, "\t")
		if !ok {
			continue // the lines that explain
		}
		at := slices.IndexFunc(list, func(c comparison) bool { return c.Subject == subject })
		if at < 0 {
			at = len(list)
			list = append(list, comparison{Subject: subject, Missing: []string{}})
		}
		c := &list[at]
		c.Paid++
		if subject == openEdition {
			c.Open++
		}
		if here[published(method, path)] {
			c.Here++
		} else {
			c.Missing = append(c.Missing, method+" "+path)
		}
	}
	slices.SortStableFunc(list, func(a, b comparison) int {
		if a.Open != b.Open {
			return b.Open - a.Open
		}
		return strings.Compare(a.Subject, b.Subject)
	})
	return list
}

func (c *command) compare() error {
	list := compareRoutes()
	if c.json {
		return c.say(list, "")
	}
	return writeComparison(c.out, list)
}

// writeComparison writes the table that README has.
func writeComparison(w io.Writer, list []comparison) error {
	table := tabwriter.NewWriter(w, 0, 0, 1, ' ', 0)
	fmt.Fprintln(table, "| operations of the public API\t| open edition\t| paid editions\t| Sailplane\t|")
	fmt.Fprintln(table, "|---\t|---:\t|---:\t|---:\t|")
	all := comparison{Subject: "**all**"}
	for _, row := range list {
		all.Open, all.Paid, all.Here = all.Open+row.Open, all.Paid+row.Paid, all.Here+row.Here
		writeSubject(table, row)
	}
	writeSubject(table, all)
	if err := table.Flush(); err != nil {
		return fmt.Errorf("write the comparison: %w", err)
	}
	return nil
}

func writeSubject(w io.Writer, c comparison) {
	fmt.Fprintf(w, "| %s\t| %d\t| %d\t| %d\t|\n", c.Subject, c.Open, c.Paid, c.Here)
}
