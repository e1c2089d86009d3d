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
		if err := holdCustomer(c, t, customer); err != nil {
			return err
		}
		rows, err := store.CustomerProperties.List(t, dbx.And(mine(c), store.In("id", ids)))
		if err != nil {
			return err
		}
		properties, err := withOptions(t, rows)
		if err != nil {
			return err
		}
		faults := app.Fields{}
		for id, texts := range values {
			at := slices.IndexFunc(properties, func(p Property) bool { return p.ID == id })
			if at < 0 {
				faults.Add(id, app.NoObject(id))
			} else if err := properties[at].write(c, t, customer, texts); err != nil {
				var bad fault
				if !errors.As(err, &bad) {
					return err
				}
				faults.Add(id, string(bad))
			}
		}
		return faults.Err()
	})
}

// SetValue is SetValues for one property.
func SetValue(c *app.Call, customer, property string, texts []string) error {
	return c.Write(func(t *store.Tx) error {
		if err := holdCustomer(c, t, customer); err != nil {
			return err
		}
		p, err := findProperty(c, t, property)
		if err != nil {
			return err
		}
		err = p.write(c, t, customer, texts)
		var bad fault
		if errors.As(err, &bad) {
			return app.Field("values", string(bad))
		}
		return err
	})
}

func holdCustomer(c *app.Call, t *store.Tx, id string) error {
	m, err := find(c, t, id)
	if err != nil {
		return err
	}
	return t.LockRow("customers", m.ID)
}

// fault is what is wrong with a value, in a sentence.
type fault string

func (f fault) Error() string { return string(f) }

// write replaces the values that a customer has of a property.
func (p *Property) write(c *app.Call, t *store.Tx, customer string, texts []string) error {
	if !p.IsActive {
		return fault("This property is switched off.")
	}
	old, err := store.CustomerPropertyValues.List(t, dbx.HashExp{"customer_id": customer, "property_id": p.ID},
		"position")
	if err != nil {
		return err
	}
	kept := make([]string, len(old))
	for i := range old {
		kept[i] = old[i].Text()
	}
	if p.IsRequired && len(texts) == 0 {
		return fault("This property has to have a value.")
	}
	texts, err = p.fit(c, t, distinct(texts), kept)
	if err != nil || slices.Equal(texts, kept) {
		return err
	}
	if len(old) > 0 {
		if _, err := store.CustomerPropertyValues.DeleteWhere(t, dbx.HashExp{"customer_id": customer,
			"property_id": p.ID}); err != nil {
			return err
		}
	}
	return store.CustomerPropertyValues.Insert(t, p.rows(customer, texts)...)
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

// fit returns values as they are kept, or a fault. Those that the customer has already are not looked at again: they
// may name what the caller may not see.
func (p *Property) fit(c *app.Call, t *store.Tx, texts, kept []string) ([]string, error) {
	switch {
	case len(texts) > 1 && !p.IsMulti:
		return nil, fault(onlyOne)
	case len(texts) > mostValues:
		return nil, fault("A property has no more than 100 values.")
	}
	out, fresh := make([]string, len(texts)), []string{}
	for i, text := range texts {
		value, ok := p.spelled(text)
		if !ok {
			return nil, fault(`"` + shortened(text) + `" is not a valid ` + p.PropertyType + `.`)
		}
		if out[i] = value; !slices.Contains(kept, value) {
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

// distinct leaves out what came before.
func distinct(texts []string) []string {
	out := []string{}
	for _, text := range texts {
		if !slices.Contains(out, text) {
			out = append(out, text)
		}
	}
	return out
}
