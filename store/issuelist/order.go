package issuelist

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/store/outline"
)

// Order is how a list is sorted. Ties are newest first, in lists of the public API oldest first.
type Order struct {
	key    string
	desc   bool
	byAge  bool // the key is created_at itself
	nulls  bool // what has no value is the largest, instead of the last either way
	public bool // see ParsePublicOrder

	property *propertyOrder // instead of a key
}

// orderKey is one thing to sort by: how a statement does it, and how a list over outlines does; what outlines don't
// know has no second form.
type orderKey struct {
	expr     string
	name     bool     // it is a text that people chose
	nullable bool     // some work items have none
	rank     []string // the expression's texts in their order, instead of by alphabet
	value    func(i *outline.Issue) (uint64, bool)

	byState func(x, y StateInfo) int // instead of an expression: by the states that the list may have, both ways
	named   *named                   // instead of an expression: by names, both ways
	valued  *propertyOrder           // instead of an expression: by a property, both ways
}

// named is the name of something that is tied to a work item, or that it refers to.
type named struct {
	table, column string
	relation      Relation                           // one of several counts: the smallest, in the public API the largest
	field         Field                              // instead of a relation
	of            func(i *outline.Issue) outline.Ref // the field's
}

var (
	priorities  = []string{"none", "low", "medium", "high", "urgent"}
	urgentFirst = []string{"urgent", "high", "medium", "low", "none"}
	stateGroups = []string{"backlog", "unstarted", "started", "completed", "cancelled"}
)

func byGroup(x, y StateInfo) int {
	return slices.Index(stateGroups, x.Group) - slices.Index(stateGroups, y.Group)
}

var (
	createdAt = orderKey{expr: "i.created_at",
		value: func(i *outline.Issue) (uint64, bool) { return sortable(i.Created), true }}
	updatedAt = orderKey{expr: "i.updated_at",
		value: func(i *outline.Issue) (uint64, bool) { return sortable(i.Updated), true }}
	sortOrder = orderKey{expr: "i.sort_order",
		value: func(i *outline.Issue) (uint64, bool) { return sortableFloat(i.SortOrder), true }}
	sequence = orderKey{expr: "i.sequence_id",
		value: func(i *outline.Issue) (uint64, bool) { return sortable(int64(i.Sequence)), true }}
	startDate = orderKey{expr: "i.start_date", nullable: true,
		value: func(i *outline.Issue) (uint64, bool) { return sortable(int64(i.Start)), i.Start != outline.None }}
	targetDate = orderKey{expr: "i.target_date", nullable: true,
		value: func(i *outline.Issue) (uint64, bool) { return sortable(int64(i.Target)), i.Target != outline.None }}
	completedAt = orderKey{expr: "i.completed_at", nullable: true,
		value: func(i *outline.Issue) (uint64, bool) { return sortable(i.Completed), i.Completed != outline.None }}
	labelName = orderKey{nullable: true, named: &named{table: "labels", column: "name", relation: Labels}}
	firstName = orderKey{nullable: true, named: &named{table: "users", column: "first_name", relation: Assignees}}
)

