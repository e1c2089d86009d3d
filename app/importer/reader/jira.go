package reader

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app/importer/record"
)

// jiraDates are the columns with times.
var jiraDates = []string{"created", "updated", "resolved", "due date"}

// Jira reads the table that Jira exports, of whatever locale, Cloud or Server: columns that repeat, comments as
// date;author;text, texts in wiki markup, parents by the number of the issue.
func Jira(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	isHead := hasAll("Summary", "Issue key")
	var g guess
	keys := map[string]string{} // of issues by their numbers
	see := func(t *table) error {
		for _, name := range jiraDates {
			g.see(t.get(name))
		}
		for _, name := range []string{"comment", "log work"} {
			for _, cell := range t.all(name) {
				if at, _, ok := strings.Cut(cell, ";"); ok && name == "comment" {
					g.see(at)
				}
			}
		}
		if id := t.get("Issue id"); id != "" {
			keys[strings.Clone(id)] = strings.Clone(t.get("Issue key")) // a cell would keep its row in memory
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
	r := &jira{dates: d, to: to, keys: keys}
	return rows(ctx, s, m, to, isHead, r.row)
}

type jira struct {
	dates dates
	to    record.Sink
	keys  map[string]string
	told  bool
}

// jiraTaken are the columns that are taken, without the links of issues.
var jiraTaken = map[string]bool{
	"summary": true, "issue key": true, "issue id": true, "issue type": true, "status": true,
	"project key": true, "project name": true, "priority": true, "resolution": true, "assignee": true, "reporter": true,
	"creator": true, "created": true, "updated": true, "resolved": true, "due date": true, "description": true,
	"labels": true, "component/s": true, "components": true, "sprint": true, "comment": true, "attachment": true,
	"parent": true, "parent id": true, "log work": true, "status category": true, "fix version/s": true,
	"fix versions": true, "assignee id": true, "reporter id": true, "creator id": true, "parent key": true,
	"custom field (epic link)": true, "custom field (start date)": true, "parent summary": true,
}

// jiraIgnored are columns of which nothing is lost, because the rest says it.
var jiraIgnored = []string{"project type", "project lead", "project url", "project description", "last viewed",
	"work ratio", "time spent", "status category changed", "σ "}

func (r *jira) row(t *table) error {
	r.untaken(t)
	key := t.get("Issue key")
	i := &record.Item{At: t.where, Key: key, Title: t.get("Summary"),
		Project:  record.Project{Key: t.get("Project key"), Name: t.get("Project name")},
		Text:     record.Text{Body: t.get("Description"), Form: record.Wiki},
		State:    record.State{Name: t.get("Status"), Group: jiraGroup(t)},
		Priority: t.get("Priority"),
		Author:   jiraPerson(t.get("Reporter", "Creator"), t.get("Reporter Id", "Creator Id")),
		Known: record.KnowsText | record.KnowsState | record.KnowsPriority | record.KnowsTarget |
			record.KnowsAssignees | record.KnowsLabels}
	for name, known := range map[string]record.Known{"Sprint": record.KnowsCycle, "Component/s": record.KnowsModules,
		"Components": record.KnowsModules, "Custom field (Start date)": record.KnowsStart} {
		if t.has(name) {
			i.Known |= known
		}
	}
	if prefix, number, ok := cutLast(key, "-"); ok {
		i.Number, _ = strconv.Atoi(number)
		if i.Project.Key == "" {
			i.Project.Key = prefix
		}
	}
	d := when{r.dates, i}
	i.Created, i.Updated, i.Completed = d.at("Created", t.get("Created")), d.at("Updated", t.get("Updated")),
		d.at("Resolved", t.get("Resolved"))
	i.Target, i.Start = d.on("Due date", t.get("Due date")), d.on("Start date", t.get("Custom field (Start date)"))
	if who := jiraPerson(t.get("Assignee"), t.get("Assignee Id")); !who.None() {
		i.Assignees = []record.Person{who}
	}
	i.Labels = labelsOf(t.all("Labels"), " ,")
	if kind := t.get("Issue Type"); kind != "" {
		i.Labels = append(i.Labels, record.Label{Name: kind})
	}
	for _, name := range append(t.all("Component/s"), t.all("Components")...) {
		i.Modules = append(i.Modules, split(name, ",")...)
	}
	for _, name := range append(t.all("Fix Version/s"), t.all("Fix versions")...) {
		i.Labels = append(i.Labels, record.Label{Name: name})
	}
	if sprints := t.all("Sprint"); len(sprints) > 0 {
		i.Cycle.Name = sprints[len(sprints)-1]
		if len(sprints) > 1 {
			i.Lost = append(i.Lost, "it was in "+strconv.Itoa(len(sprints))+" sprints: the last one is taken")
		}
	}
	i.Parent = r.parent(t)
	r.hang(t, i, d)
	return r.to.Item(i)
}

// jiraGroup is the group of a state where the table says it. A resolution alone ends an issue.
func jiraGroup(t *table) string {
	name := t.get("Status")
	switch strings.ToLower(t.get("Status Category")) {
	case "done", "complete":
		if record.GroupOf(name) == "cancelled" {
			return "cancelled"
		}
		return "completed"
	case "in progress":
		return "started"
	case "to do", "new":
		if record.GroupOf(name) == "backlog" {
			return "backlog"
		}
		return "unstarted"
	}
	return ""
}

// jiraPerson is somebody by a name, an account or an address.
func jiraPerson(name, key string) record.Person {
	p := personOf(name)
	p.Key = strings.TrimSpace(key)
	return p
}

// parent is the key of the issue above: the table says its number, newer ones its key.
func (r *jira) parent(t *table) string {
	for _, name := range []string{"Parent key", "Parent", "Parent id", "Custom field (Epic Link)"} {
		said := t.get(name)
		if said == "" {
			continue
		}
		if key := r.keys[said]; key != "" {
			return key
		}
		return said
	}
	return ""
}

// hang takes what hangs on an issue.
func (r *jira) hang(t *table, i *record.Item, d when) {
	for _, cell := range t.all("Comment") {
		i.Comments = append(i.Comments, jiraComment(cell, d))
	}
	for _, cell := range t.all("Attachment") {
		parts := strings.SplitN(cell, ";", 4)
		url := parts[len(parts)-1]
		name := "attachment"
		if len(parts) == 4 {
			name = parts[2]
		}
		if strings.HasPrefix(url, "http") {
			i.Links = append(i.Links, record.Link{URL: strings.ReplaceAll(url, " ", "%20"), Title: name})
		}
		i.Lost = append(i.Lost, "the file "+name+": its address is a link here")
	}
	for _, cell := range t.all("Log Work") {
		parts := strings.Split(cell, ";")
		if len(parts) < 4 {
			continue
		}
		seconds, _ := strconv.Atoi(strings.TrimSpace(parts[len(parts)-1]))
		at, _ := d.read(parts[len(parts)-3])
		i.Work = append(i.Work, record.Work{Author: jiraPerson(parts[len(parts)-2], ""), At: at.Time,
			Minutes: (seconds + 59) / 60, Text: strings.Join(parts[:len(parts)-3], ";")})
	}
	for _, column := range slices.Sorted(maps.Keys(t.head)) {
		way, kind := jiraLink(column)
		if way == "" {
			continue
		}
		for _, key := range t.all(column) {
			for _, one := range split(key, ",") {
				i.Relations = append(i.Relations, record.Relation{Kind: jiraRelation(kind, way), Key: one})
			}
		}
	}
}

// jiraLink is the direction and the kind of a column of links.
func jiraLink(column string) (way, kind string) {
	for _, w := range []string{"inward", "outward"} {
		if rest, ok := strings.CutPrefix(column, w+" issue link ("); ok {
			return w, strings.TrimSuffix(rest, ")")
		}
	}
	return "", ""
}

func jiraRelation(kind, way string) string {
	switch {
	case strings.Contains(kind, "block") && way == "outward":
		return "blocking"
	case strings.Contains(kind, "block"):
		return "blocked_by"
	case strings.Contains(kind, "duplicate"), strings.Contains(kind, "clone"):
		return "duplicate"
	}
	return "relates_to"
}

// jiraComment is a cell date;author;text.
func jiraComment(cell string, d when) record.Comment {
	at, rest, _ := strings.Cut(cell, ";")
	who, body, _ := strings.Cut(rest, ";")
	p, ok := d.read(at)
	if !ok {
		return record.Comment{Text: record.Text{Body: cell, Form: record.Wiki}}
	}
	return record.Comment{Key: strings.TrimSpace(at) + ";" + strings.TrimSpace(who), At: p.Time,
		Author: jiraPerson(who, ""), Text: record.Text{Body: body, Form: record.Wiki}}
}

// untaken tells once which columns are not taken.
func (r *jira) untaken(t *table) {
	if r.told {
		return
	}
	r.told = true
	var left []string
	for _, name := range t.names {
		low := strings.ToLower(name)
		way, _ := jiraLink(low)
		used := low == "" || jiraTaken[low] || way != ""
		for _, ignored := range jiraIgnored {
			used = used || strings.HasPrefix(low, ignored)
		}
		if !used && (len(left) == 0 || left[len(left)-1] != name) && len(left) < 50 {
			left = append(left, name)
		}
	}
	if len(left) > 0 {
		r.to.Note(record.Note{At: record.At{File: t.where.File}, Kind: record.Lost, Text: "columns that are not taken: " + strings.Join(left, ", ")})
	}
}

// cutLast cuts around the last separator.
func cutLast(s, by string) (before, after string, found bool) {
	i := strings.LastIndex(s, by)
	if i < 0 {
		return s, "", false
	}
	return s[:i], s[i+len(by):], true
}
