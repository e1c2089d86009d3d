package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/itemtype"
	"github.com/sailplane/sailplane/store"
)

const schemaExample = `{"type_id":"` + otherID + `","type_name":"Bug","type_description":"Something is broken",` +
	`"type_logo_props":{},"fields":{"name":{"type":"string","required":true,"max_length":255},"priority":{"type":"option",` +
	`"required":false,"options":[{"value":"urgent","label":"Urgent"}]}},"custom_fields":{"custom_field_severity":{"id":"` +
	exampleID + `","type":"OPTION","name":"severity","display_name":"Severity","required":false,"is_multi":false,"relation_type":null,` +
	`"options":[{"id":"` + exampleID + `","name":"High"}]}}}`

// TypeSchema is what work items of a type have.
type TypeSchema struct {
	TypeID      *string                 `json:"type_id"`
	Name        string                  `json:"type_name"`
	Description string                  `json:"type_description"`
	LogoProps   store.JSON              `json:"type_logo_props"`
	Fields      map[string]SchemaField  `json:"fields"`
	Custom      map[string]SchemaCustom `json:"custom_fields"`
}

// SchemaField is a standard field, with what can be chosen.
type SchemaField struct {
	Type      string         `json:"type"`
	Required  bool           `json:"required"`
	MaxLength int            `json:"max_length,omitempty"`
	Options   []SchemaChoice `json:"options,omitempty"`
}

// SchemaChoice is something that can be chosen: by its id, or by its value.
type SchemaChoice struct {
	ID    string `json:"id,omitempty"`
	Value string `json:"value,omitempty"`
	Label string `json:"label,omitempty"`
	Name  string `json:"name,omitempty"`
	Group string `json:"group,omitempty"`
}

// SchemaCustom is a property of the type.
type SchemaCustom struct {
	ID          string         `json:"id"`
	Type        string         `json:"type"`
	Relation    *string        `json:"relation_type"`
	Name        string         `json:"name"`
	DisplayName string         `json:"display_name"`
	Required    bool           `json:"required"`
	IsMulti     bool           `json:"is_multi"`
	Options     []SchemaChoice `json:"options,omitempty"`
}

func typeSchema(c *app.Call, in struct {
	Type    string `query:"type_id" type:"uuid"`
	Include string `query:"include" type:"words" example:"members,labels"`
}) (TypeSchema, error) {
	include := words(in.Include)
	s, err := itemtype.ReadSchema(c, in.Type, slices.Contains(include, "members"), slices.Contains(include, "labels"))
	if err != nil {
		return TypeSchema{}, err
	}
	out := TypeSchema{Fields: schemaFields(s), Custom: map[string]SchemaCustom{}}
	if s.Type != nil {
		out.TypeID, out.Name, out.Description, out.LogoProps = &s.Type.ID, s.Type.Name, s.Type.Description, s.Type.LogoProps
	}
	for i := range s.Properties {
		key, custom := schemaCustom(&s.Properties[i])
		for out.Custom[key].ID != "" { // names may stand twice
			key += "-" + custom.ID[:8]
		}
		out.Custom[key] = custom
	}
	return out, nil
}

func schemaCustom(p *itemtype.Property) (key string, custom SchemaCustom) {
	custom = SchemaCustom{ID: p.ID, Type: p.PropertyType, Relation: p.RelationType, Name: p.Name,
		DisplayName: p.DisplayName, Required: p.IsRequired, IsMulti: p.IsMulti}
	for _, o := range p.Options {
		if o.IsActive {
			custom.Options = append(custom.Options, SchemaChoice{ID: o.ID, Name: o.Name})
		}
	}
	return "custom_field_" + p.Name, custom
}

// schemaFields are the standard fields.
func schemaFields(s *itemtype.Schema) map[string]SchemaField {
	fields := map[string]SchemaField{
		"name":             {Type: "string", Required: true, MaxLength: 255},
		"description_html": {Type: "string"},
		"priority": {Type: "option", Options: []SchemaChoice{{Value: "urgent", Label: "Urgent"},
			{Value: "high", Label: "High"}, {Value: "medium", Label: "Medium"}, {Value: "low", Label: "Low"},
			{Value: "none", Label: "None"}}},
		"start_date": {Type: "date"}, "target_date": {Type: "date"}, "parent_id": {Type: "uuid"},
	}
	states, people := SchemaField{Type: "uuid"}, SchemaField{Type: "array"}
	labels, points := SchemaField{Type: "array"}, SchemaField{Type: "uuid"}
	for _, x := range s.States {
		states.Options = append(states.Options, SchemaChoice{ID: x.ID, Name: x.Name, Group: x.Group})
	}
	for _, u := range s.Members {
		people.Options = append(people.Options, SchemaChoice{ID: u.ID, Name: u.DisplayName})
	}
	for _, l := range s.Labels {
		labels.Options = append(labels.Options, SchemaChoice{ID: l.ID, Name: l.Name})
	}
	for _, p := range s.Points {
		points.Options = append(points.Options, SchemaChoice{ID: p.ID, Name: p.Value})
	}
	fields["state_id"], fields["assignee_ids"], fields["label_ids"] = states, people, labels
	if s.Estimate {
		fields["estimate_point_id"] = points
	}
	return fields
}
