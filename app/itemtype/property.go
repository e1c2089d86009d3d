package itemtype

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"unicode"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
)

const (
	// mostProperties is how many properties a project, or a workspace, may have of its own.
	mostProperties = 200
	maxDocument    = 10_000 // bytes of a document that is kept for clients
)

// Property is a property with its options; TypeID is the type that it was asked for as one of.
type Property struct {
	store.ItemProperty
	Options []store.PropertyOptionRow // nil but for those that have options
	TypeID  *string
}

// Defaults is the default_value: of options, those that say so.
func (p *Property) Defaults() store.JSON {
	if p.PropertyType != store.PropertyOption {
		return p.DefaultValue
	}
	ids := []string{}
	for _, o := range p.Options {
		if o.IsDefault {
			ids = append(ids, o.ID)
		}
	}
	doc, _ := json.Marshal(ids) // texts always encode
	return doc
}

// PropertyInput is what a request may say of a property.
type PropertyInput struct {
	DisplayName     app.Opt[string]     `json:"display_name" check:"required,max=255"`
	Description     app.Opt[string]     `json:"description" check:"blank,max=10000"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props" check:"logo" type:"object"`
	PropertyType    app.Opt[string]     `json:"property_type" check:"required,choice=TEXT|DATETIME|DECIMAL|BOOLEAN|OPTION|RELATION|URL|EMAIL|FILE"`
	RelationType    app.Opt[string]     `json:"relation_type" check:"choice=ISSUE|USER|RICH_TEXT,null"`
	IsRequired      app.Opt[bool]       `json:"is_required"`
	IsActive        app.Opt[bool]       `json:"is_active"`
	IsMulti         app.Opt[bool]       `json:"is_multi"`
	DefaultValue    app.Opt[[]string]   `json:"default_value" check:"blank,null"`
	Settings        app.Opt[store.JSON] `json:"settings" check:"null" type:"object"`
	ValidationRules app.Opt[store.JSON] `json:"validation_rules" check:"null" type:"object"`
	SortOrder       app.Opt[float64]    `json:"sort_order"`
	app.ExternalRef
}

func (in *PropertyInput) put(p *store.ItemProperty) []string {
	var cols []string
	app.Change(&cols, "display_name", in.DisplayName, &p.DisplayName)
	app.Change(&cols, "description", in.Description, &p.Description)
	app.Change(&cols, "logo_props", in.LogoProps, &p.LogoProps)
	app.Change(&cols, "is_required", in.IsRequired, &p.IsRequired)
	app.Change(&cols, "is_active", in.IsActive, &p.IsActive)
	app.Change(&cols, "is_multi", in.IsMulti, &p.IsMulti)
	app.Change(&cols, "settings", in.Settings, &p.Settings)
	app.Change(&cols, "validation_rules", in.ValidationRules, &p.ValidationRules)
	app.Change(&cols, "sort_order", in.SortOrder, &p.SortOrder)
	in.Put(&cols, &p.ExternalID, &p.ExternalSource)
	return cols
}

// display are the forms in which texts and times are shown; the first one is the usual one.
var display = map[string][]string{
	store.PropertyText: {"single-line", "multi-line", "readonly"},
	store.PropertyTime: {"MMM dd, yyyy", "dd/MM/yyyy", "MM/dd/yyyy", "yyyy/MM/dd"},
}

// checkShape refuses what fits no property, and fills in what is usual.
func checkShape(p *store.ItemProperty) error {
	faults := app.Fields{}
	switch relation := p.Relates(); {
	case p.PropertyType == store.PropertyRelation && relation == "":
		faults.Add("relation_type", "This field is required.")
	case p.PropertyType != store.PropertyRelation:
		p.RelationType = nil
	}
	if p.IsMulti && (p.PropertyType == store.PropertyBoolean || p.Relates() == store.ToRichText) {
		faults.Add("is_multi", "This kind of property has one value.")
	}
	settings := map[string]any{}
	if len(p.Settings) > 0 && json.Unmarshal(p.Settings, &settings) != nil || len(p.Settings) > maxDocument {
		faults.Add("settings", "This is a small JSON object.")
	}
	if forms := display[p.PropertyType]; forms != nil && len(faults) == 0 {
		form, there := settings["display_format"].(string)
		if !there && settings["display_format"] == nil {
			form = forms[0]
		}
		if !slices.Contains(forms, form) {
			faults.Add("settings", "display_format is one of: "+strings.Join(forms, "; ")+".")
		}
		if settings == nil {
			settings = map[string]any{}
		}
		settings["display_format"] = form
		p.Settings, _ = json.Marshal(settings) // it was read from JSON
	}
	if rules := map[string]any{}; len(p.ValidationRules) > 0 && json.Unmarshal(p.ValidationRules, &rules) != nil ||
		len(p.ValidationRules) > maxDocument {
		faults.Add("validation_rules", "This is a small JSON object.")
	}
	for _, doc := range []*store.JSON{&p.Settings, &p.ValidationRules, &p.LogoProps} {
		if string(*doc) == "null" {
			*doc = nil
		}
	}
	return faults.Err()
}

