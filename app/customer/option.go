package customer

import (
	"slices"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostOptions is how many options a property may have.
const mostOptions = 500

// OptionInput is what a request may say of an option: of a new one, or of the one with that id.
type OptionInput struct {
	ID          app.Opt[string] `json:"id" check:"uuid,null"`
	Name        app.Opt[string] `json:"name" check:"max=255"`
	Description app.Opt[string] `json:"description" check:"max=10000,blank"`
	IsDefault   app.Opt[bool]   `json:"is_default"`
}

// Check refuses a new option without a name.
func (in *OptionInput) Check() error {
	if in.ID.V == "" && in.Name.V == "" {
		return app.Field("name", "This field is required.")
	}
	return nil
}

func (in *OptionInput) put(o *store.CustomerPropertyOption) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &o.Name)
	app.Change(&cols, "description", in.Description, &o.Description)
	app.Change(&cols, "is_default", in.IsDefault, &o.IsDefault)
	return cols
}

// putOptions writes what a request says of the options of a property, and leaves the others as they are.
func putOptions(t *store.Tx, p *Property, options []OptionInput) error {
	if len(options) == 0 {
		return nil
	}
	if p.PropertyType != kindOption {
		return app.Field("options", "Only a property of the kind OPTION has them.")
	}
	all := len(p.Options)
	for i := range options {
		if options[i].ID.V == "" {
			all++
		}
	}
	if max(all, len(options)) > mostOptions { // before any is written
		return app.Field("options", "A property has no more than "+strconv.Itoa(mostOptions)+" options.")
	}
	for i := range options {
		if err := putOption(t, p, &options[i]); err != nil {
			return err
		}
	}
	return oneDefault(p, "options")
}

func putOption(t *store.Tx, p *Property, in *OptionInput) error {
	at := slices.IndexFunc(p.Options, func(o store.CustomerPropertyOption) bool { return o.ID == in.ID.V })
	if in.ID.V != "" && at < 0 {
		return app.Field("options", app.NoObject(in.ID.V))
	}
	if slices.ContainsFunc(p.Options, func(o store.CustomerPropertyOption) bool {
		return in.Name.Set && o.Name == in.Name.V && o.ID != in.ID.V
	}) {
		return app.Field("options", `There is an option "`+in.Name.V+`" already.`)
	}
	if at >= 0 {
		return store.CustomerPropertyOptions.Update(t, &p.Options[at], in.put(&p.Options[at])...)
	}
	o := store.CustomerPropertyOption{SortOrder: 10000, PropertyID: p.ID, WorkspaceID: p.WorkspaceID}
	if n := len(p.Options); n > 0 {
		o.SortOrder = p.Options[n-1].SortOrder + 10000
	}
	in.put(&o)
	p.Options = append(p.Options, o)
	return store.CustomerPropertyOptions.Insert(t, &p.Options[len(p.Options)-1])
}

// markDefaults makes those options, and no others, the values that new customers have.
func markDefaults(t *store.Tx, p *Property, ids []string) error {
	for _, id := range ids {
		if !slices.ContainsFunc(p.Options, func(o store.CustomerPropertyOption) bool { return o.ID == id }) {
			return app.Field("default_value", `"`+id+`" is none of its options: a new option says is_default.`)
		}
	}
	for i := range p.Options {
		o := &p.Options[i]
		if is := slices.Contains(ids, o.ID); is != o.IsDefault {
			o.IsDefault = is
			if err := store.CustomerPropertyOptions.Update(t, o, "is_default"); err != nil {
				return err
			}
		}
	}
	return oneDefault(p, "default_value")
}

func oneDefault(p *Property, field string) error {
	if !p.IsMulti && len(p.Defaults()) > 1 {
		return app.Field(field, onlyOne)
	}
	return nil
}
