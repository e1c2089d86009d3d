package pql

import (
	"slices"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// propertyOps are the operators of properties, by their types.
var propertyOps = map[string][]operator{
	store.PropertyText: {equal, in, contains, null}, store.PropertyURL: {equal, in, contains, null},
	store.PropertyEmail:   {equal, in, contains, null},
	store.PropertyDecimal: {equal, less, lessEqual, greater, greaterEqual, between, null},
	store.PropertyTime:    days, store.PropertyBoolean: {equal, null},
	store.PropertyOption: words, store.PropertyRelation: words, store.PropertyFile: {null},
}

// hows are the operators in the words of package property.
var hows = map[operator]string{equal: "exact", in: "in", contains: "icontains", less: "lt", lessEqual: "lte",
	greater: "gt", greaterEqual: "gte", between: "range"}

// comparedProperty asks for a property, cf["…"].
func (k *compiler) comparedProperty(x comparison) (issuelist.Filter, error) {
	id := strings.ToLower(x.property)
	if !store.IsID(id) {
		return nil, fault(x.field.at, "Expected the id (a UUID) of a property, and not \"%s\".", x.property)
	}
	by, err := property.ReadMany(k.c, k.t, []string{id})
	if err != nil {
		return nil, err
	}
	p := by[id]
	if p == nil {
		return nil, fault(x.field.at, "You have no property \"%s\" that is switched on.", id)
	}
	ops := propertyOps[p.PropertyType]
	if p.Relates() == store.ToRichText {
		ops = []operator{contains, null}
	}
	if !slices.Contains(ops, x.op) {
		return nil, fault(x.opAt, "This property can't be compared by %s, but by: %s.", x.op, operatorsOf(field{ops: ops}))
	}
	if x.op == null {
		return issuelist.Not{Filter: issuelist.Valued{Property: property.Listed(p)}}, nil
	}
	if p.PropertyType == store.PropertyTime {
		first, last, err := k.ends(x)
		return issuelist.Valued{Property: property.Listed(p), Span: k.wallSpan(hows[x.op], first, last)}, err
	}
	texts, err := k.propertyTexts(p, x)
	if err != nil {
		return nil, err
	}
	f, wrong := property.Condition(p, hows[x.op], texts)
	if wrong != "" {
		return nil, fault(x.values[0].at, "%s", wrong)
	}
	return f, nil
}

// wallSpan is the span of two stretches, as the clocks on the wall show them where the caller lives: so are times of
// properties.
func (k *compiler) wallSpan(how string, first, last stretch) *issuelist.Span {
	wall := func(at time.Time) float64 {
		at = at.In(k.zone)
		return float64(time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, time.UTC).Unix())
	}
	return property.Between(how, wall(first.from), wall(first.to), wall(last.from), wall(last.to))
}

// propertyTexts are the values of a comparison as texts, each of the kind that the property wants.
func (k *compiler) propertyTexts(p *store.ItemProperty, x comparison) ([]string, error) {
	if p.PropertyType == store.PropertyOption || p.PropertyType == store.PropertyRelation && x.op != contains {
		lists := lists(nil)
		if p.Relates() == store.ToUser {
			lists = people
		}
		return k.ids(x.values, lists)
	}
	var texts []string
	for _, v := range x.values {
		switch p.PropertyType {
		case store.PropertyDecimal:
			if v.kind != number {
				return nil, fault(v.at, "Expected a number without quotes, and not %v.", v.token)
			}
			texts = append(texts, v.text)
		case store.PropertyBoolean:
			if v.kind != word || v.call || !v.is("true") && !v.is("false") {
				return nil, fault(v.at, "Expected true or false, without quotes, and not %v.", v.token)
			}
			texts = append(texts, strings.ToLower(v.text))
		default:
			text, err := textOf(v)
			if err != nil {
				return nil, err
			}
			texts = append(texts, text)
		}
	}
	return texts, nil
}
