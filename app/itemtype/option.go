package itemtype

import (
	"context"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostOptions is how many options a property may have.
const mostOptions = 500

// OptionInput is what a request may say of an option.
type OptionInput struct {
	Name        app.Opt[string]     `json:"name" check:"required,max=255"`
	Description app.Opt[string]     `json:"description" check:"blank,max=10000"`
	LogoProps   app.Opt[store.JSON] `json:"logo_props" check:"logo" type:"object"`
	SortOrder   app.Opt[float64]    `json:"sort_order"`
	IsActive    app.Opt[bool]       `json:"is_active"`
	IsDefault   app.Opt[bool]       `json:"is_default"`
	Parent      app.Opt[string]     `json:"parent" check:"pk,null"`
	app.ExternalRef
}

func (in *OptionInput) put(o *store.PropertyOptionRow) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &o.Name)
	app.Change(&cols, "description", in.Description, &o.Description)
	app.Change(&cols, "logo_props", in.LogoProps, &o.LogoProps)
	app.Change(&cols, "sort_order", in.SortOrder, &o.SortOrder)
	app.Change(&cols, "is_active", in.IsActive, &o.IsActive)
	app.Change(&cols, "is_default", in.IsDefault, &o.IsDefault)
	app.ChangePtr(&cols, "parent_id", in.Parent, &o.ParentID)
	in.Put(&cols, &o.ExternalID, &o.ExternalSource)
	return cols
}

// addOptions writes new options of a property behind those that it has.
func addOptions(t *store.Tx, p *store.ItemProperty, list []OptionInput) error {
	if len(list) == 0 {
		return nil
	}
	had, err := store.OptionsOf(t, []string{p.ID})
	if err != nil {
		return err
	}
	all := had[p.ID]
	if len(all)+len(list) > mostOptions {
		return app.Field("non_field_errors", "A property has no more than 500 options.")
	}
	place := 0.0
	for _, o := range all {
		place = max(place, o.SortOrder)
	}
	rows := make([]*store.PropertyOptionRow, len(list))
	for i, in := range list {
		place += 10000
		rows[i] = &store.PropertyOptionRow{SortOrder: place, IsActive: true, PropertyID: p.ID, ProjectID: p.ProjectID,
			WorkspaceID: p.WorkspaceID}
		rows[i].ID = store.NewID()
		in.put(rows[i])
		if err := checkOption(t, all, rows[i]); err != nil {
			return err
		}
		all = append(all, *rows[i])
	}
	if err := oneDefault(t, p, rows...); err != nil {
		return err
	}
	return store.PropertyOptions.Insert(t, rows...)
}

// checkOption refuses a name, an origin and a parent that can't be, among the options of the property.
func checkOption(t *store.Tx, all []store.PropertyOptionRow, o *store.PropertyOptionRow) error {
	for i := range all {
		switch other := &all[i]; {
		case other.ID == o.ID:
		case other.Name == o.Name:
			return app.DuplicateOf("An option with this name already exists", other.ID)
		case hasOrigin(o.ExternalID, o.ExternalSource) && hasOrigin(other.ExternalID, other.ExternalSource) &&
			*o.ExternalID == *other.ExternalID && *o.ExternalSource == *other.ExternalSource:
			return originTaken("Property option", other.ID)
		}
	}
	if o.ParentID != nil {
		if !slices.ContainsFunc(all, func(other store.PropertyOptionRow) bool { return other.ID == *o.ParentID }) {
			return app.Field("parent", app.NoObject(*o.ParentID))
		}
		line, err := store.Lineage(t, "issue_property_options", *o.ParentID)
		if err != nil {
			return err
		}
		if slices.Contains(line, o.ID) || *o.ParentID == o.ID {
			return app.Field("parent", app.Circle)
		}
	}
	return nil
}

// oneDefault leaves a property with one value one default: the last of the written options that is to be it.
func oneDefault(t *store.Tx, p *store.ItemProperty, written ...*store.PropertyOptionRow) error {
	found := false
	for _, o := range slices.Backward(written) {
		if o.IsDefault = o.IsDefault && !(found && !p.IsMulti); o.IsDefault {
			found = true
		}
	}
	if !found || p.IsMulti {
		return nil
	}
	return store.DefaultOptions(t, p.ID, nil)
}

// Options returns the options of a property in their order.
func Options(c *app.Call, id string) ([]store.PropertyOptionRow, error) {
	t := c.Read()
	if _, err := findProperty(c, t, "", id); err != nil {
		return nil, err
	}
	by, err := store.OptionsOf(t, []string{id})
	return by[id], err
}

// GetOption returns an option of a property.
func GetOption(c *app.Call, id, option string) (*store.PropertyOptionRow, error) {
	t := c.Read()
	if _, err := findProperty(c, t, "", id); err != nil {
		return nil, err
	}
	return store.PropertyOptions.Get(t, dbx.HashExp{"id": option, "property_id": id})
}

