package reader

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app/importer/record"
)

// linearGroup is the group of an issue's state: the dates tell it, and for what is open the name.
func linearGroup(t *table) string {
	switch {
	case t.get("Canceled") != "", strings.EqualFold(t.get("Status"), "Duplicate"):
		return "cancelled"
	case t.get("Completed") != "":
		return "completed"
	}
	if group := record.GroupOf(t.get("Status")); group != "completed" && group != "cancelled" {
		return group
	}
	return ""
}

// Linear reads the table that Linear exports, whatever columns it has: they are found by their names.
func Linear(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	d := dates{order: "mdy", zone: m.Zone()}
	return rows(ctx, s, m, to, hasAll("ID", "Team", "Title", "Status"), func(t *table) error {
		i := &record.Item{At: t.where, Key: t.get("ID"), Title: t.get("Title"),
			Project: record.Project{Key: t.get("Team"), Name: t.get("Team")},
			Text:    record.Text{Body: t.get("Description"), Form: record.Markdown},
			State:   record.State{Name: t.get("Status"), Group: linearGroup(t)}, Priority: t.get("Priority"),
			Author: personOf(t.get("Creator")), Labels: labelsOf(t.all("Labels"), ","), Parent: t.get("Parent issue"),
			Known: record.KnowsText | record.KnowsState | record.KnowsPriority | record.KnowsTarget | record.KnowsStart |
				record.KnowsAssignees | record.KnowsLabels | record.KnowsModules | record.KnowsCycle | record.KnowsArchived}
		if _, number, ok := cutLast(i.Key, "-"); ok {
			i.Number, _ = strconv.Atoi(number)
		}
		w := when{d, i}
		i.Created, i.Updated, i.Completed = w.at("Created", t.get("Created")), w.at("Updated", t.get("Updated")),
			w.at("Completed", t.get("Completed"))
		i.Start, i.Archived = w.on("Started", t.get("Started")), w.on("Archived", t.get("Archived"))
		i.Target = nextMidnight(w.parsed("Due Date", t.get("Due Date")))
		if who := personOf(t.get("Assignee")); !who.None() {
			i.Assignees = []record.Person{who}
		}
		if project := t.get("Project"); project != "" {
			i.Modules = []string{project}
		}
		if name := t.get("Cycle Name"); name != "" || t.get("Cycle Number") != "" {
			if name == "" {
				name = "Cycle " + t.get("Cycle Number")
			}
			i.Cycle = record.Cycle{Name: name, Start: w.on("Cycle Start", t.get("Cycle Start")),
				End: w.on("Cycle End", t.get("Cycle End"))}
		}
		for column, kind := range map[string]string{"Related to": "relates_to", "Blocked by": "blocked_by",
			"Duplicate of": "duplicate"} {
			for _, key := range split(t.get(column), ",") {
				i.Relations = append(i.Relations, record.Relation{Kind: kind, Key: key})
			}
		}
		sortRelations(i)
		for _, column := range []string{"Estimate", "Initiatives", "Project Milestone"} {
			if v := t.get(column); v != "" {
				i.Lost = append(i.Lost, column+": "+v)
			}
		}
		return to.Item(i)
	})
}

// nextMidnight is the day of a due date that is written as local midnight in UTC: east of Greenwich that is in the
// evening of the day before.
func nextMidnight(p parsed) string {
	if p.IsZero() {
		return ""
	}
	if at := p.UTC(); !p.day && at.Hour() >= 12 {
		return at.Add(12 * time.Hour).Format(time.DateOnly)
	}
	return p.UTC().Format(time.DateOnly)
}

// Asana reads the table that Asana exports: parents by their names, tags in one cell.
func Asana(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	isHead := hasAll("Task ID", "Name", "Section/Column")
	var g guess
	ids, twice := map[string]string{}, map[string]bool{}
	err := rows(ctx, s, m, quiet{}, isHead, func(t *table) error {
		for _, name := range []string{"Created At", "Completed At", "Last Modified", "Start Date", "Due Date"} {
			g.see(t.get(name))
		}
		name := strings.Clone(t.get("Name")) // a cell would keep its row in memory
		twice[name] = ids[name] != ""
		ids[name] = strings.Clone(t.get("Task ID"))
		return nil
	})
	if err != nil {
		return err
	}
	d, err := g.decide(m)
	if err != nil {
		return err
	}
	return rows(ctx, s, m, to, isHead, func(t *table) error {
		i := &record.Item{At: t.where, Key: t.get("Task ID"), Title: t.get("Name"),
			Text:   record.Text{Body: t.get("Notes")},
			State:  record.State{Name: t.get("Section/Column")},
			Labels: labelsOf(t.all("Tags"), ","),
			Known: record.KnowsText | record.KnowsState | record.KnowsStart | record.KnowsTarget | record.KnowsAssignees |
				record.KnowsLabels}
		projects := split(t.get("Projects"), ",")
		if len(projects) > 0 {
			i.Project = record.Project{Key: projects[0], Name: projects[0]}
		}
		if len(projects) > 1 {
			i.Lost = append(i.Lost, "it is in several projects: it is in "+projects[0]+" here")
		}
		w := when{d, i}
		i.Created, i.Updated, i.Completed = w.at("Created At", t.get("Created At")),
			w.at("Last Modified", t.get("Last Modified")), w.at("Completed At", t.get("Completed At"))
		i.Start, i.Target = w.on("Start Date", t.get("Start Date")), w.on("Due Date", t.get("Due Date"))
		if !i.Completed.IsZero() {
			i.State = record.State{Group: "completed"}
		}
		if who := (record.Person{Name: t.get("Assignee"), Email: t.get("Assignee Email")}); !who.None() {
			i.Assignees = []record.Person{who}
		}
		if parent := t.get("Parent task"); parent != "" {
			if i.Parent = ids[parent]; i.Parent == "" {
				i.Lost = append(i.Lost, "its parent "+parent+" is not in the file")
			} else if twice[parent] {
				i.Lost = append(i.Lost, "its parent: several tasks are called "+parent+"; the last one is taken")
			}
		}
		for column, kind := range map[string]string{"Blocked By (Dependencies)": "blocked_by", "Blocking (Dependencies)": "blocking"} {
			for _, name := range split(t.get(column), ",") {
				if id := ids[name]; id != "" {
					i.Relations = append(i.Relations, record.Relation{Kind: kind, Key: id})
				}
			}
		}
		sortRelations(i)
		return to.Item(i)
	})
}