// orderKeys are the keys that a list can be sorted by. The names are the reference's, paths through its models.
var orderKeys = map[string]orderKey{
	"created_at":   createdAt,
	"updated_at":   updatedAt,
	"name":         {expr: "i.name", name: true},
	"sort_order":   sortOrder,
	"sequence_id":  sequence,
	"is_draft":     {expr: "i.is_draft"},
	"start_date":   startDate,
	"target_date":  targetDate,
	"completed_at": completedAt,
	"archived_at":  {expr: "i.archived_at", nullable: true},
	"point":        {expr: "i.point", nullable: true},
	"priority": {expr: "i.priority", rank: priorities,
		value: func(i *outline.Issue) (uint64, bool) { return uint64(i.Priority), true }},
	"id": {expr: "i.id"}, "state__group": {byState: byGroup},
	"state__name":  {byState: func(x, y StateInfo) int { return strings.Compare(x.Name, y.Name) }},
	"labels__name": labelName, "assignees__first_name": firstName,
	"issue_module__module__name": {nullable: true, named: &named{table: "modules", column: "name", relation: Modules}},
	"issue_cycle__cycle__name":   {nullable: true, named: &named{table: "cycles", column: "name", relation: Cycles}},
	"estimate_point__value": {nullable: true,
		named: &named{table: "estimate_points", column: "value", field: EstimatePoint,
			of: func(i *outline.Issue) outline.Ref { return i.Estimate }}},
	"estimate_point__key": {expr: "(SELECT e.\"key\" FROM estimate_points e WHERE e.id = i.estimate_point_id)",
		nullable: true},
	"created_by__first_name": {nullable: true, named: &named{table: "users", column: "first_name", field: CreatedBy,
		of: func(i *outline.Issue) outline.Ref { return i.CreatedBy }}},
	"link_count":       {expr: "NULLIF(" + linkCount + ", 0)", nullable: true},
	"attachment_count": {expr: "NULLIF(" + attachmentCount + ", 0)", nullable: true},
	"sub_issues_count": {expr: "NULLIF(" + subIssueCount + ", 0)", nullable: true},
}

// publicKeys are those of the public API. Two are turned round: priority begins with urgent, states come by their
// groups only.
var publicKeys = map[string]orderKey{
	"created_at": createdAt, "updated_at": updatedAt, "sort_order": sortOrder, "sequence_id": sequence,
	"start_date": startDate, "target_date": targetDate, "completed_at": completedAt, "labels__name": labelName,
	"assignees__first_name": firstName, "state__group": {byState: byGroup}, "state__name": {byState: byGroup},
	"priority": {expr: "i.priority", rank: urgentFirst, value: func(i *outline.Issue) (uint64, bool) {
		all := uint64(len(outline.Priorities))
		if uint64(i.Priority) < all {
			return all - 1 - uint64(i.Priority), true
		}
		return all, true
	}},
	"name": {expr: "i.name", name: true}, "point": {expr: "i.point"}, "id": {expr: "i.id"},
	"state": {expr: "i.state_id"}, "parent": {expr: "i.parent_id"}, "created_by": {expr: "i.created_by_id"},
	"updated_by": {expr: "i.updated_by_id"}, "external_id": {expr: "i.external_id", name: true},
	"external_source": {expr: "i.external_source", name: true}, "estimate_point": {expr: "i.estimate_point_id"},
}

// OrderNames are the values that order_by takes.
func OrderNames() []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(orderKeys)) {
		names = append(names, key, "-"+key)
	}
	return names
}

