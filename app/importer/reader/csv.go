package reader

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app/importer/record"
)

// csvFields are what a column of a general table may be, and the names by which a column is known without a mapping.
var csvFields = map[string][]string{
	"id":          {"id", "key", "issue key", "issue id", "identifier"},
	"title":       {"title", "name", "summary", "subject", "task", "task name"},
	"description": {"description", "body", "notes", "details", "content", "text"},
	"state":       {"state", "status", "column", "list"},
	"priority":    {"priority"},
	"labels":      {"labels", "label", "tags", "tag"},
	"assignees":   {"assignees", "assignee", "assigned to", "owner"},
	"author":      {"author", "creator", "reporter", "created by"},
	"created":     {"created", "created at", "created date", "date created"},
	"updated":     {"updated", "updated at", "last modified"},
	"completed":   {"completed", "completed at", "resolved", "closed at"},
	"start":       {"start", "start date"},
	"due":         {"due", "due date", "target date", "deadline"},
	"parent":      {"parent", "parent id", "parent key"},
	"project":     {"project", "project key", "project name"},
	"number":      {"number"},
	"cycle":       {"cycle", "sprint", "iteration"},
	"modules":     {"module", "modules", "epic", "milestone"},
	"links":       {"link", "links", "url"},
	"comments":    {"comment", "comments"},
	"type":        {"type", "issue type"},
	"archived":    {"archived", "archived at"},
}

// CSV reads a general table: each row a work item, with the columns of the mapping, or those whose names are usual.
func CSV(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	for field := range m.Columns {
		if csvFields[field] == nil {
			return refuse("columns: there is no field %q; there are %s", field,
				strings.Join(slices.Sorted(maps.Keys(csvFields)), ", "))
		}
	}
	isHead := func(cells []string) bool { return csvColumns(cells, m)["title"] != "" }
	var g guess
	var c map[string]string
	see := func(t *table) error {
		if c == nil {
			c = csvColumns(t.names, m)
		}
		for _, field := range []string{"created", "updated", "completed", "start", "due", "archived"} {
			g.see(t.get(c[field]))
		}
		return nil
	}
	if err := rows(ctx, s, m, quiet{}, isHead, see); err != nil {
		return err
	}
	d, err := g.decide(m)
	if err != nil {
		return err
	}
	r := &csvReader{dates: d, m: m, to: to, seen: map[string]int{}}
	return rows(ctx, s, m, to, isHead, r.row)
}

// csvColumns says which column is which field.
func csvColumns(names []string, m *record.Map) map[string]string {
	found := map[string]string{}
	for field, usual := range csvFields {
		if column, ok := m.Columns[field]; ok {
			found[field] = column
			continue
		}
		for _, name := range usual {
			if slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(strings.TrimSpace(n), name) }) {
				found[field] = name
				break
			}
		}
	}
	return found
}

// quiet is a sink for a first look at a file.
type quiet struct{}

func (quiet) Person(record.Person) error { return nil }
func (quiet) Item(*record.Item) error    { return nil }
func (quiet) Note(record.Note)           {}

type csvReader struct {
	dates   dates
	m       *record.Map
	to      record.Sink
	columns map[string]string
	seen    map[string]int // keys that were made of titles
}

