package v1

import (
	"encoding/json"
	"errors"
	"reflect"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/template"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// What a template has is read as if somebody had sent it, and what the request has is put over it: then everything goes
// the way of what is made without a template.

// filled reads what a template has into dest, and puts over it what the request says. What is wrong with the template's
// values is told unless the request has others in their place.
func filled[T any](p *store.Template, dest, said *T) (app.Fields, error) {
	raw, err := idsForRows(p.Data)
	if err != nil {
		return nil, err
	}
	if _, err := web.NestedPart(raw, dest); err != nil {
		return nil, err
	}
	base, top := reflect.ValueOf(dest).Elem(), reflect.ValueOf(said).Elem()
	faults := app.Fields{}
	for _, f := range reflect.VisibleFields(base.Type()) {
		if f.Tag.Get("body") == "faults" {
			for key, fault := range base.FieldByIndex(f.Index).Interface().(app.Fields) {
				faults[key] = fault
			}
		}
	}
	for _, f := range reflect.VisibleFields(base.Type()) {
		from := top.FieldByIndex(f.Index)
		if !from.CanAddr() || !f.IsExported() {
			continue
		}
		opt, ok := from.Addr().Interface().(interface {
			Optional() (set, null *bool, value any)
		})
		if !ok {
			continue
		}
		if set, _, _ := opt.Optional(); *set {
			base.FieldByIndex(f.Index).Set(from)
			delete(faults, f.Tag.Get("json"))
		}
	}
	told := app.Fields{}
	if len(faults) > 0 {
		told["template_data"] = faults
	}
	return told, nil
}

// rowKeys are the keys of templates in whose place clients write whole rows: only their ids count.
var rowKeys = []string{"state", "state_id", "parent", "parent_id", "type", "type_id", "estimate_point", "assignees",
	"assignee_ids", "labels", "label_ids", "project_lead", "default_assignee"}

// idsForRows puts ids in the place of rows. Labels of a project's template are none yet: they have no id.
func idsForRows(data store.JSON) (json.RawMessage, error) {
	var all map[string]json.RawMessage
	if err := json.Unmarshal(data, &all); err != nil {
		return nil, app.Field("template_data", "This is no JSON object.")
	}
	for key, raw := range all {
		if !slices.Contains(rowKeys, key) {
			continue
		}
		var one struct {
			ID *string `json:"id"`
		}
		var list []struct {
			ID *string `json:"id"`
		}
		if json.Unmarshal(raw, &one) == nil && one.ID != nil {
			all[key], _ = json.Marshal(one.ID)
		} else if json.Unmarshal(raw, &list) == nil && len(list) > 0 {
			ids := []string{}
			for _, row := range list {
				if row.ID != nil {
					ids = append(ids, *row.ID)
				}
			}
			all[key], _ = json.Marshal(ids)
		}
	}
	return json.Marshal(all)
}

// both are the faults of a request and of a template.
func both(said, told app.Fields) app.Fields {
	all := app.Fields{}
	for _, faults := range []app.Fields{said, told} {
		for key, fault := range faults {
			all[key] = fault
		}
	}
	return all
}

// itemByTemplate is a work item of which a template may have everything.
type itemByTemplate struct {
	issueInput
	Name app.Opt[string] `json:"name" check:"max=255"`
}

func useItemTemplate(c *app.Call, in struct {
	templatePath
	itemByTemplate
}) (Issue, error) {
	p, err := template.ForUse(c, template.WorkItem, in.ID)
	if err != nil {
		return Issue{}, err
	}
	var all itemByTemplate
	told, err := filled(p, &all, &in.itemByTemplate)
	if err != nil {
		return Issue{}, err
	}
	all.issueInput.Name = app.Some(all.Name.Or(p.Name))
	all.Faults = both(in.Faults, told)
	return createIssue(c, all.issueInput)
}

// pageByTemplate is a page of which a template may have everything.
type pageByTemplate struct {
	page.NewV1
	Name            app.Opt[string] `json:"name"`
	DescriptionHTML app.Opt[string] `json:"description_html" check:"blank"`
}

func usePageTemplate(c *app.Call, in struct {
	templatePath
	pageByTemplate
}) (FullPage, error) {
	p, err := template.ForUse(c, template.Page, in.ID)
	if err != nil {
		return FullPage{}, err
	}
	var all pageByTemplate
	told, err := filled(p, &all, &in.pageByTemplate)
	if err == nil {
		err = told.Err()
	}
	if err != nil {
		return FullPage{}, err
	}
	all.NewV1.Name = app.Some(all.Name.Or(p.Name))
	all.NewV1.DescriptionHTML = app.Some(all.DescriptionHTML.Or("<p></p>"))
	return createPage(c, all.NewV1)
}

// projectByTemplate is a project of which a template may have everything.
type projectByTemplate struct {
	projectInput
	Name       app.Opt[string] `json:"name" check:"max=255"`
	Identifier app.Opt[string] `json:"identifier" check:"max=12"`
	Network    app.Opt[int]    `json:"network" check:"choice=0|2"`
}

// firstRows are what a project's template has beside the project's own keys.
type firstRows struct {
	States []json.RawMessage `json:"states"`
	Labels []json.RawMessage `json:"labels"`
}

// firstState is a state of which only the name has to be said.
type firstState struct {
	project.StateInput
	Color app.Opt[string] `json:"color" check:"max=255"`
}

func useProjectTemplate(c *app.Call, in struct {
	Template string `json:"template_id" check:"required,uuid"`
	projectByTemplate
}) (Project, error) {
	if in.Faults["template_id"] != nil {
		return Project{}, in.Faults.Err()
	}
	p, err := template.ForUse(c, template.Project, in.Template)
	if errors.Is(err, store.ErrNotFound) {
		return Project{}, app.Field("template_id", app.NoObject(in.Template))
	}
	if err != nil {
		return Project{}, err
	}
	with, err := blueprint(p)
	if err != nil {
		return Project{}, err
	}
	var all projectByTemplate
	told, err := filled(p, &all, &in.projectByTemplate)
	if err != nil {
		return Project{}, err
	}
	all.Faults = both(in.Faults, told)
	for key, v := range map[string]app.Opt[string]{"name": all.Name, "identifier": all.Identifier} {
		if !v.Set && all.Faults[key] == nil {
			all.Faults.Add(key, "This field is required.")
		}
	}
	all.Input.Name, all.Input.Identifier, all.Input.Network = all.Name, all.Identifier, all.Network
	all.DefaultState, all.Estimate = app.Opt[string]{}, app.Opt[string]{} // a new project has none to choose from
	made, err := project.CreateWith(c, all.Input, all.IntakeView.V, with)
	return plain(c, made, err, projectOf)
}

// blueprint reads what the template has beside the project's own keys.
func blueprint(p *store.Template) (with project.Blueprint, err error) {
	var rows firstRows
	if _, err := web.NestedPart(json.RawMessage(p.Data), &rows); err != nil {
		return with, err
	}
	states, err := web.NestedAll(rows.States, func(*firstState) error { return nil })
	if err != nil {
		return with, err
	}
	for _, s := range states {
		s.StateInput.Color = s.Color
		with.States = append(with.States, s.StateInput)
	}
	with.Labels, err = web.NestedAll(rows.Labels, func(l *project.LabelInput) error { return l.Faults.Err() })
	return with, err
}