// slug is the stored name: of letters, digits, underscores and dashes.
func slug(name string) string {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '_'
	})
	return strings.Join(words, "-")
}

// seen holds for properties that the call sees, of a type where one is named.
func seen(c *app.Call, kind string) dbx.Expression {
	which := store.PropertiesIn(c.Workspace.ID, c.ProjectID)
	if c.ProjectID == "" {
		which = own(c, "issue_properties")
	}
	if kind != "" {
		which = dbx.And(which, store.PropertiesOf(kind))
	}
	return which
}

// Properties returns the properties of a type, or all that there are where that is empty.
func Properties(c *app.Call, kind string) ([]Property, error) {
	t := c.Read()
	if kind != "" {
		if _, err := find(c, t, kind); err != nil {
			return nil, err
		}
	}
	rows, err := store.ItemProperties.List(t, seen(c, kind), "sort_order", "created_at", "id")
	if err != nil {
		return nil, err
	}
	return withOptions(t, rows, kind)
}

func withOptions(t *store.Tx, rows []store.ItemProperty, kind string) ([]Property, error) {
	var ids []string
	for i := range rows {
		if rows[i].PropertyType == store.PropertyOption {
			ids = append(ids, rows[i].ID)
		}
	}
	options, err := store.OptionsOf(t, ids)
	all := make([]Property, len(rows))
	for i, r := range rows {
		all[i] = Property{ItemProperty: r}
		if r.PropertyType == store.PropertyOption {
			all[i].Options = append([]store.PropertyOptionRow{}, options[r.ID]...)
		}
		if kind != "" {
			all[i].TypeID = &kind
		}
	}
	return all, err
}

