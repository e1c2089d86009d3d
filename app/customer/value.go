package customer

import (
	"errors"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

const (
	mostValues = 100    // of a property with several
	mostText   = 10_000 // characters of one
	onlyOne    = "This property has only one value."
)

var decimal = regexp.MustCompile(`^[+-]?(\d+(\.\d*)?|\.\d+)$`)

// Values returns the values that a customer has, as texts by the property's id, for properties that are switched on;
// those without a value are not there.
func Values(c *app.Call, customer string) (map[string][]string, error) {
	t := c.Read()
	if _, err := find(c, t, customer); err != nil {
		return nil, err
	}
	properties, err := store.CustomerProperties.List(t, dbx.And(mine(c), dbx.HashExp{"is_active": true}))
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(properties))
	for i := range properties {
		ids[i] = properties[i].ID
	}
	return valuesOf(t, customer, ids...)
}

func valuesOf(t *store.Tx, customer string, properties ...string) (map[string][]string, error) {
	rows, err := store.ValuesOfCustomer(t, customer, properties)
	values := map[string][]string{}
	for i := range rows {
		values[rows[i].PropertyID] = append(values[rows[i].PropertyID], rows[i].Text())
	}
	return values, err
}

// Value is Values for one property, which is there without a value too.
func Value(c *app.Call, customer, property string) (map[string][]string, error) {
	t := c.Read()
	if _, err := find(c, t, customer); err != nil {
		return nil, err
	}
	p, err := store.CustomerProperties.Get(t, dbx.HashExp{"id": property, "workspace_id": c.Workspace.ID})
	if err != nil {
		return nil, err
	}
	values := map[string][]string{}
	if p.IsActive {
		if values, err = valuesOf(t, customer, p.ID); err != nil {
			return nil, err
		}
	}
	values[p.ID] = append([]string{}, values[p.ID]...)
	return values, nil
}

// SetValues gives a customer these values in place of those that it has of the properties, by their ids; of others it
// keeps them. All or none are written.
func SetValues(c *app.Call, customer string, values map[string][]string) error {
	if len(values) > mostProperties {
		return app.Field("customer_property_values", "A workspace has no more than 100 properties of customers.")
	}
	ids, faults := make([]string, 0, len(values)), app.Fields{}
	for id := range values {
		if ids = append(ids, id); !store.IsID(id) {
			faults.Add(id, app.NoObject(id))
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		properties, err := holdProperties(c, t, customer, ids)
		if err != nil {
			return err
		}
		faults, err := replace(c, t, customer, properties, values)
		if err != nil {
			return err
		}
		for _, id := range ids {
			if !slices.ContainsFunc(properties, func(p Property) bool { return p.ID == id }) {
				faults.Add(id, app.NoObject(id))
			}
		}
		return faults.Err()
	})
}

// SetValue is SetValues for one property.
func SetValue(c *app.Call, customer, property string, texts []string) error {
	return c.Write(func(t *store.Tx) error {
		properties, err := holdProperties(c, t, customer, []string{property})
		if err != nil {
			return err
		}
		if len(properties) == 0 {
			return store.ErrNotFound
		}
		faults, err := replace(c, t, customer, properties, map[string][]string{property: texts})
		if bad, is := faults[property]; is {
			return app.Fields{"values": bad}.Err()
		}
		return err
	})
}

// holdProperties returns those of the properties that are there; they and the customer are not deleted meanwhile.
func holdProperties(c *app.Call, t *store.Tx, customer string, ids []string) ([]Property, error) {
	if _, err := hold(c, t, customer); err != nil {
		return nil, err
	}
	if err := t.LockRows("customer_properties", ids...); err != nil {
		return nil, err
	}
	rows, err := store.CustomerProperties.List(t, dbx.And(mine(c), store.In("id", ids)))
	if err != nil {
		return nil, err
	}
	return withOptions(t, rows)
}

// fault is what is wrong with a value, in a sentence.
type fault string

func (f fault) Error() string { return string(f) }

// replace writes values in place of those that a customer has of properties, or nothing and returns what is wrong, by
// the property's id.
func replace(c *app.Call, t *store.Tx, customer string, properties []Property, values map[string][]string) (
	app.Fields, error) {
	ids := make([]string, len(properties))
	for i := range properties {
		ids[i] = properties[i].ID
	}
	old, err := store.CustomerPropertyValues.List(t, dbx.And(dbx.HashExp{"customer_id": customer},
		store.In("property_id", ids)), "property_id", "position")
	if err != nil {
		return nil, err
	}
	kept := map[string][]string{}
	for i := range old {
		kept[old[i].PropertyID] = append(kept[old[i].PropertyID], old[i].Text())
	}
	var changed []string
	var fresh []*store.CustomerPropertyValue
	faults := app.Fields{}
	for i := range properties {
		p := &properties[i]
		texts, err := p.accept(c, t, values[p.ID], kept[p.ID])
		var bad fault
		switch {
		case errors.As(err, &bad):
			faults.Add(p.ID, string(bad))
		case err != nil:
			return nil, err
		case !slices.Equal(texts, kept[p.ID]):
			changed, fresh = append(changed, p.ID), append(fresh, p.rows(customer, texts)...)
		}
	}
	if len(faults) > 0 || len(changed) == 0 {
		return faults, nil
	}
	if _, err := store.CustomerPropertyValues.DeleteWhere(t, dbx.And(dbx.HashExp{"customer_id": customer},
		store.In("property_id", changed))); err != nil {
		return nil, err
	}
	return faults, store.CustomerPropertyValues.Insert(t, fresh...)
}

