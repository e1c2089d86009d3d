package v1

import (
	"encoding/json"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/customer"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allCustomerProperties = inWorkspace + "customer-properties/"
	oneCustomerProperty   = allCustomerProperties + "{property_id:uuid}/"
	customerValues        = oneCustomer + "property-values/"
	oneCustomerValue      = customerValues + "{property_id:uuid}/"
	allCustomerRequests   = oneCustomer + "requests/"
	oneCustomerRequest    = allCustomerRequests + "{request_id:uuid}/"
)

const (
	propertyExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"segment","display_name":"Segment",` +
		`"description":"","logo_props":{},"sort_order":65535,"property_type":"OPTION","relation_type":null,` +
		`"is_required":false,"default_value":["` + otherID + `"],"settings":{},"is_active":true,"is_multi":false,` +
		`"validation_rules":null,"external_source":null,"external_id":null,"workspace":"` + exampleID + `","options":[{"id":"` +
		otherID + `",` + exampleMade + `,"name":"Small","description":"","sort_order":10000,"is_active":true,` +
		`"is_default":true,"property":"` + exampleID + `","parent":null,"workspace":"` + exampleID + `"}]}`
	customerRequestExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Dark mode","description":null,` +
		`"description_html":"<p>For the night shift</p>","description_stripped":"For the night shift",` +
		`"link":"https://acme.example/7","attachment_count":0,"customer":"` + otherID + `","workspace":"` + exampleID + `"}`
	oneValueExample = `{"` + exampleID + `":["` + otherID + `"]}`
)

var customerProperties = []web.Op{
	do("GET", allCustomerProperties, team, 200, "List the properties of customers", listCustomerProperties).
		Explained("In their own order, with their options.").Like("", examplePage(propertyExample)),
	do("POST", allCustomerProperties, web.Workspace(app.Admin).Class(), 201, "Make a property of customers",
		createCustomerProperty).
		Explained("name is made of display_name. A RELATION says in relation_type what it names. default_value is what new"+
			" customers have; of an OPTION the options say it. validation_rules are kept for clients. A workspace has at most"+
			" 100 properties, a property 500 options.").
		Like(`{"display_name":"Segment","property_type":"OPTION","options":[{"name":"Small","is_default":true}]}`,
			propertyExample),
	do("GET", oneCustomerProperty, team, 200, "Read a property of customers", getCustomerProperty).
		Like("", propertyExample),
	do("PATCH", oneCustomerProperty, web.Workspace(app.Admin).Class(), 200, "Change a property of customers",
		changeCustomerProperty).
		Explained("property_type, relation_type, is_multi and settings can't be changed. Of options, one with an id is"+
			" changed, others are added. Values of a property that is switched off are kept and not shown.").
		Like(`{"options":[{"name":"Small"}]}`, propertyExample),
	do("DELETE", oneCustomerProperty, web.Workspace(app.Admin).Class(), 204, "Delete a property of customers",
		deleteCustomerProperty).
		Explained("With its options, and all values that customers have of it."),

	do("GET", customerValues, team, 200, "Read what is known of a customer", listCustomerValues).
		Explained("By the property's id, always a list of texts: days as YYYY-MM-DD, True or False, ids of options, people,"+
			" work items and files. Properties without a value are not there.").Like("", oneValueExample),
	do("POST", customerValues, team, 201, "Note what is known of a customer", setCustomerValues).
		Explained("Of the properties that are named, in place of what was known; all or nothing is noted. An empty list"+
			" is no value.").
		Like(`{"customer_property_values":`+oneValueExample+`}`, oneValueExample),
	do("GET", oneCustomerValue, team, 200, "Read one thing that is known of a customer", getCustomerValue).
		Explained("An empty list when it has no value.").Like("", oneValueExample),
	do("PATCH", oneCustomerValue, team, 204, "Note one thing of a customer", setCustomerValue).
		Explained("In place of what was known.").Like(`{"values":["`+otherID+`"]}`, ""),

	do("GET", allCustomerRequests, team, 200, "List what a customer asks for", listCustomerRequests).
		Explained("Newest first. query or search is a part of the name.").Like("", examplePage(customerRequestExample)),
	do("POST", allCustomerRequests, team, 201, "Note what a customer asks for", createCustomerRequest).
		Explained("work_item_ids are work items that are about it, of any project in which the caller may write.").
		Like(`{"name":"Dark mode","description_html":"<p>For the night shift</p>","link":"https://acme.example/7"}`,
			customerRequestExample),
	do("GET", oneCustomerRequest, team, 200, "Read what a customer asks for", getCustomerRequest).
		Like("", customerRequestExample),
	do("PATCH", oneCustomerRequest, team, 200, "Change what a customer asks for", changeCustomerRequest).
		Explained("Only the keys that are sent change; work items are named with issues/.").
		Like(`{"name":"Dark mode"}`, customerRequestExample),
	do("DELETE", oneCustomerRequest, deletes("request_id", "customer_requests"), 204, "Delete what a customer asked for",
		deleteCustomerRequest).
		Explained("One's own, or as an administrator of the workspace. Work items stay, and are no longer about it."),
}

// CustomerProperty is something that a workspace wants to know of its customers.
type CustomerProperty struct {
	ID string `json:"id"`
	Made
	Name            string                   `json:"name"`
	DisplayName     string                   `json:"display_name"`
	Description     string                   `json:"description"`
	LogoProps       store.JSON               `json:"logo_props"`
	SortOrder       float64                  `json:"sort_order"`
	PropertyType    string                   `json:"property_type"`
	RelationType    *string                  `json:"relation_type"`
	IsRequired      bool                     `json:"is_required"`
	DefaultValue    []string                 `json:"default_value"`
	Settings        store.JSON               `json:"settings"`
	IsActive        bool                     `json:"is_active"`
	IsMulti         bool                     `json:"is_multi"`
	ValidationRules store.NullJSON           `json:"validation_rules"`
	ExternalSource  *string                  `json:"external_source"`
	ExternalID      *string                  `json:"external_id"`
	Workspace       Ref                      `json:"workspace"`
	Options         []CustomerPropertyOption `json:"options"`
}

// CustomerPropertyOption is one of the values that a property may have.
type CustomerPropertyOption struct {
	ID string `json:"id"`
	Made
	Name        string  `json:"name"`
	Description string  `json:"description"`
	SortOrder   float64 `json:"sort_order"`
	IsActive    bool    `json:"is_active"`
	IsDefault   bool    `json:"is_default"`
	Property    string  `json:"property"`
	Parent      *string `json:"parent"` // none: options are a flat list
	Workspace   string  `json:"workspace"`
}

func customerProperty(c *app.Call, p *customer.Property) CustomerProperty {
	options := web.Map(p.Options, func(o store.CustomerPropertyOption) CustomerPropertyOption {
		return CustomerPropertyOption{ID: o.ID, Made: made(c, &o.AuditFields), Name: o.Name, Description: o.Description,
			SortOrder: o.SortOrder, IsActive: true, IsDefault: o.IsDefault, Property: o.PropertyID, Workspace: o.WorkspaceID}
	})
	return CustomerProperty{ID: p.ID, Made: made(c, &p.AuditFields), Name: p.Name, DisplayName: p.DisplayName,
		Description: p.Description, LogoProps: p.LogoProps, SortOrder: p.SortOrder, PropertyType: p.PropertyType,
		RelationType: p.RelationType, IsRequired: p.IsRequired, DefaultValue: p.Defaults(), Settings: p.Settings,
		IsActive: p.IsActive, IsMulti: p.IsMulti, ValidationRules: p.ValidationRules, ExternalSource: p.ExternalSource,
		ExternalID: p.ExternalID, Workspace: ref(p.WorkspaceID), Options: options}
}

func listCustomerProperties(c *app.Call, in listing) (Page[CustomerProperty], error) {
	return list(c, in, func(s store.ListPart) ([]customer.Property, int, error) {
		return customer.ListProperties(c, s)
	}, customerProperty)
}

type propertyInput struct {
	customer.PropertyInput
	Options []json.RawMessage `json:"options" check:"null"`
}

func (in *propertyInput) options() ([]customer.OptionInput, error) {
	return web.NestedAll(in.Options, (*customer.OptionInput).Check)
}

func createCustomerProperty(c *app.Call, in propertyInput) (CustomerProperty, error) {
	options, err := in.options()
	if err != nil {
		return CustomerProperty{}, err
	}
	p, err := customer.CreateProperty(c, in.PropertyInput, options)
	return plain(c, p, err, customerProperty)
}

type customerPropertyPath struct {
	Property string `path:"property_id"`
}

func getCustomerProperty(c *app.Call, in struct {
	customerPropertyPath
	View
}) (Shown[CustomerProperty], error) {
	p, err := customer.GetProperty(c, in.Property)
	return one(c, in.View, p, err, customerProperty)
}

func changeCustomerProperty(c *app.Call, in struct {
	customerPropertyPath
	propertyInput
}) (CustomerProperty, error) {
	options, err := in.options()
	if err != nil {
		return CustomerProperty{}, err
	}
	p, err := customer.ChangeProperty(c, in.Property, in.PropertyInput, options)
	return plain(c, p, err, customerProperty)
}

func deleteCustomerProperty(c *app.Call, in customerPropertyPath) (web.Nothing, error) {
	return web.Nothing{}, customer.DeleteProperty(c, in.Property)
}

func listCustomerValues(c *app.Call, in customerPath) (map[string][]string, error) {
	return customer.Values(c, in.Customer)
}

func setCustomerValues(c *app.Call, in struct {
	customerPath
	Values map[string][]string `json:"customer_property_values" check:"required"`
}) (map[string][]string, error) {
	if err := customer.SetValues(c, in.Customer, in.Values); err != nil {
		return nil, err
	}
	return customer.Values(c, in.Customer)
}

type customerValuePath struct {
	customerPath
	customerPropertyPath
}

func getCustomerValue(c *app.Call, in customerValuePath) (map[string][]string, error) {
	return customer.Value(c, in.Customer, in.Property)
}

func setCustomerValue(c *app.Call, in struct {
	customerValuePath
	Values app.Opt[[]string] `json:"values" check:"blank,raw"`
}) (web.Nothing, error) {
	if !in.Values.Set {
		return web.Nothing{}, app.Field("values", "This field is required.")
	}
	return web.Nothing{}, customer.SetValue(c, in.Customer, in.Property, in.Values.V)
}
