package issue

import (
	"encoding/json"
	"slices"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
)

// The values that work items have of properties.

// PropertyInput is what a request gives a work item as the value of a property.
type PropertyInput struct {
	Value json.RawMessage `json:"value" check:"required,null"`
	app.ExternalRef
}

// Valued is a property with what a work item has of it.
type Valued struct {
	Property *store.ItemProperty
	Values   []store.PropertyValue
}

// findProperty returns a property of the project that is switched on.
func findProperty(c *app.Call, t *store.Tx, id string) (*store.ItemProperty, error) {
	return store.ItemProperties.Get(t, dbx.And(store.PropertiesIn(c.Workspace.ID, c.ProjectID),
		dbx.HashExp{"issue_properties.id": id, "issue_properties.is_active": true}))
}

// PropertyValue returns what a work item of the call's project has of a property; store.ErrNotFound for nothing.
func PropertyValue(c *app.Call, issue, id string) (*Valued, error) {
	t := c.Read()
	if _, err := store.FindIssueKey(t, c.ProjectID, issue); err != nil {
		return nil, err
	}
	p, err := findProperty(c, t, id)
	if err != nil {
		return nil, err
	}
	by, err := store.ValuesFor(t, issue, []string{id})
	if err == nil && len(by[id]) == 0 {
		err = store.ErrNotFound
	}
	return &Valued{p, by[id]}, err
}

// PropertyValues hands over the values that work items have of properties, by work item and property.
func PropertyValues(c *app.Call, issues []string, do func(*store.ShownValue)) error {
	return store.ValuesOf(c.Read(), issues, do)
}

// PropertyValuesOf is PropertyValues for one work item of the call's project.
func PropertyValuesOf(c *app.Call, issue string, do func(*store.ShownValue)) error {
	t := c.Read()
	if _, err := store.FindIssueKey(t, c.ProjectID, issue); err != nil {
		return err
	}
	return store.ValuesOf(t, []string{issue}, do)
}

// SetPropertyValue gives a work item of the call's project a value of a property in place of what it had, or several;
// null takes it away.
func SetPropertyValue(c *app.Call, issue, id string, in PropertyInput) (*Valued, error) {
	var now *Valued
	err := c.Write(func(t *store.Tx) error {
		at, p, err := valuedPlace(c, t, issue, id)
		if err != nil {
			return err
		}
		raw, err := property.ByName(t, p, in.Value)
		if err != nil {
			return err
		}
		values, fault := property.Read(p, raw)
		if fault == "" && len(values) == 0 && p.IsRequired {
			fault = required
		}
		if fault == "" {
			fault, err = property.Check(c, t, c.ProjectID, p, values)
		}
		if err != nil || fault != "" {
			return faultOr(err, "value", fault)
		}
		var r record
		if err := setValues(t, at, &r, p, values, in.ExternalRef); err != nil {
			return err
		}
		by, err := store.ValuesFor(t, issue, []string{id})
		if err != nil {
			return err
		}
		now = &Valued{p, by[id]}
		return r.tell(c, t, at)
	})
	return now, err
}

const required = "This property is required."

func faultOr(err error, field, fault string) error {
	if err != nil {
		return err
	}
	return app.Field(field, fault)
}

// valuedPlace locks a work item of the call's project and finds the property.
func valuedPlace(c *app.Call, t *store.Tx, issue, id string) (at store.IssueKey, p *store.ItemProperty, err error) {
	if at, err = store.FindIssueKey(t, c.ProjectID, issue); err != nil {
		return at, nil, err
	}
	if err := t.LockRows("issues", issue); err != nil { // two at once give one value
		return at, nil, err
	}
	p, err = findProperty(c, t, id)
	return at, p, err
}

// DeletePropertyValue takes away what a work item has of a property; store.ErrNotFound for nothing.
func DeletePropertyValue(c *app.Call, issue, id string) error {
	return c.Write(func(t *store.Tx) error {
		at, p, err := valuedPlace(c, t, issue, id)
		if err != nil {
			return err
		}
		if p.IsRequired {
			return app.Field("value", required)
		}
		var r record
		if err := setValues(t, at, &r, p, nil, app.ExternalRef{}); err != nil {
			return err
		}
		if len(r.fields) == 0 {
			return store.ErrNotFound
		}
		return r.tell(c, t, at)
	})
}

