package reader

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app/importer/record"
)

func sortRelations(i *record.Item) {
	slices.SortFunc(i.Relations, func(a, b record.Relation) int {
		return cmp.Or(strings.Compare(a.Kind, b.Kind), strings.Compare(a.Key, b.Key))
	})
}

// fileProject is the project of a file that names none: that of its own name.
func fileProject(name string) record.Project {
	name, _, _ = cutLast(name, ".")
	return record.Project{Key: name, Name: name}
}

// todoistPriority: in the table 1 is the highest.
var todoistPriority = map[string]string{"1": "urgent", "2": "high", "3": "medium", "4": "none"}

// Todoist reads a project of Todoist that was exported as a template: notes are rows below their task, labels are in
// the titles, dates in words.
func Todoist(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	r := &todoist{to: to, dates: dates{order: "mdy", zone: m.Zone()}, project: fileProject(s.Name()),
		seen: map[string]int{}}
	if err := rows(ctx, s, m, to, hasAll("TYPE", "CONTENT", "INDENT"), r.row); err != nil {
		return err
	}
	return r.flush()
}

type todoist struct {
	to      record.Sink
	dates   dates
	project record.Project
	section string
	seen    map[string]int
	above   []string // keys by indent
	item    *record.Item
}

func (r *todoist) flush() error {
	i := r.item
	r.item = nil
	if i == nil {
		return nil
	}
	return r.to.Item(i)
}

func (r *todoist) row(t *table) error {
	switch kind := strings.ToLower(t.get("TYPE")); kind {
	case "note":
		if r.item == nil {
			r.to.Note(record.Note{At: t.where, Kind: record.Unread, Text: "a note without a task"})
			return nil
		}
		r.item.Comments = append(r.item.Comments, record.Comment{Key: strconv.Itoa(len(r.item.Comments) + 1),
			Author: todoistPerson(t.get("AUTHOR")), Text: record.Text{Body: t.get("CONTENT"), Form: record.Markdown}})
	case "section":
		r.section, r.above = t.get("CONTENT"), nil
	case "task":
		if err := r.flush(); err != nil {
			return err
		}
		r.task(t)
	case "meta", "":
	default:
		r.to.Note(record.Note{At: t.where, Kind: record.Unread, Text: "there is no type " + kind + " of row"})
	}
	return nil
}

func (r *todoist) task(t *table) {
	i := &record.Item{At: t.where, Project: r.project, Priority: todoistPriority[t.get("PRIORITY")],
		Text:   record.Text{Body: t.get("DESCRIPTION"), Form: record.Markdown},
		Author: todoistPerson(t.get("AUTHOR")), State: record.State{Name: r.section},
		Known: record.KnowsText | record.KnowsState | record.KnowsPriority | record.KnowsTarget | record.KnowsAssignees |
			record.KnowsLabels}
	var title []string
	for _, word := range strings.Fields(t.get("CONTENT")) {
		if name, ok := strings.CutPrefix(word, "@"); ok && name != "" {
			i.Labels = append(i.Labels, record.Label{Name: name})
		} else {
			title = append(title, word)
		}
	}
	if i.Title = strings.Join(title, " "); i.Title != "" {
		i.Key = titleKey(r.section+"\x00"+i.Title, r.seen)
	}
	if who := todoistPerson(t.get("RESPONSIBLE")); !who.None() {
		i.Assignees = []record.Person{who}
	}
	for _, column := range []string{"DEADLINE", "DATE"} {
		said := t.get(column)
		if p, ok := r.dates.read(said); ok && i.Target == "" {
			i.Target = p.Format(time.DateOnly)
		} else if said != "" {
			i.Lost = append(i.Lost, fmt.Sprintf("%s: %.60q", column, said))
		}
	}
	level, _ := strconv.Atoi(t.get("INDENT"))
	level = min(max(level, 1), 20)
	for len(r.above) < level {
		r.above = append(r.above, "")
	}
	r.above = r.above[:level]
	if level > 1 {
		i.Parent = r.above[level-2]
	}
	r.above[level-1] = i.Key
	r.item = i
}

// todoistPerson is somebody written as Name (number).
func todoistPerson(s string) record.Person {
	name, number, ok := cutLast(strings.TrimSpace(s), " (")
	if !ok {
		return personOf(s)
	}
	return record.Person{Name: name, Key: strings.TrimSuffix(number, ")")}
}

// TickTick reads the backup that TickTick writes: a table below some lines.
func TickTick(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	d := dates{order: "ymd", zone: m.Zone()}
	priorities := map[string]string{"0": "none", "1": "low", "3": "medium", "5": "high"}
	return rows(ctx, s, m, to, hasAll("List Name", "Title", "taskId"), func(t *table) error {
		list := cmp.Or(t.get("List Name"), "Inbox")
		i := &record.Item{At: t.where, Key: t.get("taskId"), Title: t.get("Title"), Parent: t.get("parentId"),
			Project: record.Project{Key: list, Name: list}, Text: record.Text{Body: t.get("Content"), Form: record.Markdown},
			State: record.State{Name: t.get("Column Name")}, Labels: labelsOf(t.all("Tags"), ","),
			Priority: priorities[t.get("Priority")],
			Known: record.KnowsText | record.KnowsState | record.KnowsPriority | record.KnowsStart | record.KnowsTarget |
				record.KnowsLabels}
		zoned := d
		if zone, err := time.LoadLocation(t.get("Timezone")); err == nil && t.get("Timezone") != "" {
			zoned.zone = zone
		}
		w := when{zoned, i}
		i.Created, i.Completed = w.at("Created Time", t.get("Created Time")), w.at("Completed Time", t.get("Completed Time"))
		i.Start, i.Target = w.on("Start Date", t.get("Start Date")), w.on("Due Date", t.get("Due Date"))
		i.Updated = i.Completed
		if status := t.get("Status"); status != "" && status != "0" {
			i.State = record.State{Group: "completed"}
		}
		if repeat := t.get("Repeat"); repeat != "" {
			i.Lost = append(i.Lost, "it recurs: "+repeat)
		}
		return to.Item(i)
	})
}
