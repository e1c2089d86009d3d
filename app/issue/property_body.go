package issue

import (
	"encoding/json"
	"errors"
	"maps"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
)

// What the body of a work item has of its type and of properties.

// properties are the properties that a request names in the body of a work item, with their values.
type properties struct {
	of     map[string]*store.ItemProperty // by id
	values map[string][]store.PropertyValue
}

// readProperties reads what the body of a work item has of properties.
func (in *Input) readProperties(c *app.Call, t *store.Tx) (*properties, error) {
	read := &properties{of: map[string]*store.ItemProperty{}, values: map[string][]store.PropertyValue{}}
	if len(in.Properties) == 0 {
		return read, nil
	}
	faults := app.Fields{}
	ids := slices.Sorted(maps.Keys(in.Properties))
	if len(ids) > mostProperties {
		return nil, app.Field("properties", "Ensure this field has no more than 200 elements.")
	}
	for _, id := range ids {
		if !store.IsID(id) {
			faults.Add(id, "This is not the id of a property.")
		}
	}
	if len(faults) > 0 {
		return nil, app.Fields{"properties": faults}.Err()
	}
	rows, err := store.ItemProperties.List(t, dbx.And(store.PropertiesIn(c.Workspace.ID, c.ProjectID),
		store.In("issue_properties.id", ids), dbx.HashExp{"is_active": true}))
	if err != nil {
		return nil, err
	}
	for i := range rows {
		read.of[rows[i].ID] = &rows[i]
	}
	for _, id := range ids {
		p := read.of[id]
		if p == nil {
			faults.Add(id, app.NoObject(id))
			continue
		}
		raw, err := property.ByName(t, p, in.Properties[id])
		if err != nil {
			return nil, err
		}
		values, fault := property.Read(p, raw)
		if fault == "" && len(values) == 0 && p.IsRequired {
			fault = required
		}
		if fault == "" {
			if fault, err = property.Check(c, t, c.ProjectID, p, values); err != nil {
				return nil, err
			}
		}
		if fault != "" {
			faults.Add(id, fault)
		}
		read.values[id] = values
	}
	if len(faults) > 0 {
		return nil, app.Fields{"properties": faults}.Err()
	}
	return read, nil
}

// mostProperties is how many properties a request may give values of.
const mostProperties = 200

// writeProperties writes what the body of a work item has of properties, and for a type that is new to it the defaults
// of what it has no value of. A body that speaks of properties has to give all that the type requires.
func (in *Input) writeProperties(c *app.Call, t *store.Tx, at store.IssueKey, r *record, kind *string,
	fresh bool) error {
	if len(in.Properties) == 0 && (kind == nil || !fresh) {
		return nil
	}
	read, err := in.readProperties(c, t)
	if err != nil {
		return err
	}
	if kind != nil && fresh {
		if err := in.addDefaults(c, t, at, *kind, read); err != nil {
			return err
		}
	}
	for _, id := range slices.Sorted(maps.Keys(read.values)) {
		if err := setValues(t, at, r, read.of[id], read.values[id], app.ExternalRef{}); err != nil {
			return err
		}
	}
	return nil
}

// addDefaults adds the defaults of a type's properties. What is no value any more is passed over.
func (in *Input) addDefaults(c *app.Call, t *store.Tx, at store.IssueKey, kind string, read *properties) error {
	rows, err := store.ItemProperties.List(t, dbx.And(dbx.HashExp{"issue_properties.is_active": true},
		store.PropertiesOf(kind)), "sort_order", "id")
	if err != nil || len(rows) == 0 {
		return err
	}
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	had, err := store.ValuesFor(t, at.IssueID, ids)
	if err != nil {
		return err
	}
	options, err := store.OptionsOf(t, ids)
	if err != nil {
		return err
	}
	faults := app.Fields{}
	for i := range rows {
		p := &rows[i]
		if _, given := read.values[p.ID]; given || len(had[p.ID]) > 0 {
			continue
		}
		values, err := defaultsOf(c, t, p, options[p.ID])
		if err != nil {
			return err
		}
		if len(values) > 0 {
			read.of[p.ID], read.values[p.ID] = p, values
		} else if p.IsRequired && len(in.Properties) > 0 {
			faults.Add(p.ID, required)
		}
	}
	if len(faults) > 0 {
		return app.Fields{"properties": faults}.Err()
	}
	return nil
}

func defaultsOf(c *app.Call, t *store.Tx, p *store.ItemProperty, options []store.PropertyOptionRow) (
	values []store.PropertyValue, err error) {
	if p.PropertyType == store.PropertyOption {
		for _, o := range options {
			if o.IsDefault && o.IsActive {
				values = append(values, store.PropertyValue{PropertyID: p.ID, OptionID: &o.ID})
			}
		}
		return values, nil
	}
	var texts []string
	if json.Unmarshal(p.DefaultValue, &texts) != nil || len(texts) == 0 {
		return nil, nil
	}
	values, fault := property.ReadDefault(p, texts)
	if fault == "" {
		fault, err = property.Check(c, t, c.ProjectID, p, values)
	}
	if fault != "" {
		values = nil
	}
	return values, err
}

// compareType notes another type in the history.
func (in *Input) compareType(t *store.Tx, h *store.IssueForUpdate, r *record) error {
	if !in.TypeID.Set || value(h.TypeID) == value(in.TypeID.Ptr()) {
		return nil
	}
	names := [2]string{}
	for i, id := range []*string{h.TypeID, in.TypeID.Ptr()} {
		if id == nil {
			continue
		}
		y, err := store.IssueTypes.Find(t, *id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err == nil {
			names[i] = y.Name
		}
	}
	row := changed("type", "updated the type to", &names[0], &names[1])
	row.OldIdentifier, row.NewIdentifier = h.TypeID, in.TypeID.Ptr()
	r.field("type_id", h.TypeID, in.TypeID.Ptr())
	r.rows = append(r.rows, row)
	return nil
}
