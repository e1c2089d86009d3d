package issuelist

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Order is how a list is sorted. Ties are always newest first.
type Order struct {
	key   string
	desc  bool
	byAge bool // the key is created_at itself
	nulls bool // what has no value is the largest, instead of the last either way
	feed  bool // as programs read it: see FeedOrder
}

// orderKey is one thing to sort by.
type orderKey struct {
	expr     string
	nullable bool
	rank     []string                 // the expression's texts in their order, instead of by alphabet
	byState  func(x, y StateInfo) int // by the states that the list may have, instead of an expression
}

var (
	priorities  = []string{"none", "low", "medium", "high", "urgent"}
	stateGroups = []string{"backlog", "unstarted", "started", "completed", "cancelled"}
)

func smallest(column, table, on string) string {
	return "(SELECT MIN(" + column + ") FROM " + table + " WHERE " + on + ")"
}

// orderKeys are the keys that a list can be sorted by. The names are the reference's, paths through its models.
var orderKeys = map[string]orderKey{
	"created_at":   {expr: "i.created_at"},
	"updated_at":   {expr: "i.updated_at"},
	"name":         {expr: "i.name"},
	"sort_order":   {expr: "i.sort_order"},
	"sequence_id":  {expr: "i.sequence_id"},
	"is_draft":     {expr: "i.is_draft"},
	"start_date":   {expr: "i.start_date", nullable: true},
	"target_date":  {expr: "i.target_date", nullable: true},
	"completed_at": {expr: "i.completed_at", nullable: true},
	"archived_at":  {expr: "i.archived_at", nullable: true},
	"point":        {expr: "i.point", nullable: true},
	"priority":     {expr: "i.priority", rank: priorities},
	"id":           {expr: "i.id"},
	"state__group": {byState: func(x, y StateInfo) int {
		return slices.Index(stateGroups, x.Group) - slices.Index(stateGroups, y.Group)
	}},
	"state__name":  {byState: func(x, y StateInfo) int { return strings.Compare(x.Name, y.Name) }},
	"labels__name": {nullable: true, expr: smallest("n.name", "issue_labels r JOIN labels n ON n.id = r.label_id", "r.issue_id = i.id")},
	"assignees__first_name": {nullable: true,
		expr: smallest("n.first_name", "issue_assignees r JOIN users n ON n.id = r.assignee_id", "r.issue_id = i.id")},
	"issue_module__module__name": {nullable: true,
		expr: smallest("n.name", "module_issues r JOIN modules n ON n.id = r.module_id", "r.issue_id = i.id")},
	"issue_cycle__cycle__name": {nullable: true,
		expr: smallest("n.name", "cycle_issues r JOIN cycles n ON n.id = r.cycle_id", "r.issue_id = i.id")},
	"estimate_point__value": {expr: "(SELECT e.value FROM estimate_points e WHERE e.id = i.estimate_point_id)", nullable: true},
	"estimate_point__key":   {expr: "(SELECT e.\"key\" FROM estimate_points e WHERE e.id = i.estimate_point_id)", nullable: true},
	"created_by__first_name": {nullable: true,
		expr: "(SELECT u.first_name FROM users u WHERE u.id = i.created_by_id)"},
	"link_count":       {expr: "NULLIF(" + linkCount + ", 0)", nullable: true},
	"attachment_count": {expr: "NULLIF(" + attachmentCount + ", 0)", nullable: true},
	"sub_issues_count": {expr: "NULLIF(" + subIssueCount + ", 0)", nullable: true},
}

// OrderNames are the values that order_by takes.
func OrderNames() []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(orderKeys)) {
		names = append(names, key, "-"+key)
	}
	return names
}

// ParseOrder reads order_by; false when there is no such key. Two keys do not turn round as one would think, as in the
// reference: priority is from none to urgent, and state__group the same both ways.
func ParseOrder(by string) (Order, bool) {
	key, desc := strings.CutPrefix(by, "-")
	if _, ok := orderKeys[key]; !ok {
		return Order{}, false
	}
	if key == "state__group" {
		desc = false
	}
	return Order{key: key, desc: desc, byAge: key == "created_at"}, true
}

// FeedOrder is the order of programs' lists (store.FeedOrder) over outlines; no statement can be made of it. Ties come oldest
// first, priority begins with urgent, several names count by the largest, and states come by their groups only.
func FeedOrder(by string) Order {
	key, desc := strings.CutPrefix(by, "-")
	return Order{key: key, desc: desc, byAge: key == "created_at", feed: true}
}

// Reverse is the order the other way round.
func (o Order) Reverse() Order { o.desc = !o.desc; return o }

// NullsLargest is the order with work items that have no value where the largest are, instead of last either way.
func (o Order) NullsLargest() Order { o.nulls = true; return o }

// write ends a statement with its order. Ids settle what the times leave open, so that pages never overlap.
func (o Order) write(b *builder) {
	k := orderKeys[o.key]
	b.text(" ORDER BY ")
	if k.byState != nil {
		b.states.order(b, k.byState)
	} else if len(k.rank) > 0 {
		b.text("CASE " + k.expr)
		for i, v := range k.rank {
			b.text(" WHEN '" + v + "' THEN " + string(rune('0'+i)))
		}
		b.text(" ELSE 9 END")
	} else {
		b.text(collated(b, o.key, k.expr))
	}
	if o.desc {
		b.text(" DESC")
	}
	switch {
	case k.nullable && o.nulls && o.desc:
		b.text(" NULLS FIRST")
	case k.nullable:
		b.text(" NULLS LAST")
	}
	if o.byAge && !o.desc {
		b.text(", i.id")
		return
	}
	if !o.byAge {
		b.text(", i.created_at DESC")
	}
	b.text(", i.id DESC")
}

// smallestName is how the expression for the first of several names begins.
const smallestName = "(SELECT MIN(n.name)"

// order writes the position of the work item's state; equal states share one.
func (ss States) order(b *builder, compare func(x, y StateInfo) int) {
	sorted := slices.SortedFunc(slices.Values(ss), compare)
	if len(sorted) == 0 {
		b.text("CAST(NULL AS INTEGER)")
		return
	}
	b.text("CASE i.state_id")
	position := 0
	for n, s := range sorted {
		if n > 0 && compare(sorted[n-1], s) != 0 {
			position++
		}
		b.text(" WHEN ")
		b.arg(s.ID)
		b.text(" THEN " + strconv.Itoa(position))
	}
	b.text(" ELSE " + strconv.Itoa(position+1) + " END")
}

// collated keeps Postgres from sorting names by language, which SQLite can't, so that both engines agree.
func collated(b *builder, key, expr string) string {
	if b.postgres && strings.HasPrefix(expr, smallestName) { // which one is the smallest depends on the language, too
		return strings.Replace(expr, smallestName, strings.TrimSuffix(smallestName, ")")+` COLLATE "C")`, 1)
	}
	if b.postgres && (key == "name" || strings.HasSuffix(key, "name") || key == "estimate_point__value") {
		return expr + ` COLLATE "C"`
	}
	return expr
}
