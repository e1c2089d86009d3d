package v1

import (
	"encoding/json"
	"errors"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/itemtype"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	itemOptionExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"High","description":"","logo_props":{},` +
		`"sort_order":10000,"is_active":true,"is_default":true,"external_source":null,"external_id":null,"parent":null,` +
		`"property":"` + otherID + `","project":"` + exampleID + `","workspace":"` + exampleID + `"}`
	itemPropertyExample = `{"id":"` + otherID + `",` + exampleMade + `,"name":"severity","display_name":"Severity",` +
		`"description":"","logo_props":{},"sort_order":10000,"property_type":"OPTION","relation_type":null,` +
		`"is_required":false,"default_value":["` + exampleID + `"],"settings":{},"is_active":true,"is_multi":false,` +
		`"validation_rules":{},"external_source":null,"external_id":null,"issue_type":null,"project":"` + exampleID + `",` +
		`"workspace":"` + exampleID + `","options":[` + itemOptionExample + `]}`
	newPropertyExample = `{"display_name":"Severity","property_type":"OPTION","options":[{"name":"High","is_default":true}]}`
	propertyExplained  = "property_type is TEXT, DATETIME, DECIMAL, BOOLEAN, OPTION, RELATION (with relation_type USER," +
		" ISSUE or RICH_TEXT), URL, EMAIL or FILE, and stays what it is. settings has display_format for TEXT and DATETIME;" +
		" default_value, a list of texts, is what new work items of its types have, and of options those are it with" +
		" is_default; a property that is required can't be emptied. validation_rules are kept for clients. At most 200."
)

var itemProperties = slices.Concat(
	propertyOps(ofProject, "work-item-properties/", ""),
	propertyOps(ofProject, "work-item-types/{type_id:uuid}/work-item-properties/", " of a type"),
	propertyOps(ofCatalogue, "work-item-properties/", ""),
	optionOps(ofProject), optionOps(ofCatalogue),
)

func propertyOps(s typeScope, name, kind string) []web.Op {
	all, one, of := s.at+name, s.at+name+"{property_id:uuid}/", kind+" of "+s.of
	return []web.Op{
		do("GET", all, s.readers, 200, "List the properties"+of, listProperties).
			Explained("In their own order, with their options.").Like("", `[`+itemPropertyExample+`]`),
		do("POST", all, s.lead, 201, "Make a property"+of, createProperty).
			Explained(propertyExplained).Like(newPropertyExample, itemPropertyExample),
		do("GET", one, s.readers, 200, "Read a property"+of, getProperty).
			Like("", itemPropertyExample),
		do("PATCH", one, s.lead, 200, "Change a property"+of, changeProperty).
			Refuses(409).Explained("Its types stay what they are.").
			Like(`{"is_required":true}`, itemPropertyExample),
		do("DELETE", one, s.lead, 204, "Delete a property"+of, deleteProperty).
			Explained("Of all its types, with what work items have of it."),
	}
}

func optionOps(s typeScope) []web.Op {
	all := s.at + "work-item-properties/{property_id:uuid}/options/"
	one, of := all+"{option_id:uuid}/", " of a property of "+s.of
	return []web.Op{
		do("GET", all, s.readers, 200, "List the options"+of, listOptions).Explained("In their own order.").
			Like("", `[`+itemOptionExample+`]`),
		do("POST", all, s.lead, 201, "Add an option to a property of "+s.of, createOption).
			Explained("Behind the others; at most 500. Only a property of the type OPTION has some.").
			Like(`{"name":"High","is_default":true}`, itemOptionExample),
		do("GET", one, s.readers, 200, "Read an option"+of, getOption).Like("", itemOptionExample),
		do("PATCH", one, s.lead, 200, "Change an option"+of, changeOption).Refuses(409).
			Like(`{"name":"High"}`, itemOptionExample),
		do("DELETE", one, s.lead, 204, "Delete an option"+of, deleteOption).
			Explained("Work items that have it have it no longer."),
	}
}

// ItemProperty is a property of work items.
type ItemProperty struct {
	ID string `json:"id"`
	Made
	Name            string       `json:"name"`
	DisplayName     string       `json:"display_name"`
	Description     string       `json:"description"`
	LogoProps       store.JSON   `json:"logo_props"`
	SortOrder       float64      `json:"sort_order"`
	PropertyType    string       `json:"property_type"`
	RelationType    *string      `json:"relation_type"`
	IsRequired      bool         `json:"is_required"`
	DefaultValue    store.JSON   `json:"default_value"`
	Settings        store.JSON   `json:"settings"`
	IsActive        bool         `json:"is_active"`
	IsMulti         bool         `json:"is_multi"`
	ValidationRules store.JSON   `json:"validation_rules"`
	ExternalSource  *string      `json:"external_source"`
	ExternalID      *string      `json:"external_id"`
	IssueType       *string      `json:"issue_type"` // the type that it was asked for as one of
	Project         *string      `json:"project"`
	Workspace       string       `json:"workspace"`
	Options         []ItemOption `json:"options"`
}

