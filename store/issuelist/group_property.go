package issuelist

import (
	"github.com/sailplane/sailplane/store/outline"
)

// ByType is the group by the type of work items.
var ByType = GroupField{Name: "type_id", expr: "i.type_id", listed: true,
	values: byRef(func(i *outline.Issue) outline.Ref { return i.Type })}

// GroupByProperty is the group by what work items have of a property: its options, people or work items; or true and
// false, of numbers. The id is one of ours.
func GroupByProperty(name string, p Property) GroupField {
	value := "CAST(" + string(p.Kind) + " AS TEXT)"
	if p.Kind == Numbers {
		value = "CASE WHEN number = 0 THEN 'false' ELSE 'true' END"
	}
	table := "(SELECT issue_id, deleted_at, " + value + " AS value FROM issue_property_values WHERE property_id = '" + p.ID +
		"' AND deleted_at IS NULL)"
	return GroupField{Name: name, expr: "value", relation: Relation{table, "value"}, listed: true, values: byValue(p)}
}

func byValue(p Property) form {
	return func(l *level, r *indexed, g GroupField) values {
		number := l.numbered(r, g)
		of := (&matcher{names: r.names}).ref(p.ID)
		return func(c *candidate, into []int32) []int32 {
			before := len(into)
			for _, v := range c.outline.Values(c.item) {
				switch {
				case v.Property != of:
				case p.Kind != Numbers:
					into = append(into, number(v.Ref))
				case v.Number == 0:
					into = append(into, l.number("false"))
				default:
					into = append(into, l.number("true"))
				}
			}
			if len(into) == before {
				into = append(into, number(0))
			}
			return into
		}
	}
}