// accept is fit for what a customer is to have.
func (p *Property) accept(c *app.Call, t *store.Tx, texts, kept []string) ([]string, error) {
	switch {
	case !p.IsActive:
		return nil, fault("This property is switched off.")
	case p.IsRequired && len(texts) == 0:
		return nil, fault("This property has to have a value.")
	}
	return p.fit(c, t, texts, kept)
}

// rows are values as they are kept.
func (p *Property) rows(customer string, texts []string) []*store.CustomerPropertyValue {
	rows := make([]*store.CustomerPropertyValue, len(texts))
	for i, text := range texts {
		v := &store.CustomerPropertyValue{Position: i, PropertyID: p.ID, CustomerID: customer, WorkspaceID: p.WorkspaceID}
		switch {
		case p.PropertyType == kindOption:
			v.OptionID = &text
		case p.PropertyType == kindFile:
			v.FileAssetID = &text
		case p.PropertyType == kindRelation && *p.RelationType == "USER":
			v.UserID = &text
		case p.PropertyType == kindRelation:
			v.IssueID = &text
		default:
			v.Value = text
		}
		rows[i] = v
	}
	return rows
}

// putDefaults gives a new customer the values that properties have for those.
func putDefaults(c *app.Call, t *store.Tx, m *store.Customer) error {
	rows, err := store.CustomerProperties.List(t, dbx.And(mine(c), dbx.HashExp{"is_active": true}))
	if err != nil {
		return err
	}
	properties, err := withOptions(t, rows)
	if err != nil {
		return err
	}
	var values []*store.CustomerPropertyValue
	for i := range properties {
		p := &properties[i]
		values = append(values, p.rows(m.ID, p.Defaults())...)
	}
	return store.CustomerPropertyValues.Insert(t, values...)
}

// fit returns values as they are kept, each once, or a fault. Those that the customer has already are not looked at
// again: they may name what the caller may not see.
func (p *Property) fit(c *app.Call, t *store.Tx, texts, kept []string) ([]string, error) {
	if len(texts) > mostValues {
		return nil, fault("A property has no more than 100 values.")
	}
	if !p.IsMulti && len(slices.Compact(slices.Sorted(slices.Values(texts)))) > 1 {
		return nil, fault(onlyOne)
	}
	out, fresh := []string{}, []string{}
	for _, text := range texts {
		value, ok := p.spelled(text)
		if !ok {
			return nil, fault(`"` + shortened(text) + `" is not a valid ` + p.PropertyType + `.`)
		}
		if slices.Contains(out, value) {
			continue
		}
		if out = append(out, value); !slices.Contains(kept, value) {
			fresh = append(fresh, value)
		}
	}
	if len(fresh) == 0 || p.PropertyType != kindOption && p.PropertyType != kindRelation && p.PropertyType != kindFile {
		return out, nil
	}
	there, err := p.among(c, t, fresh)
	if err != nil {
		return nil, err
	}
	for _, id := range fresh {
		if !slices.Contains(there, id) {
			return nil, fault(app.NoObject(id))
		}
	}
	return out, nil
}

func shortened(text string) string {
	if runes := []rune(text); len(runes) > 40 {
		return string(runes[:40]) + "..."
	}
	return text
}

// spelled is a text as its kind keeps it, and whether it is of that kind.
func (p *Property) spelled(text string) (string, bool) {
	if strings.ContainsRune(text, 0) || utf8.RuneCountInString(text) > mostText {
		return "", false
	}
	switch p.PropertyType {
	case kindDate:
		_, err := time.Parse(time.DateOnly, text)
		return text, err == nil
	case kindDecimal:
		return text, len(text) <= 64 && decimal.MatchString(text)
	case kindBoolean:
		word := map[string]string{"true": "True", "false": "False"}[strings.ToLower(text)]
		return word, word != ""
	case kindURL:
		return text, app.IsWebURL(text)
	case kindEmail:
		return text, app.IsEmail(text)
	case kindOption, kindRelation, kindFile:
		return strings.ToLower(text), store.IsID(strings.ToLower(text))
	}
	return text, strings.TrimSpace(text) != ""
}

// among returns those of the ids that are what the property may name.
func (p *Property) among(c *app.Call, t *store.Tx, ids []string) (there []string, err error) {
	switch {
	case p.PropertyType == kindOption:
		for _, o := range p.Options {
			there = append(there, o.ID)
		}
	case p.PropertyType == kindFile:
		files, err := store.FileAssets.List(t, dbx.And(store.In("id", ids), dbx.HashExp{"workspace_id": c.Workspace.ID,
			"is_uploaded": true, "created_by_id": c.UserID()}))
		for i := range files {
			there = append(there, files[i].ID)
		}
		return there, err
	case *p.RelationType == "USER":
		people, err := store.WorkspacePeople(t, c.Workspace.ID, ids)
		return slices.Collect(maps.Keys(people)), err
	default:
		items, err := c.SeenItems(t, ids)
		for i := range items {
			there = append(there, items[i].ID)
		}
		return there, err
	}
	return there, nil
}