var errNoOptions = app.Field("property_type", "Only a property of the type OPTION has options.")

// CreateOption adds an option to a property, behind the others.
func CreateOption(c *app.Call, id string, in OptionInput) (*store.PropertyOptionRow, error) {
	var made *store.PropertyOptionRow
	err := c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		p, err := findOwnProperty(c, t, "", id)
		if err != nil {
			return err
		}
		if p.PropertyType != store.PropertyOption {
			return errNoOptions
		}
		if err := addOptions(t, p, []OptionInput{in}); err != nil {
			return err
		}
		made, err = store.PropertyOptions.Get(t, dbx.HashExp{"property_id": id, "name": in.Name.V})
		return err
	})
	return made, err
}

// ChangeOption writes what a request says of an option.
func ChangeOption(c *app.Call, id, option string, in OptionInput) (*store.PropertyOptionRow, error) {
	var o *store.PropertyOptionRow
	err := c.Write(func(t *store.Tx) error {
		p, found, err := findOption(c, t, id, option)
		if err != nil {
			return err
		}
		o = found
		had := o.IsDefault
		cols := in.put(o)
		by, err := store.OptionsOf(t, []string{id})
		if err != nil {
			return err
		}
		if err := checkOption(t, by[id], o); err != nil {
			return err
		}
		if !had {
			if err := oneDefault(t, p, o); err != nil {
				return err
			}
		}
		return store.PropertyOptions.Update(t, o, cols...)
	})
	return o, err
}

// findOption returns an option that the call may change, and its property; others wait.
func findOption(c *app.Call, t *store.Tx, id, option string) (*store.ItemProperty, *store.PropertyOptionRow, error) {
	if err := hold(c, t); err != nil {
		return nil, nil, err
	}
	p, err := findOwnProperty(c, t, "", id)
	if err != nil {
		return nil, nil, err
	}
	o, err := store.PropertyOptions.Get(t, dbx.HashExp{"id": option, "property_id": id})
	return p, o, err
}

// DeleteOption deletes an option, and in a job what work items have of it.
func DeleteOption(c *app.Call, id, option string) error {
	return c.Write(func(t *store.Tx) error {
		_, o, err := findOption(c, t, id, option)
		if err != nil {
			return err
		}
		if err := store.PropertyOptions.SetWhere(t, dbx.Params{"parent_id": nil},
			dbx.HashExp{"parent_id": option, "property_id": id}); err != nil {
			return err
		}
		if err := store.PropertyOptions.Delete(t, o); err != nil {
			return err
		}
		return store.Enqueue(t, store.JobPropertyDeleted, store.PropertyDeleted{OptionID: o.ID})
	})
}

// Cascade deletes what work items have of a deleted property or option, step by step: the work of the job
// store.JobPropertyDeleted.
func Cascade(ctx context.Context, a *app.App, payload store.PropertyDeleted) error {
	return a.SweepAll(ctx, store.PropertyRows(payload))
}

// Attach gives properties to a type, and returns their ids. Those that it has already stay.
func Attach(c *app.Call, kind string, ids []string) ([]string, error) {
	if len(ids) > mostProperties {
		return nil, app.Field("properties", "Ensure this field has no more than 200 elements.")
	}
	err := c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		if _, err := findOwn(c, t, kind); err != nil {
			return err
		}
		rows, err := store.ItemProperties.List(t, dbx.And(seen(c, ""), store.In("issue_properties.id", ids)))
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !slices.ContainsFunc(rows, func(p store.ItemProperty) bool { return p.ID == id }) {
				return app.Field("properties", app.NoObject(id))
			}
		}
		return tieProperties(t, c, kind, ids)
	})
	return append([]string{}, ids...), err
}

// tieProperties gives a type those of the properties that it has not.
func tieProperties(t *store.Tx, c *app.Call, kind string, ids []string) error {
	had, err := store.TypeProperties.List(t, dbx.And(dbx.HashExp{"issue_type_id": kind}, store.In("property_id", ids)))
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, tie := range had {
		known[tie.PropertyID] = true
	}
	var fresh []*store.TypeProperty
	for _, id := range ids {
		if !known[id] {
			known[id] = true
			fresh = append(fresh, &store.TypeProperty{IssueTypeID: kind, PropertyID: id, ProjectID: owner(c),
				WorkspaceID: c.Workspace.ID})
		}
	}
	return store.TypeProperties.Insert(t, fresh...)
}

// Detach takes a property from a type. Its values stay.
func Detach(c *app.Call, kind, id string) error {
	return c.Write(func(t *store.Tx) error {
		if err := hold(c, t); err != nil {
			return err
		}
		if _, err := findOwn(c, t, kind); err != nil {
			return err
		}
		tie, err := store.TypeProperties.Get(t, dbx.HashExp{"issue_type_id": kind, "property_id": id})
		if err != nil {
			return err
		}
		return store.TypeProperties.Delete(t, tie)
	})
}
