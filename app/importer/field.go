package importer

import (
	"encoding/json"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// field is one that an import may change later. want and here are its value in the source and here, as texts; put
// writes that of the source.
type field struct {
	name  string
	knows record.Known // 0: every source has it
	want  func(p *plan) string
	here  func(h *store.ImportedItem) string
	put   func(p *plan, h *store.ImportedItem) []string // the columns that it sets
}

var fields = []field{
	{name: "name", want: func(p *plan) string { return p.Title },
		here: func(h *store.ImportedItem) string { return h.Name },
		put: func(p *plan, h *store.ImportedItem) []string {
			h.Name = p.Title
			return []string{"name"}
		}},
	{name: "description", knows: record.KnowsText, want: func(p *plan) string { return p.html },
		here: func(h *store.ImportedItem) string { return h.DescriptionHTML },
		put: func(p *plan, h *store.ImportedItem) []string {
			text := richtext.Text(p.html)
			h.DescriptionHTML, h.DescriptionStripped, h.DescriptionBinary, h.DescriptionJSON = p.html, &text, nil, nil
			return []string{"description_html", "description_stripped", "description_binary", "description_json"}
		}},
	{name: "state", knows: record.KnowsState, want: func(p *plan) string {
		if p.state == nil {
			return ""
		}
		return p.state.ID
	}, here: func(h *store.ImportedItem) string { return given(h.StateID) },
		put: func(p *plan, h *store.ImportedItem) []string {
			if p.state == nil {
				return nil
			}
			h.StateID, h.CompletedAt = &p.state.ID, p.done
			return []string{"state_id", "completed_at"}
		}},
	{name: "priority", knows: record.KnowsPriority, want: func(p *plan) string { return p.priority },
		here: func(h *store.ImportedItem) string { return h.Priority },
		put: func(p *plan, h *store.ImportedItem) []string {
			h.Priority = p.priority
			return []string{"priority"}
		}},
	{name: "start_date", knows: record.KnowsStart, want: func(p *plan) string { return dayOf(date(p.Start)) },
		here: func(h *store.ImportedItem) string { return dayOf(h.StartDate) },
		put: func(p *plan, h *store.ImportedItem) []string {
			h.StartDate = date(p.Start)
			return []string{"start_date"}
		}},
	{name: "target_date", knows: record.KnowsTarget, want: func(p *plan) string { return dayOf(date(p.Target)) },
		here: func(h *store.ImportedItem) string { return dayOf(h.TargetDate) },
		put: func(p *plan, h *store.ImportedItem) []string {
			h.TargetDate = date(p.Target)
			return []string{"target_date"}
		}},
	{name: "archived_at", knows: record.KnowsArchived, want: func(p *plan) string { return dayOf(date(p.Archived)) },
		here: func(h *store.ImportedItem) string { return dayOf(h.ArchivedAt) },
		put: func(p *plan, h *store.ImportedItem) []string {
			h.ArchivedAt = date(p.Archived)
			return []string{"archived_at"}
		}},
	{name: "assignees", knows: record.KnowsAssignees, want: func(p *plan) string { return strings.Join(p.assignees, " ") },
		here: func(h *store.ImportedItem) string { return strings.Join(h.Assignees, " ") }},
	{name: "labels", knows: record.KnowsLabels, want: func(p *plan) string { return strings.Join(p.labels, " ") },
		here: func(h *store.ImportedItem) string { return strings.Join(h.Labels, " ") }},
	{name: "cycle", knows: record.KnowsCycle, want: func(p *plan) string { return p.cycle },
		here: func(h *store.ImportedItem) string { return h.Cycle }},
	{name: "modules", knows: record.KnowsModules, want: func(p *plan) string { return strings.Join(p.modules, " ") },
		here: func(h *store.ImportedItem) string { return strings.Join(h.Modules, " ") }},
}

func given(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

func dayOf(d *store.Date) string {
	if d == nil {
		return ""
	}
	return string(*d)
}

// taken are marks of the fields as they were taken, by name.
type taken map[string]string

func readTaken(s string) taken {
	m := taken{}
	if json.Unmarshal([]byte(s), &m) != nil || m == nil {
		return taken{}
	}
	return m
}

func (m taken) text() string {
	doc, _ := json.Marshal(m) // texts always encode
	return string(doc)
}

// take marks all fields that the source has.
func take(p *plan) taken {
	m := taken{}
	for _, f := range fields {
		if value := f.want(p); value != "" && (f.knows == 0 || p.Known&f.knows != 0) {
			m[f.name] = markOfValue(value)
		}
	}
	return m
}

// markOfValue is the mark of a value; nothing is marked by nothing.
func markOfValue(value string) string {
	if value == "" {
		return ""
	}
	return stamp(value)[:8]
}

// difference is what a work item has otherwise than the source: what is to be changed, and what people changed here so
// that it stays.
type difference struct {
	change []field
	kept   []string
	marks  taken
	moved  bool // the marks are others than they were
}

func compare(p *plan, h *store.ImportedItem, before taken) difference {
	d := difference{marks: taken{}}
	for name, m := range before {
		d.marks[name] = m
	}
	for _, f := range fields {
		if f.knows != 0 && p.Known&f.knows == 0 {
			continue
		}
		want, was := markOfValue(f.want(p)), before[f.name]
		if want == was {
			continue
		}
		switch here := markOfValue(f.here(h)); {
		case here == want:
		case here == was:
			d.change = append(d.change, f)
		default:
			d.kept = append(d.kept, f.name)
			continue
		}
		d.moved = true
		d.marks[f.name] = want
		if want == "" {
			delete(d.marks, f.name)
		}
	}
	slices.Sort(d.kept)
	return d
}
