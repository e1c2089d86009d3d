package property

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// Lists ask for properties by their ids: cf["…"] in a query, cf_… in trees of conditions and as an order.

// Prefix begins the name of a property as a field.
const Prefix = "cf_"

// Named reads the name of a property as a field: its id, and false for what is none.
func Named(field string) (id string, ok bool) {
	id, ok = strings.CutPrefix(field, Prefix)
	id = strings.ToLower(id)
	return id, ok && store.IsID(id)
}

// ReadMany returns those of the properties that are switched on and that the caller may ask for: of the workspace, and
// of the projects that they are in; by id.
func ReadMany(c *app.Call, t *store.Tx, ids []string) (map[string]*store.ItemProperty, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := store.ItemProperties.List(t, dbx.And(
		dbx.HashExp{"workspace_id": c.Workspace.ID, "is_active": true}, store.In("id", ids),
		dbx.Or(dbx.HashExp{"project_id": nil}, store.In("project_id", slices.Collect(maps.Keys(c.Access.Projects))))))
	by := make(map[string]*store.ItemProperty, len(rows))
	for i := range rows {
		by[rows[i].ID] = &rows[i]
	}
	return by, err
}

// Listed is a property as lists know it.
func Listed(p *store.ItemProperty) issuelist.Property {
	kinds := map[string]issuelist.PropertyKind{store.PropertyDecimal: issuelist.Numbers,
		store.PropertyBoolean: issuelist.Numbers, store.PropertyTime: issuelist.Numbers,
		store.PropertyOption: issuelist.Options, store.PropertyFile: issuelist.Files}
	kind, ok := kinds[p.PropertyType]
	switch {
	case ok:
	case p.Relates() == store.ToUser:
		kind = issuelist.People
	case p.Relates() == store.ToIssue:
		kind = issuelist.Items
	default:
		kind = issuelist.Texts
	}
	return issuelist.Property{ID: p.ID, Kind: kind}
}

// lookups are how a property can be compared.
func lookups(p *store.ItemProperty) []string {
	switch {
	case p.PropertyType == store.PropertyBoolean:
		return []string{"exact", "isnull"}
	case p.PropertyType == store.PropertyDecimal, p.PropertyType == store.PropertyTime:
		return []string{"exact", "range", "gt", "gte", "lt", "lte", "isnull"}
	case p.Relates() == store.ToRichText:
		return []string{"icontains", "isnull"}
	case Listed(p).Kind == issuelist.Texts:
		return []string{"exact", "in", "icontains", "isnull"}
	}
	return []string{"exact", "in", "isnull"}
}

// Condition compares a property as trees of conditions do: how is exact, in, range, gt, gte, lt, lte, icontains or
// isnull. fault says what is wrong with the values.
func Condition(p *store.ItemProperty, how string, values []string) (f issuelist.Filter, fault string) {
	of := Listed(p)
	switch {
	case !slices.Contains(lookups(p), how):
		return nil, "This property can be compared by: " + strings.Join(lookups(p), ", ") + "."
	case how == "isnull":
		any := issuelist.Valued{Property: of}
		if strings.EqualFold(values[0], "true") || values[0] == "1" {
			return issuelist.Not{Filter: any}, ""
		}
		return any, ""
	case how == "icontains":
		return issuelist.ValueContains{Property: of, Text: values[0]}, ""
	case of.Kind == issuelist.Numbers:
		span, fault := spanOf(p, how, values)
		return issuelist.Valued{Property: of, Span: span}, fault
	}
	for i, text := range values {
		if of.Kind != issuelist.Texts {
			if values[i] = strings.ToLower(text); !store.IsID(values[i]) {
				return nil, "Enter a valid UUID."
			}
		}
	}
	return issuelist.Valued{Property: of, Values: values}, ""
}

// spanOf is the numbers that a comparison lets in. A day is all of it.
func spanOf(p *store.ItemProperty, how string, values []string) (*issuelist.Span, string) {
	begin, end := make([]float64, len(values)), make([]float64, len(values))
	for i, text := range values {
		var fault string
		if begin[i], end[i], fault = ends(p, text); fault != "" {
			return nil, fault
		}
	}
	return Between(how, begin[0], end[0], begin[len(values)-1], end[len(values)-1]), ""
}

// Between is the span of a comparison with something from begin to end, up to what is from begin2 to end2 for range: a
// moment, or a day, whose end does not count. A number begins where it ends.
func Between(how string, begin, end, begin2, end2 float64) *issuelist.Span {
	moment := begin2 == end2
	switch how {
	case "gt":
		return &issuelist.Span{From: &end, After: begin == end}
	case "gte":
		return &issuelist.Span{From: &begin}
	case "lt":
		return &issuelist.Span{To: &begin}
	case "lte":
		return &issuelist.Span{To: &end2, Through: moment}
	}
	return &issuelist.Span{From: &begin, To: &end2, Through: moment}
}

func ends(p *store.ItemProperty, text string) (begin, end float64, fault string) {
	switch p.PropertyType {
	case store.PropertyDecimal:
		n := readNumber(json.Number(text))
		if n == nil {
			return 0, 0, "Enter a number."
		}
		return *n, *n, ""
	case store.PropertyBoolean:
		on, err := strconv.ParseBool(strings.ToLower(text))
		if err != nil {
			return 0, 0, "This is true or false."
		}
		if on {
			return 1, 1, ""
		}
		return 0, 0, ""
	}
	var v store.PropertyValue
	if fault := readWhen(&v, text); fault != "" {
		return 0, 0, "Enter a valid date/time."
	}
	if len(*v.Text) == len(time.DateOnly) {
		return *v.Number, *v.Number + 24*60*60, ""
	}
	return *v.Number, *v.Number, ""
}

// Order is the order by a property that a request names, as cf_… or -cf_…; ok is false for another name.
func Order(c *app.Call, by string) (o issuelist.Order, ok bool, err error) {
	name, desc := strings.CutPrefix(by, "-")
	id, ok := Named(name)
	if !ok {
		return o, false, nil
	}
	p, err := one(c, "order_by", id)
	if err != nil {
		return o, true, err
	}
	options, err := store.OptionsOf(c.Read(), []string{id})
	if err != nil {
		return o, true, err
	}
	var places []string
	for _, option := range options[id] {
		places = append(places, option.ID)
	}
	o, ok = issuelist.ByProperty(Listed(p), places, desc)
	if !ok || p.Relates() == store.ToRichText {
		return o, true, app.Field("order_by", "Work items can't be sorted by this property.")
	}
	return o, true, nil
}

// Group is the group by a property that a request names, as cf_…; ok is false for another name.
func Group(c *app.Call, param, name string) (g issuelist.GroupField, ok bool, err error) {
	id, ok := Named(name)
	if !ok {
		return g, false, nil
	}
	p, err := one(c, param, id)
	if err != nil {
		return g, true, err
	}
	switch of := Listed(p); {
	case of.Kind == issuelist.Options, of.Kind == issuelist.People, of.Kind == issuelist.Items,
		p.PropertyType == store.PropertyBoolean:
		return issuelist.GroupByProperty(name, of), true, nil
	}
	return g, true, app.Field(param, "Work items can't be counted by this property.")
}

func one(c *app.Call, param, id string) (*store.ItemProperty, error) {
	by, err := ReadMany(c, c.Read(), []string{id})
	if err == nil && by[id] == nil {
		err = app.Field(param, "There is no property "+id+" that is switched on.")
	}
	return by[id], err
}