func withItsOptions(t *store.Tx, p *store.ItemProperty, kind string) (*Property, error) {
	all, err := withOptions(t, []store.ItemProperty{*p}, kind)
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// GetProperty returns a property, of a type where one is named.
func GetProperty(c *app.Call, kind, id string) (*Property, error) {
	t := c.Read()
	p, err := findProperty(c, t, kind, id)
	if err != nil {
		return nil, err
	}
	return withItsOptions(t, p, kind)
}

func findProperty(c *app.Call, t *store.Tx, kind, id string) (*store.ItemProperty, error) {
	if kind != "" {
		if _, err := find(c, t, kind); err != nil {
			return nil, err
		}
	}
	return store.ItemProperties.Get(t, dbx.And(seen(c, kind), dbx.HashExp{"issue_properties.id": id}))
}

// findOwnProperty returns a property that the call may change; of the workspace's in a project, ErrManaged.
func findOwnProperty(c *app.Call, t *store.Tx, kind, id string) (*store.ItemProperty, error) {
	p, err := findProperty(c, t, kind, id)
	if err == nil && c.ProjectID != "" && p.ProjectID == nil {
		return nil, ErrManaged
	}
	return p, err
}

// CreateProperty makes a property, with its options, of a type where one is named.
func CreateProperty(c *app.Call, kind string, in PropertyInput, options []OptionInput) (*Property, error) {
	var made *Property
	err := c.Write(func(t *store.Tx) error {
		if err := errors.Join(hold(c, t), mayMake(c, t)); err != nil {
			return err
		}
		if kind != "" {
			if _, err := findOwn(c, t, kind); err != nil {
				return err
			}
		}
		var err error
		p := &store.ItemProperty{AuditFields: store.AuditFields{ID: store.NewID()}, WorkspaceID: c.Workspace.ID,
			ProjectID: owner(c), IsActive: true, PropertyType: in.PropertyType.V, RelationType: in.RelationType.Ptr(),
			DefaultValue: store.JSON("[]")}
		if p.SortOrder, err = nextPlace(c, t); err != nil {
			return err
		}
		in.put(p)
		p.Name = slug(p.DisplayName)
		if len(options) > 0 && p.PropertyType != store.PropertyOption {
			return app.Field("options", "Only a property of the type OPTION has options.")
		}
		if err := in.finish(c, t, p); err != nil {
			return err
		}
		if err := store.ItemProperties.Insert(t, p); err != nil {
			return err
		}
		if err := addOptions(t, p, options); err != nil {
			return err
		}
		if kind != "" {
			if err := tieProperties(t, c, kind, []string{p.ID}); err != nil {
				return err
			}
		}
		made, err = withItsOptions(t, p, kind)
		return err
	})
	return made, err
}

// nextPlace is the sort_order behind all others; it refuses more properties than there can be.
func nextPlace(c *app.Call, t *store.Tx) (float64, error) {
	n, err := store.ItemProperties.Count(t, own(c, "issue_properties"))
	if err == nil && n >= mostProperties {
		err = app.Field("non_field_errors", "There are 200 properties already: that is as many as there can be.")
	}
	return float64(n+1) * 10000, err
}

// finish checks a property as it is going to be, with its defaults.
func (in *PropertyInput) finish(c *app.Call, t *store.Tx, p *store.ItemProperty) error {
	if err := checkShape(p); err != nil {
		return err
	}
	if in.DefaultValue.Set {
		if err := setDefaults(c, t, p, in.DefaultValue.V); err != nil {
			return err
		}
	}
	return origin(t, store.ItemProperties, own(c, "issue_properties"), "Work item property", p.ID, p.ExternalID,
		p.ExternalSource, func(o *store.ItemProperty) string { return o.ID })
}

// setDefaults keeps the values that new work items have; of options, they themselves say so.
func setDefaults(c *app.Call, t *store.Tx, p *store.ItemProperty, texts []string) error {
	values, fault := property.ReadDefault(p, texts)
	if fault == "" {
		var err error
		if fault, err = property.Check(c, t, c.ProjectID, p, values); err != nil {
			return err
		}
	}
	if fault != "" {
		return app.Field("default_value", fault)
	}
	if p.PropertyType == store.PropertyOption {
		var ids []string
		for _, v := range values {
			ids = append(ids, v.Refers())
		}
		return store.DefaultOptions(t, p.ID, ids)
	}
	if p.Relates() == store.ToRichText && len(values) > 0 { // as it is harmless
		texts = []string{*values[0].Text}
	}
	p.DefaultValue, _ = json.Marshal(append([]string{}, texts...)) // texts always encode
	return nil
}

// ChangeProperty writes what a request says of a property. Its type stays what it is.
func ChangeProperty(c *app.Call, kind, id string, in PropertyInput) (*Property, error) {
	var now *Property
	err := c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		p, err := findOwnProperty(c, t, kind, id)
		if err != nil {
			return err
		}
		switch {
		case in.PropertyType.Set && in.PropertyType.V != p.PropertyType:
			return app.Field("property_type", "The type of a property stays what it is: make another property.")
		case in.RelationType.Set && in.RelationType.V != p.Relates():
			return app.Field("relation_type", "What a property leads to stays what it is: make another property.")
		}
		was := p.IsMulti
		cols := in.put(p)
		if err := in.finish(c, t, p); err != nil {
			return err
		}
		if was && !p.IsMulti {
			if err := mayBeSingle(t, p); err != nil {
				return err
			}
		}
		if in.DisplayName.Set {
			p.Name, cols = slug(p.DisplayName), append(cols, "name")
		}
		if err := store.ItemProperties.Update(t, p, append(cols, "default_value", "settings")...); err != nil {
			return err
		}
		now, err = withItsOptions(t, p, kind)
		return err
	})
	return now, err
}

// mayBeSingle refuses that a property has one value while work items, or its defaults, have more.
func mayBeSingle(t *store.Tx, p *store.ItemProperty) error {
	many, err := store.ManyValued(t, p.ID)
	if err != nil {
		return err
	}
	if many {
		return app.Field("is_multi", "Work items have more than one value of it.")
	}
	now, err := withItsOptions(t, p, "")
	if err != nil {
		return err
	}
	var defaults []string
	if err := json.Unmarshal(now.Defaults(), &defaults); err != nil || len(defaults) > 1 {
		return app.Field("is_multi", "It has more than one default: say with default_value which one stays.")
	}
	return nil
}

// DeleteProperty deletes a property, and in a job what work items have of it: nobody sees that any more.
func DeleteProperty(c *app.Call, kind, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		p, err := findOwnProperty(c, t, kind, id)
		if err != nil {
			return err
		}
		if err := store.ItemProperties.Delete(t, p); err != nil {
			return err
		}
		return store.Enqueue(t, store.JobPropertyDeleted, store.PropertyDeleted{PropertyID: p.ID})
	})
}