func itemProperty(c *app.Call, p *itemtype.Property) ItemProperty {
	options := web.Map(p.Options, func(o store.PropertyOptionRow) ItemOption { return itemOption(c, &o) })
	return ItemProperty{ID: p.ID, Made: made(c, &p.AuditFields), Name: p.Name, DisplayName: p.DisplayName,
		Description: p.Description, LogoProps: p.LogoProps, SortOrder: p.SortOrder, PropertyType: p.PropertyType,
		RelationType: p.RelationType, IsRequired: p.IsRequired, DefaultValue: p.Defaults(), Settings: p.Settings,
		IsActive: p.IsActive, IsMulti: p.IsMulti, ValidationRules: p.ValidationRules, ExternalSource: p.ExternalSource,
		ExternalID: p.ExternalID, IssueType: p.TypeID, Project: p.ProjectID, Workspace: p.WorkspaceID, Options: options}
}

// ItemOption is an option of a property.
type ItemOption struct {
	ID string `json:"id"`
	Made
	Name           string     `json:"name"`
	Description    string     `json:"description"`
	LogoProps      store.JSON `json:"logo_props"`
	SortOrder      float64    `json:"sort_order"`
	IsActive       bool       `json:"is_active"`
	IsDefault      bool       `json:"is_default"`
	ExternalSource *string    `json:"external_source"`
	ExternalID     *string    `json:"external_id"`
	Parent         *string    `json:"parent"`
	Property       string     `json:"property"`
	Project        *string    `json:"project"`
	Workspace      string     `json:"workspace"`
}

func itemOption(c *app.Call, o *store.PropertyOptionRow) ItemOption {
	return ItemOption{ID: o.ID, Made: made(c, &o.AuditFields), Name: o.Name, Description: o.Description,
		LogoProps: o.LogoProps, SortOrder: o.SortOrder, IsActive: o.IsActive, IsDefault: o.IsDefault,
		ExternalSource: o.ExternalSource, ExternalID: o.ExternalID, Parent: o.ParentID, Property: o.PropertyID,
		Project: o.ProjectID, Workspace: o.WorkspaceID}
}

type propertyPath struct {
	Property string `path:"property_id"`
}

func listProperties(c *app.Call, in typePath) ([]ItemProperty, error) {
	all, err := itemtype.Properties(c, in.Type)
	return web.Map(all, func(p itemtype.Property) ItemProperty { return itemProperty(c, &p) }), err
}

func createProperty(c *app.Call, in struct {
	typePath
	itemtype.PropertyInput
	Options []json.RawMessage `json:"options" type:"objects"`
}) (ItemProperty, error) {
	options, err := newOptions(in.Options)
	if err != nil {
		return ItemProperty{}, err
	}
	p, err := itemtype.CreateProperty(c, in.Type, in.PropertyInput, options)
	return plain(c, p, err, itemProperty)
}

// newOptions reads the options that come with a new property, as if each were added to it.
func newOptions(list []json.RawMessage) ([]itemtype.OptionInput, error) {
	options, err := web.NestedAll(list, func(*itemtype.OptionInput) error { return nil })
	var refused *web.Refusal
	if errors.As(err, &refused) {
		refused.Body = map[string]any{"options": refused.Body}
	}
	return options, err
}

func getProperty(c *app.Call, in typeProperty) (ItemProperty, error) {
	p, err := itemtype.GetProperty(c, in.Type, in.Property)
	return plain(c, p, err, itemProperty)
}

func changeProperty(c *app.Call, in struct {
	typeProperty
	itemtype.PropertyInput
}) (ItemProperty, error) {
	p, err := itemtype.ChangeProperty(c, in.Type, in.Property, in.PropertyInput)
	return plain(c, p, err, itemProperty)
}

func deleteProperty(c *app.Call, in typeProperty) (web.Nothing, error) {
	return web.Nothing{}, itemtype.DeleteProperty(c, in.Type, in.Property)
}

type optionPath struct {
	propertyPath
	Option string `path:"option_id"`
}

func listOptions(c *app.Call, in propertyPath) ([]ItemOption, error) {
	all, err := itemtype.Options(c, in.Property)
	return web.Map(all, func(o store.PropertyOptionRow) ItemOption { return itemOption(c, &o) }), err
}

func createOption(c *app.Call, in struct {
	propertyPath
	itemtype.OptionInput
}) (ItemOption, error) {
	o, err := itemtype.CreateOption(c, in.Property, in.OptionInput)
	return plain(c, o, err, itemOption)
}

func getOption(c *app.Call, in optionPath) (ItemOption, error) {
	o, err := itemtype.GetOption(c, in.Property, in.Option)
	return plain(c, o, err, itemOption)
}

func changeOption(c *app.Call, in struct {
	optionPath
	itemtype.OptionInput
}) (ItemOption, error) {
	o, err := itemtype.ChangeOption(c, in.Property, in.Option, in.OptionInput)
	return plain(c, o, err, itemOption)
}

func deleteOption(c *app.Call, in optionPath) (web.Nothing, error) {
	return web.Nothing{}, itemtype.DeleteOption(c, in.Property, in.Option)
}
