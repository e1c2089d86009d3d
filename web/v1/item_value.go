package v1

import (
	"encoding/json"
	"reflect"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allValues    = oneItem + "work-item-properties/values/"
	itsValues    = oneItem + "work-item-properties/{property_id:uuid}/values/"
	valueExample = `{"id":"` + otherID + `","property_id":"` + otherID + `","issue_id":"` + exampleID +
		`","value":"` + exampleID + `","value_type":"OPTION","external_id":null,"external_source":null,` +
		`"created_at":"2026-05-04T09:30:00Z","updated_at":"2026-05-04T09:30:00Z"}`
	valueExplained = "value is a text, a number, true or false, a day as 2026-05-31 or a time as 2026-05-31 16:30:00, the id" +
		" or the name of an option, the id of a person, a work item or a file, {\"description_html\": …} of a rich text; a list where the property" +
		" has several. It takes the place of what was there; null takes that away."
)

var itemValues = []web.Op{
	do("GET", allValues, readers, 200, "List what a work item has of properties", listValues).
		Explained("By the ids of the properties: a value, or a list where a property has several.").
		Like("", `{"`+otherID+`":"`+exampleID+`"}`),
	do("GET", itsValues, readers, 200, "Read what a work item has of a property", getValue).
		Explained("A list where the property has several. Not found while there is none.").Like("", valueExample),
	do("POST", itsValues, writers, 200, "Give a work item a value of a property", setValue).
		Explained(valueExplained).Like(`{"value":"`+exampleID+`"}`, valueExample),
	do("PATCH", itsValues, writers, 200, "Change what a work item has of a property", setValue).
		Explained(valueExplained).Like(`{"value":"`+exampleID+`"}`, valueExample),
	do("DELETE", itsValues, writers, 204, "Take away what a work item has of a property", deleteValue).
		Explained("Refused for a property that is required."),
}

// valuesKey is the key of work items with what they have of properties.
const valuesKey = "properties"

// Values are what a work item has of properties, by their ids: a value, or a list where a property has several. They
// are there only where they are expanded.
type Values struct {
	issue string
	by    map[string]any
	full  bool
}

// IsZero leaves them out.
func (v Values) IsZero() bool { return !v.full }

// MarshalJSON writes them by property.
func (v Values) MarshalJSON() ([]byte, error) {
	if v.by == nil {
		return []byte("{}"), nil
	}
	return json.Marshal(v.by)
}

// Describes says that anything may be the value of a property.
func (Values) Describes() reflect.Type { return reflect.TypeFor[map[string]json.RawMessage]() }

func (v *Values) add(of *store.ShownValue) {
	if v.by == nil {
		v.by = map[string]any{}
	}
	property.Add(v.by, of)
}

// expandValues reads the values of all rows at once.
func expandValues(c *app.Call, k key, rows reflect.Value) error {
	ids, at := make([]string, rows.Len()), make(map[string]*Values, rows.Len())
	for i := range rows.Len() {
		v := rows.Index(i).FieldByIndex(k.index).Addr().Interface().(*Values)
		v.full = true
		ids[i], at[v.issue] = v.issue, v
	}
	return issue.PropertyValues(c, ids, func(v *store.ShownValue) { at[v.IssueID].add(v) })
}

// ItemValue is what a work item has of a property.
type ItemValue struct {
	ID             string      `json:"id"`
	PropertyID     string      `json:"property_id"`
	IssueID        string      `json:"issue_id"`
	Value          ValueOf     `json:"value"`
	ValueType      string      `json:"value_type"`
	Detail         *RichDetail `json:"value_detail,omitempty"` // of a rich text
	ExternalID     *string     `json:"external_id"`
	ExternalSource *string     `json:"external_source"`
	CreatedAt      string      `json:"created_at"`
	UpdatedAt      string      `json:"updated_at"`
}

// ValueOf is a text, a number or a boolean.
type ValueOf struct{ v any }

// MarshalJSON writes it.
func (v ValueOf) MarshalJSON() ([]byte, error) { return json.Marshal(v.v) }

// DescribesAny names what it can be.
func (ValueOf) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[string](), reflect.TypeFor[float64](), reflect.TypeFor[bool]()}
}

// RichDetail is a rich text.
type RichDetail struct {
	ID       string `json:"id"`
	HTML     string `json:"description_html"`
	Stripped string `json:"description_stripped"`
}

func itemValue(c *app.Call, p *store.ItemProperty, v *store.PropertyValue) ItemValue {
	out := ItemValue{ID: v.ID, PropertyID: v.PropertyID, IssueID: v.IssueID,
		Value: ValueOf{property.Show(p.PropertyType, v)}, ValueType: p.PropertyType, ExternalID: v.ExternalID,
		ExternalSource: v.ExternalSource, CreatedAt: c.Time(v.CreatedAt), UpdatedAt: c.Time(v.UpdatedAt)}
	if p.Relates() == store.ToRichText && v.Text != nil {
		out.Detail = &RichDetail{v.ID, *v.Text, richtext.Text(*v.Text)}
	}
	return out
}

// ItemValues are what a work item has of a property: one, or a list where the property has several.
type ItemValues struct {
	list []ItemValue
	many bool
}

// MarshalJSON writes the one or the list.
func (v ItemValues) MarshalJSON() ([]byte, error) {
	switch {
	case v.many:
		return json.Marshal(v.list)
	case len(v.list) == 0:
		return []byte("null"), nil
	}
	return json.Marshal(v.list[0])
}

// DescribesAny names both; nothing is there once it was taken away.
func (ItemValues) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[*ItemValue](), reflect.TypeFor[[]ItemValue]()}
}

func valuesOf(c *app.Call, v *issue.Valued) ItemValues {
	return ItemValues{web.Map(v.Values, func(one store.PropertyValue) ItemValue {
		return itemValue(c, v.Property, &one)
	}), v.Property.IsMulti}
}

type valuePath struct {
	ofIssue
	propertyPath
}

func listValues(c *app.Call, in ofIssue) (Values, error) {
	v := Values{issue: in.Issue, full: true}
	err := issue.PropertyValuesOf(c, in.Issue, v.add)
	return v, err
}

func getValue(c *app.Call, in valuePath) (ItemValues, error) {
	v, err := issue.PropertyValue(c, in.Issue, in.Property)
	return plain(c, v, err, valuesOf)
}

func setValue(c *app.Call, in struct {
	valuePath
	issue.PropertyInput
}) (ItemValues, error) {
	v, err := issue.SetPropertyValue(c, in.Issue, in.Property, in.PropertyInput)
	return plain(c, v, err, valuesOf)
}

func deleteValue(c *app.Call, in valuePath) (web.Nothing, error) {
	return web.Nothing{}, issue.DeletePropertyValue(c, in.Issue, in.Property)
}