func (r *csvReader) row(t *table) error {
	if r.columns == nil {
		r.columns = csvColumns(t.names, r.m)
		r.unused(t)
	}
	get := func(field string) string { return t.get(r.columns[field]) }
	i := &record.Item{At: t.where, Key: get("id"), Title: get("title"),
		Text:   record.Text{Body: get("description"), Form: forms[r.m.Text]},
		Author: personOf(get("author")), State: record.State{Name: get("state")}, Priority: get("priority"),
		Parent: get("parent"), Project: projectOf(get("project")), Cycle: record.Cycle{Name: get("cycle")}}
	d := when{r.dates, i}
	i.Created, i.Updated, i.Completed = d.at("created", get("created")), d.at("updated", get("updated")),
		d.at("completed", get("completed"))
	i.Start, i.Target, i.Archived = d.on("start", get("start")), d.on("due", get("due")), d.on("archived", get("archived"))
	i.Number, _ = strconv.Atoi(get("number"))
	if i.Key == "" && i.Title != "" {
		i.Key = titleKey(i.Title, r.seen)
	}
	for _, cell := range t.all(r.columns["assignees"]) {
		for _, name := range split(strings.ReplaceAll(cell, ";", ","), ",") {
			i.Assignees = append(i.Assignees, personOf(name))
		}
	}
	i.Labels = labelsOf(t.all(r.columns["labels"]), ",;|")
	if kind := get("type"); kind != "" {
		i.Labels = append(i.Labels, record.Label{Name: kind})
	}
	for _, cell := range t.all(r.columns["modules"]) {
		i.Modules = append(i.Modules, split(cell, ",")...)
	}
	for _, cell := range t.all(r.columns["links"]) {
		for _, url := range strings.Fields(cell) {
			i.Links = append(i.Links, record.Link{URL: url})
		}
	}
	for n, cell := range t.all(r.columns["comments"]) {
		i.Comments = append(i.Comments, record.Comment{Key: fmt.Sprint(n + 1), At: i.Created, Author: i.Author,
			Text: record.Text{Body: cell, Form: forms[r.m.Text]}})
	}
	i.Known = r.known()
	return r.to.Item(i)
}

var forms = map[string]record.Form{"plain": record.Plain, "markdown": record.Markdown, "wiki": record.Wiki,
	"html": record.HTML}

// known are the fields for which there are columns.
func (r *csvReader) known() (k record.Known) {
	for field, is := range map[string]record.Known{"description": record.KnowsText, "state": record.KnowsState,
		"priority": record.KnowsPriority, "start": record.KnowsStart, "due": record.KnowsTarget,
		"assignees": record.KnowsAssignees, "labels": record.KnowsLabels, "cycle": record.KnowsCycle,
		"modules": record.KnowsModules, "archived": record.KnowsArchived, "parent": record.KnowsParent} {
		if r.columns[field] != "" {
			k |= is
		}
	}
	return k
}

// unused tells once which columns are not taken.
func (r *csvReader) unused(t *table) {
	var left []string
	for _, name := range t.names {
		used := name == ""
		for _, column := range r.columns {
			used = used || strings.EqualFold(column, name)
		}
		if !used && len(left) < 50 {
			left = append(left, name)
		}
	}
	if len(left) > 0 {
		r.to.Note(record.Note{At: record.At{File: t.where.File}, Kind: record.Lost, Text: "columns that are not taken: " + strings.Join(left, ", ")})
	}
}

// titleKey is the key of a row that has none: its title, counted.
func titleKey(title string, seen map[string]int) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(title)))
	key := "title:" + hex.EncodeToString(sum[:12])
	if seen[key]++; seen[key] > 1 {
		key += "#" + strconv.Itoa(seen[key])
	}
	return key
}

// personOf is somebody by a name or an address, or by both: Ann <ann@example.org>.
func personOf(s string) record.Person {
	s = strings.TrimSpace(s)
	if name, rest, ok := strings.Cut(s, "<"); ok && strings.HasSuffix(rest, ">") {
		return record.Person{Name: strings.TrimSpace(name), Email: strings.TrimSuffix(rest, ">")}
	}
	if strings.Contains(s, "@") && !strings.ContainsAny(s, " \t") {
		return record.Person{Email: s}
	}
	return record.Person{Name: s}
}

// projectOf is a project by one word, which may be its key or its name.
func projectOf(s string) record.Project {
	s = strings.TrimSpace(s)
	return record.Project{Key: s, Name: s}
}

// labelsOf are the labels of cells, cut at any of the separators.
func labelsOf(cells []string, separators string) (labels []record.Label) {
	for _, cell := range cells {
		for _, name := range strings.FieldsFunc(cell, func(c rune) bool { return strings.ContainsRune(separators, c) }) {
			if name = strings.TrimSpace(name); name != "" {
				labels = append(labels, record.Label{Name: name})
			}
		}
	}
	return labels
}
