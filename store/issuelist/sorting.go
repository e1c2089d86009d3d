package issuelist

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/store"
)

// sorting puts a list into groups. The list is read once, in order, as ids and the values they are grouped by; the rows
// of what a page shows are read afterwards.
type sorting struct {
	q      Query
	by     []GroupField
	window Window

	levels [2]level
	parts  [][]*part // by group and sub-group; nil where nothing is
	tops   []int     // how many work items each group has
	total  int
	count  int
	more   bool
	ties   map[string]rowLinks // of what a page shows, by id; nil if they are not known
	item   string              // whose appearances are being collected: they follow one another
	run    []pair
}

// level numbers the keys of the groups, or of the sub-groups.
type level struct {
	keys    []string
	numbers map[string]int32
}

func (l *level) number(key string) int32 {
	n, ok := l.numbers[key]
	if !ok {
		if l.numbers == nil {
			l.numbers = map[string]int32{}
		}
		n = int32(len(l.keys))
		l.numbers[key], l.keys = n, append(l.keys, key)
	}
	return n
}

// pair is the numbers of a group and a sub-group.
type pair struct{ group, sub int32 }

type part struct {
	places int // positions given out
	items  int
	page   []string // ids
}

func newSorting(by []GroupField, w Window, q Query) *sorting {
	return &sorting{q: q, by: by, window: w}
}

// The list crosses over from the database as one text: a row of its own for every work item would cost more than
// finding it.
const (
	betweenValues = "\x1f"
	betweenItems  = "\x1e"
)

// sort reads the whole list to put it into groups, and then the page's rows.
func (s *sorting) sort(t *store.Tx) (map[string]*Row, error) {
	b := s.q.builder(t)
	s.ordered(b)
	var whole *string
	if err := t.One(b.sql.String(), b.args, null{&whole}); err != nil {
		return nil, fmt.Errorf("sort work items into groups: %w", err)
	}
	rest := ""
	if whole != nil {
		rest = *whole
	}
	for rest != "" {
		var item string
		item, rest, _ = strings.Cut(rest, betweenItems)
		id, values, _ := strings.Cut(item, betweenValues)
		value, sub, _ := strings.Cut(values, betweenValues)
		s.add(id, s.pair(value, sub))
	}
	s.place(s.current)
	return s.q.byID(t, s.wanted(), nil)
}

// ordered asks for the ids in order, each with the values it is grouped by.
func (s *sorting) ordered(b *builder) {
	list := "string_agg(x, CAST(? AS TEXT))"
	if !b.postgres {
		list = "CAST(" + list + " AS BLOB)"
	}
	b.text("SELECT " + list + " FROM (SELECT CAST(i.id AS TEXT)")
	b.args = append(b.args, betweenItems)
	joins, where := "", ""
	for n, g := range s.by {
		expr := g.expr
		if g.Many() {
			alias := fmt.Sprintf("g%d", n)
			expr = alias + "." + g.expr
			joins += " LEFT JOIN " + g.relation.table + " " + alias + " ON " + alias + ".issue_id = i.id"
			where += " AND " + alias + ".deleted_at IS NULL"
		}
		b.text(" || CAST(? AS TEXT) || COALESCE(CAST(" + expr + " AS TEXT), '')")
		b.args = append(b.args, betweenValues)
	}
	b.text(" AS x")
	s.q.fromWith(b, joins, where)
	s.q.Order.write(b)
	b.text(") ordered")
}

// pair is where a work item with such values belongs.
func (s *sorting) pair(value, sub string) pair {
	return pair{s.levels[0].number(s.key(0, value)), s.levels[1].number(s.key(1, sub))}
}

func (s *sorting) key(n int, value string) string {
	if n >= len(s.by) {
		return ""
	}
	return s.by[n].keyOf(s.q.States, value)
}

// values gives the numbers of the groups that a candidate is in at one level.
type values func(c *candidate, into []int32) []int32

