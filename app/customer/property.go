package customer

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostProperties is how many properties a workspace may have of its customers: the values of all are read at once.
const mostProperties = 100

// Kinds of properties.
const (
	kindText     = "TEXT"
	kindDate     = "DATETIME"
	kindDecimal  = "DECIMAL"
	kindBoolean  = "BOOLEAN"
	kindOption   = "OPTION"
	kindRelation = "RELATION"
	kindURL      = "URL"
	kindEmail    = "EMAIL"
	kindFile     = "FILE"
)

// PropertyInput is what a request may say of a property. The kind of its values can't be changed.
type PropertyInput struct {
	DisplayName     app.Opt[string]         `json:"display_name" alias:"name" check:"required,max=255"`
	Description     app.Opt[string]         `json:"description" check:"max=10000,blank"`
	LogoProps       app.Opt[store.JSON]     `json:"logo_props" check:"logo"`
	SortOrder       app.Opt[float64]        `json:"sort_order"`
	PropertyType    app.Opt[string]         `json:"property_type" check:"required,choice=TEXT|DATETIME|DECIMAL|BOOLEAN|OPTION|RELATION|URL|EMAIL|FILE"`
	RelationType    app.Opt[string]         `json:"relation_type" check:"choice=ISSUE|USER,null"`
	IsRequired      app.Opt[bool]           `json:"is_required"`
	IsActive        app.Opt[bool]           `json:"is_active"`
	IsMulti         app.Opt[bool]           `json:"is_multi"`
	DefaultValue    app.Opt[[]string]       `json:"default_value" check:"blank,null"`
	Settings        app.Opt[store.NullJSON] `json:"settings"`
	ValidationRules app.Opt[store.NullJSON] `json:"validation_rules"`
	app.ExternalRef

	Faults app.Fields `body:"faults"`
}

func (in *PropertyInput) put(p *store.CustomerProperty) []string {
	var cols []string
	if in.DisplayName.Set {
		p.DisplayName, p.Name = in.DisplayName.V, slug(in.DisplayName.V)
		cols = append(cols, "display_name", "name")
	}
	app.Change(&cols, "description", in.Description, &p.Description)
	app.Change(&cols, "logo_props", in.LogoProps, &p.LogoProps)
	app.Change(&cols, "sort_order", in.SortOrder, &p.SortOrder)
	app.Change(&cols, "is_required", in.IsRequired, &p.IsRequired)
	app.Change(&cols, "is_active", in.IsActive, &p.IsActive)
	app.Change(&cols, "validation_rules", in.ValidationRules, &p.ValidationRules)
	in.ExternalRef.Put(&cols, &p.ExternalID, &p.ExternalSource)
	return cols
}

// setKind writes what can't be changed later.
func (in *PropertyInput) setKind(p *store.CustomerProperty) {
	p.PropertyType, p.IsMulti = in.PropertyType.V, in.IsMulti.V
	p.RelationType = in.RelationType.Ptr()
	p.Settings = store.JSON(in.Settings.V)
	format, formats := kindFormats(p.PropertyType)
	if formats != nil && len(p.Settings) == 0 {
		p.Settings = store.JSON(`{"display_format": "` + format + `"}`)
	}
}

