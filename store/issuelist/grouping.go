package issuelist

import (
	"slices"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/outline"
)

// values gives the numbers of the groups that a candidate is in at one level.
type values func(c *candidate, into []int32) []int32

// fromIndex puts the list into groups by its outlines; false when that can't be.
func (s *sorting) fromIndex(t *store.Tx) (bool, error) {
	if slices.ContainsFunc(s.by, func(g GroupField) bool { return !g.indexable() }) {
		return false, nil
	}
	return s.q.fromIndex(t, func(r *indexed) error {
		list := r.sorted()
		var levels [2]values
		for n, g := range s.by {
			levels[n] = s.levels[n].values(r, g)
		}
		var c candidate
		var e entry
		s.ties = map[string]rowLinks{}
		id := func() string {
			id := c.item.ID.String()
			if _, ok := s.ties[id]; !ok {
				s.ties[id] = r.linksOf(&c)
			}
			return id
		}
		var top, sub []int32
		for n := 0; n < len(list); s.place(id) {
			e = list[n]
			c.outline, c.item = r.outlines[e.o], r.item(e)
			c.ties = c.outline.Links(c.item)
			top, sub = levels[0](&c, top[:0]), append(sub[:0], 0)
			if levels[1] != nil {
				sub = levels[1](&c, sub[:0])
			}
			for ; n < len(list) && list[n] == e; n++ {
				s.collect(top, sub)
			}
		}
		return nil
	})
}

// collect takes an appearance of a work item in all of its groups.
func (s *sorting) collect(top, sub []int32) {
	for _, group := range top {
		for _, below := range sub {
			s.appear(pair{group, below})
		}
	}
}

// indexable says whether outlines know the field.
func (g GroupField) indexable() bool {
	switch g.Name {
	case "state_id", "state__group", "priority", "labels__id", "assignees__id", "issue_module__module_id", "cycle_id",
		"project_id", "target_date", "start_date", "created_by":
		return true
	}
	return false
}

// values returns how a level finds the groups of a work item.
func (l *level) values(r *indexed, g GroupField) values {
	switch g.Name {
	case "state_id":
		return l.byRef(r, func(id string) string { return id }, func(i *outline.Issue) outline.Ref { return i.State })
	case "state__group":
		return l.byRef(r, r.q.States.Group, func(i *outline.Issue) outline.Ref { return i.State })
	case "created_by":
		return l.byRef(r, func(id string) string { return id }, func(i *outline.Issue) outline.Ref { return i.CreatedBy })
	case "priority":
		return func(c *candidate, into []int32) []int32 {
			return append(into, l.number(outline.Priorities[min(int(c.item.Priority), len(outline.Priorities)-1)]))
		}
	case "project_id":
		return func(c *candidate, into []int32) []int32 { return append(into, l.number(c.outline.Project)) }
	case "target_date":
		return l.byDay(func(i *outline.Issue) int32 { return i.Target })
	case "start_date":
		return l.byDay(func(i *outline.Issue) int32 { return i.Start })
	case "cycle_id":
		return l.byLink(r, outline.Cycles, true)
	}
	kind, _ := kindOf(g.relation)
	return l.byLink(r, kind, false)
}

// numbered remembers the numbers of the keys of refs.
func (l *level) numbered(r *indexed, key func(id string) string) func(ref outline.Ref) int32 {
	known := make([]int32, r.names.Len())
	return func(ref outline.Ref) int32 {
		if known[ref] == 0 {
			text := None
			if ref != 0 {
				text = key(r.names.ID(ref))
			}
			known[ref] = l.number(text) + 1
		}
		return known[ref] - 1
	}
}

func (l *level) byRef(r *indexed, key func(id string) string, of func(i *outline.Issue) outline.Ref) values {
	number := l.numbered(r, key)
	return func(c *candidate, into []int32) []int32 { return append(into, number(of(c.item))) }
}

func (l *level) byDay(of func(i *outline.Issue) int32) values {
	known := map[int32]int32{}
	return func(c *candidate, into []int32) []int32 {
		day := of(c.item)
		n, ok := known[day]
		if !ok {
			text := None
			if day != outline.None {
				text = outline.DayText(day)
			}
			n = l.number(text)
			known[day] = n
		}
		return append(into, n)
	}
}

// byLink: without ties a work item is in the group of those without; when all of its ties were taken away it is in
// none. Where it can have one only, it is without once that was taken away.
func (l *level) byLink(r *indexed, kind outline.Kind, single bool) values {
	number := l.numbered(r, func(id string) string { return id })
	return func(c *candidate, into []int32) []int32 {
		before, any := len(into), false
		for _, t := range c.ties {
			if t.Kind() != kind {
				continue
			}
			any = true
			if !t.Removed() {
				into = append(into, number(t.Ref()))
				if single {
					return into
				}
			}
		}
		if len(into) == before && (!any || single) {
			into = append(into, number(0))
		}
		return into
	}
}