// PublicOrderNames are the values that order_by takes in the public API.
func PublicOrderNames() []string {
	var names []string
	for _, key := range slices.Sorted(maps.Keys(publicKeys)) {
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

// ParsePublicOrder reads order_by of the public API; false when there is no such key. Ties come oldest first, what has
// no value is the largest, and of several names the largest counts.
func ParsePublicOrder(by string) (Order, bool) {
	key, desc := strings.CutPrefix(by, "-")
	_, ok := publicKeys[key]
	return Order{key: key, desc: desc, byAge: key == "created_at", public: true}, ok
}

func (o Order) by() orderKey {
	if o.property != nil {
		return orderKey{nullable: true, valued: o.property}
	}
	if o.public {
		return publicKeys[o.key]
	}
	return orderKeys[o.key]
}

// Reverse is the order the other way round.
func (o Order) Reverse() Order { o.desc = !o.desc; return o }

// NullsLargest is the order with work items that have no value where the largest are, instead of last either way.
func (o Order) NullsLargest() Order { o.nulls = true; return o }

// write ends a statement with its order. Ids settle what the times leave open, so that pages never overlap.
func (o Order) write(b *builder) {
	k := o.by()
	b.text(" ORDER BY ")
	k.write(b, o.public)
	if o.desc {
		b.text(" DESC")
	}
	switch {
	case o.byAge:
	case (o.nulls || o.public) && o.desc && (k.nullable || o.public) && k.valued == nil:
		b.text(" NULLS FIRST")
	case k.nullable || o.public:
		b.text(" NULLS LAST")
	}
	switch newest := o.byAge && o.desc || !o.byAge && !o.public; {
	case o.byAge && newest:
		b.text(", i.id DESC")
	case o.byAge:
		b.text(", i.id")
	case newest:
		b.text(", i.created_at DESC, i.id DESC")
	default:
		b.text(", i.created_at, i.id")
	}
}

func (k orderKey) write(b *builder, largest bool) {
	switch {
	case k.byState != nil:
		b.states.order(b, k.byState)
	case k.named != nil:
		k.named.write(b, largest)
	case k.valued != nil:
		k.valued.write(b)
	case len(k.rank) > 0:
		b.text("CASE " + k.expr)
		for i, v := range k.rank {
			b.text(" WHEN '" + v + "' THEN " + string(rune('0'+i)))
		}
		b.text(" ELSE 9 END")
	default:
		b.text(k.expr)
		if k.name {
			b.bytewise()
		}
	}
}

// write asks for the name; of several for the smallest or the largest.
func (n *named) write(b *builder, largest bool) {
	if n.relation.table == "" {
		b.text("(SELECT n." + n.column + " FROM " + n.table + " n WHERE n.id = " + string(n.field) + ")")
		b.bytewise()
		return
	}
	one := "MIN"
	if largest {
		one = "MAX"
	}
	b.text("(SELECT " + one + "(n." + n.column)
	b.bytewise()
	b.text(") FROM " + n.relation.table + " r JOIN " + n.table + " n ON n.id = r." + n.relation.column +
		" WHERE r.issue_id = i.id)")
}

// bytewise keeps Postgres from sorting names by language, which SQLite can't, so that both engines agree.
func (b *builder) bytewise() {
	if b.postgres {
		b.text(` COLLATE "C"`)
	}
}

// indexable says whether outlines can be sorted so.
func (o Order) indexable() bool {
	k := o.by()
	return !o.nulls && (k.value != nil || k.byState != nil || k.named != nil || k.valued != nil)
}

// rank is the order over outlines; what outlines don't know (names) was read before.
func (o Order) rank(r *indexed) rank {
	turn := func(key uint64, ok bool) uint64 {
		switch {
		case !ok && o.public && o.desc && o.property == nil:
			return 0
		case !ok:
			return last
		case o.desc:
			return last - 1 - key
		}
		return key
	}
	k := o.by()
	switch {
	case k.value != nil:
		return func(c *candidate) uint64 { return turn(k.value(c.item)) }
	case k.byState != nil:
		places, beyond := r.statePlaces(k.byState)
		return func(c *candidate) uint64 {
			if n, ok := places[c.item.State]; ok {
				return turn(uint64(n), true)
			}
			return turn(beyond, true)
		}
	}
	if k.valued != nil {
		place := k.valued.place(r)
		return func(c *candidate) uint64 { return turn(place(c)) }
	}
	place := k.named.place(r.known.places, o.public)
	return func(c *candidate) uint64 { return turn(place(c.item, c.ties)) }
}

// place is where the name of a work item stands among the others; of several names, removed ones too, as the reference
// sorts, the smallest or the largest counts.
func (n *named) place(places map[outline.Ref]int, largest bool) func(*outline.Issue, []outline.Link) (uint64, bool) {
	if n.of != nil {
		return func(i *outline.Issue, _ []outline.Link) (uint64, bool) {
			at, ok := places[n.of(i)]
			return uint64(at), ok
		}
	}
	kind, _ := kindOf(n.relation)
	return func(_ *outline.Issue, ties []outline.Link) (uint64, bool) {
		least, most, any := uint64(last), uint64(0), false
		for _, tie := range ties {
			if at, ok := places[tie.Ref()]; ok && tie.Kind() == kind {
				least, most, any = min(least, uint64(at)), max(most, uint64(at)), true
			}
		}
		if largest {
			return most, any
		}
		return least, any
	}
}

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