// fromIndex puts the list into groups by its outlines; false when that can't be.
func (s *sorting) fromIndex(t *store.Tx) (bool, error) {
	if slices.ContainsFunc(s.by, func(g GroupField) bool { return g.values == nil }) {
		return false, nil
	}
	return s.q.fromIndex(t, func(r *indexed) error {
		list := r.sorted()
		var levels [2]values
		for n, g := range s.by {
			levels[n] = g.values(&s.levels[n], r, g)
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

// add takes the next appearance of a work item.
func (s *sorting) add(id string, p pair) {
	if id != s.item {
		s.place(s.current)
		s.item = id
	}
	s.appear(p)
}

func (s *sorting) current() string { return s.item }

func (s *sorting) appear(p pair) {
	if s.q.Each || !slices.Contains(s.run, p) {
		s.run = append(s.run, p)
	}
}

// place gives the work item its positions. Where lists are distinct the reference counts each of its positions once.
func (s *sorting) place(id func() string) {
	var seen, shown []int
	for n, p := range s.run {
		x := s.part(p)
		x.places++
		if !slices.Contains(s.run[:n], p) {
			x.items++
		}
		if !slices.ContainsFunc(s.run[:n], func(o pair) bool { return o.group == p.group }) {
			s.addTop(p.group, 1)
		}
		if s.q.Each || !slices.Contains(seen, x.places) {
			seen = append(seen, x.places)
			s.total++
		}
		switch {
		case s.window.has(x.places):
			x.page = append(x.page, id())
			if s.q.Each || !slices.Contains(shown, x.places) {
				shown = append(shown, x.places)
				s.count++
			}
		case x.places > s.window.Last:
			s.more = true
		}
	}
	s.run = s.run[:0]
}

// part is where a pair's work items are counted; it is made when it is first asked for.
func (s *sorting) part(p pair) *part {
	for len(s.parts) <= int(p.group) {
		s.parts = append(s.parts, nil)
	}
	row := &s.parts[p.group]
	for len(*row) <= int(p.sub) {
		*row = append(*row, nil)
	}
	x := (*row)[p.sub]
	if x == nil {
		x = &part{}
		(*row)[p.sub] = x
	}
	return x
}

// each hands over the parts that something is in.
func (s *sorting) each(do func(p pair, x *part)) {
	for group, row := range s.parts {
		for sub, x := range row {
			if x != nil {
				do(pair{int32(group), int32(sub)}, x)
			}
		}
	}
}

func (s *sorting) addTop(group int32, items int) {
	for len(s.tops) <= int(group) {
		s.tops = append(s.tops, 0)
	}
	s.tops[group] += items
}

// wanted are the ids of the page's work items, each once.
func (s *sorting) wanted() []string {
	var list []string
	s.each(func(_ pair, x *part) { list = append(list, x.page...) })
	slices.Sort(list)
	return slices.Compact(list)
}

func (s *sorting) board(keys []string, rows map[string]*Row) Board {
	board := Board{Total: s.total, Count: s.count, More: s.more}
	for _, n := range s.tops {
		board.Largest = max(board.Largest, n)
	}
	if s.count == 0 {
		board.Largest = 0
		return board
	}
	top := s.by[0]
	if !top.listed {
		for n, items := range s.tops {
			if items > 0 { // a work item may have the value and yet be in no group below it
				keys = append(keys, s.levels[0].keys[n])
			}
		}
		slices.Sort(keys)
	}
	if len(s.by) == 1 && top.Many() {
		keys = nil // only what the page shows
		s.each(func(p pair, x *part) {
			if len(x.page) > 0 {
				keys = append(keys, s.levels[0].keys[p.group])
			}
		})
		slices.Sort(keys)
	}
	for _, key := range keys {
		board.Groups = append(board.Groups, s.group(key, rows))
	}
	return board
}

func (s *sorting) group(key string, rows map[string]*Row) Group {
	g := Group{Key: key}
	number, ok := s.levels[0].numbers[key]
	if !ok || int(number) >= len(s.tops) {
		return g
	}
	g.Total = s.tops[number]
	if len(s.by) == 1 {
		g.Rows = pick(s.part(pair{group: number}), rows)
		return g
	}
	for sub, x := range s.parts[number] {
		if x != nil {
			g.Sub = append(g.Sub, Group{Key: s.levels[1].keys[sub], Total: x.items, Rows: pick(x, rows)})
		}
	}
	slices.SortFunc(g.Sub, func(x, y Group) int { return cmp.Compare(x.Key, y.Key) })
	return g
}

func pick(x *part, rows map[string]*Row) []*Row {
	list := make([]*Row, 0, len(x.page))
	for _, id := range x.page {
		if r := rows[id]; r != nil { // else deleted meanwhile
			list = append(list, r)
		}
	}
	return list
}

// NewWindow is the reference's part of a group: page size by number, where size is the cursor's and limit stands in for
// 0.
func NewWindow(page int, size float64, limit int) Window {
	offset := float64(page) * size
	if size == 0 {
		size = float64(limit)
	}
	return Window{int(math.Floor(offset)) + 1, int(math.Ceil(offset+size+1)) - 1}
}