// tell writes the history of a work item whose properties changed, and lets webhooks hear of it.
func (r *record) tell(c *app.Call, t *store.Tx, at store.IssueKey) error {
	if len(r.fields) == 0 {
		return nil
	}
	if err := store.TouchIssue(t, at.IssueID); err != nil {
		return err
	}
	if !c.Quiet() {
		if err := store.Subscribe(t, at, t.Actor); err != nil {
			return err
		}
	}
	return store.RecordIssue(t, store.IssueChanged{Kind: "issue.activity.updated", IssueID: at.IssueID,
		ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID, Fields: r.fields, Origin: c.Base, Quiet: c.Quiet()}, r.rows...)
}

// setValues gives a work item values of a property in place of those that it had, and notes what is new. What stays
// keeps its row.
func setValues(t *store.Tx, at store.IssueKey, r *record, p *store.ItemProperty, values []store.PropertyValue,
	from app.ExternalRef) error {
	by, err := store.ValuesFor(t, at.IssueID, []string{p.ID})
	if err != nil {
		return err
	}
	had, kept := by[p.ID], map[string]bool{}
	if !p.IsMulti && len(had) == 1 && len(values) == 1 {
		return changeValue(t, at, r, p, &had[0], &values[0], from)
	}
	changes := false
	for i := range values {
		n := slices.IndexFunc(had, func(v store.PropertyValue) bool { return v.Same(&values[i]) })
		if n >= 0 {
			kept[had[n].ID] = true
			continue
		}
		changes = true
		if err := addValue(t, at, &values[i], from); err != nil {
			return err
		}
	}
	for i := range had {
		if kept[had[i].ID] {
			continue
		}
		changes = true
		if err := store.PropertyValues.Delete(t, &had[i]); err != nil {
			return err
		}
	}
	if !changes {
		return nil
	}
	return r.property(t, at, p, had, values)
}

func addValue(t *store.Tx, at store.IssueKey, v *store.PropertyValue, from app.ExternalRef) error {
	v.IssueID, v.ProjectID, v.WorkspaceID = at.IssueID, at.ProjectID, at.WorkspaceID
	var cols []string
	from.Put(&cols, &v.ExternalID, &v.ExternalSource)
	return store.PropertyValues.Insert(t, v)
}

// changeValue writes another value into the row of the one that there is.
func changeValue(t *store.Tx, at store.IssueKey, r *record, p *store.ItemProperty, had, v *store.PropertyValue,
	from app.ExternalRef) error {
	before, same := *had, had.Same(v)
	had.Text, had.Number, had.OptionID, had.UserID = v.Text, v.Number, v.OptionID, v.UserID
	had.RelatedIssueID, had.FileID = v.RelatedIssueID, v.FileID
	cols := []string{"text", "number", "option_id", "user_id", "related_issue_id", "file_id"}
	from.Put(&cols, &had.ExternalID, &had.ExternalSource)
	if same && len(cols) == 6 {
		return nil
	}
	if err := store.PropertyValues.Update(t, had, cols...); err != nil || same {
		return err
	}
	return r.property(t, at, p, []store.PropertyValue{before}, []store.PropertyValue{*v})
}

// property notes new values of a property.
func (r *record) property(t *store.Tx, at store.IssueKey, p *store.ItemProperty, from, to []store.PropertyValue) error {
	words, err := property.Words(t, at.ProjectID, p, from, to)
	if err != nil {
		return err
	}
	r.field("properties."+p.ID, property.Shown(p, from), property.Shown(p, to))
	row := changed("property", "set "+p.DisplayName+" to", &words[0], &words[1])
	row.NewIdentifier, row.OldIdentifier = &p.ID, &p.ID
	r.rows = append(r.rows, row)
	return nil
}