// kindFormats are how values of a kind can be shown, and how they usually are; none for most kinds.
func kindFormats(kind string) (usual string, all []string) {
	switch kind {
	case kindText:
		return "single-line", []string{"single-line", "multi-line", "readonly"}
	case kindDate:
		return "MMM dd, yyyy", []string{"MMM dd, yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "yyyy/MM/dd"}
	}
	return "", nil
}

// checkKind refuses a kind that is not whole.
func (in *PropertyInput) checkKind(p *store.CustomerProperty) error {
	var settings map[string]any
	if json.Unmarshal(p.Settings, &settings) != nil && len(p.Settings) > 0 {
		in.Faults.Add("settings", "Expected an object.")
	} else if _, formats := kindFormats(p.PropertyType); formats != nil {
		if format, _ := settings["display_format"].(string); !slices.Contains(formats, format) {
			in.Faults.Add("settings", "display_format has to be one of "+quoted(formats)+".")
		}
	}
	switch relation := p.PropertyType == kindRelation; {
	case relation && p.RelationType == nil && in.Faults["relation_type"] == nil:
		in.Faults.Add("relation_type", "This field is required.")
	case !relation && p.RelationType != nil:
		in.Faults.Add("relation_type", "Only a RELATION has it.")
	}
	return in.Faults.Err()
}

func quoted(words []string) string {
	list, _ := json.Marshal(words) // texts always encode
	return string(list)
}

// keepKind refuses to change what can't be changed.
func (in *PropertyInput) keepKind(p *store.CustomerProperty) error {
	const fixed = "It can't be changed."
	if in.PropertyType.Set && in.PropertyType.V != p.PropertyType {
		in.Faults.Add("property_type", fixed)
	}
	if relation := in.RelationType.Ptr(); relation != nil && (p.RelationType == nil || *relation != *p.RelationType) {
		in.Faults.Add("relation_type", fixed)
	}
	if in.IsMulti.Set && in.IsMulti.V != p.IsMulti {
		in.Faults.Add("is_multi", fixed)
	}
	if in.Settings.Set && !in.Settings.Null && !sameDocument(in.Settings.V, p.Settings) {
		in.Faults.Add("settings", fixed)
	}
	return in.Faults.Err()
}

func sameDocument(a, b []byte) bool {
	var x, y any
	return json.Unmarshal(a, &x) == nil && json.Unmarshal(b, &y) == nil && reflect.DeepEqual(x, y)
}

// Property is a property with its options.
type Property struct {
	store.CustomerProperty
	Options []store.CustomerPropertyOption
}

// Defaults are the values that a new customer has.
func (p *Property) Defaults() []string {
	values := []string{}
	if p.PropertyType != kindOption {
		_ = json.Unmarshal(p.DefaultValue, &values) // it was written here
	}
	for _, o := range p.Options {
		if o.IsDefault {
			values = append(values, o.ID)
		}
	}
	return values
}

// ListProperties returns a part of the properties of the call's workspace, in their own order, and how many there are.
func ListProperties(c *app.Call, s store.ListPart) ([]Property, int, error) {
	t := c.Read()
	rows, total, err := store.CustomerProperties.Page(t, mine(c), s, "sort_order", "created_at", "id")
	if err != nil {
		return nil, 0, err
	}
	all, err := withOptions(t, rows)
	return all, total, err
}

func withOptions(t *store.Tx, rows []store.CustomerProperty) ([]Property, error) {
	all, at, ids := make([]Property, len(rows)), map[string]int{}, make([]string, len(rows))
	for i := range rows {
		all[i].CustomerProperty, at[rows[i].ID], ids[i] = rows[i], i, rows[i].ID
	}
	options, err := store.CustomerPropertyOptions.List(t, store.In("property_id", ids), "sort_order", "created_at", "id")
	for _, o := range options {
		p := &all[at[o.PropertyID]]
		p.Options = append(p.Options, o)
	}
	return all, err
}

// GetProperty returns a property of the call's workspace, or store.ErrNotFound.
func GetProperty(c *app.Call, id string) (*Property, error) { return findProperty(c, c.Read(), id) }

func findProperty(c *app.Call, t *store.Tx, id string) (*Property, error) {
	p, err := store.CustomerProperties.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	all, err := withOptions(t, []store.CustomerProperty{*p})
	return &all[0], err
}

// CreateProperty makes a property with its options.
func CreateProperty(c *app.Call, in PropertyInput, options []OptionInput) (*Property, error) {
	var p *Property
	err := c.Write(func(t *store.Tx) error {
		p = &Property{CustomerProperty: store.CustomerProperty{IsActive: true, SortOrder: 65535,
			WorkspaceID: c.Workspace.ID, DefaultValue: store.JSON("[]")}}
		in.put(&p.CustomerProperty)
		in.setKind(&p.CustomerProperty)
		if err := in.checkKind(&p.CustomerProperty); err != nil {
			return err
		}
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil { // they are counted
			return err
		}
		n, err := store.CustomerProperties.Count(t, mine(c))
		if err != nil {
			return err
		}
		if n >= mostProperties {
			return app.Field("non_field_errors", "A workspace has no more than 100 properties of customers.")
		}
		if err := unique(t, &p.CustomerProperty); err != nil {
			return err
		}
		if err := in.setDefaults(t, c, p); err != nil {
			return err
		}
		if err := store.CustomerProperties.Insert(t, &p.CustomerProperty); err != nil {
			return err
		}
		return putOptions(t, p, options)
	})
	if err != nil {
		return nil, err
	}
	return GetProperty(c, p.ID)
}

// unique refuses a name or an origin that another property has.
func unique(t *store.Tx, p *store.CustomerProperty) error {
	other, err := store.CustomerProperties.Get(t, dbx.HashExp{"workspace_id": p.WorkspaceID,
		"display_name": p.DisplayName})
	switch {
	case err == nil && other.ID != p.ID:
		return app.DuplicateOf("A property with this name already exists", other.ID)
	case err != nil && !errors.Is(err, store.ErrNotFound):
		return err
	}
	return app.CheckOrigin(t, "customer_properties", "Customer property", p.WorkspaceID, p.ID, p.ExternalID,
		p.ExternalSource)
}

// setDefaults writes the values that new customers have.
func (in *PropertyInput) setDefaults(t *store.Tx, c *app.Call, p *Property) error {
	if !in.DefaultValue.Set {
		return nil
	}
	values := in.DefaultValue.V
	switch p.PropertyType {
	case kindRelation, kindFile:
		if len(values) > 0 {
			return app.Field("default_value", "A property of this kind has no default value.")
		}
		return nil
	case kindOption:
		return markDefaults(t, p, values)
	}
	fit, err := p.fit(c, t, values, nil)
	if err != nil {
		return app.Field("default_value", err.Error())
	}
	p.DefaultValue, err = json.Marshal(fit)
	return err
}

// ChangeProperty writes what a request says of a property. Options with an id change, others are added.
func ChangeProperty(c *app.Call, id string, in PropertyInput, options []OptionInput) (*Property, error) {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	err := c.Write(func(t *store.Tx) error {
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil {
			return err
		}
		p, err := findProperty(c, t, id)
		if err != nil {
			return err
		}
		if err := in.keepKind(&p.CustomerProperty); err != nil {
			return err
		}
		cols := in.put(&p.CustomerProperty)
		if err := unique(t, &p.CustomerProperty); err != nil {
			return err
		}
		if err := in.setDefaults(t, c, p); err != nil {
			return err
		}
		if err := store.CustomerProperties.Update(t, &p.CustomerProperty, append(cols, "default_value")...); err != nil {
			return err
		}
		return putOptions(t, p, options)
	})
	if err != nil {
		return nil, err
	}
	return GetProperty(c, id)
}

// DeleteProperty deletes a property with its options, and the values that customers have of it.
func DeleteProperty(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := t.Lock("customers in " + c.Workspace.ID); err != nil { // new ones have its default values
			return err
		}
		p, err := findProperty(c, t, id)
		if err != nil {
			return err
		}
		if err := t.LockRow("customer_properties", p.ID); err != nil {
			return err
		}
		of := dbx.HashExp{"property_id": p.ID}
		if _, err := store.CustomerPropertyValues.DeleteWhere(t, of); err != nil {
			return err
		}
		if _, err := store.CustomerPropertyOptions.DeleteWhere(t, of); err != nil {
			return err
		}
		return store.CustomerProperties.Delete(t, &p.CustomerProperty)
	})
}
