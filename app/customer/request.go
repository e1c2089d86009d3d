package customer

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// RequestInput is what a request may say of what a customer asks for.
type RequestInput struct {
	Name            app.Opt[string]         `json:"name" check:"required,max=255"`
	Description     app.Opt[store.NullJSON] `json:"description"`
	DescriptionHTML app.Opt[string]         `json:"description_html" check:"blank"`
	Link            app.Opt[string]         `json:"link" check:"max=2048,blank,null"`

	Faults app.Fields `body:"faults"`
}

func (in *RequestInput) clean() error {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	if link := in.Link; link.V != "" && !app.IsWebURL(link.V) {
		in.Faults.Add("link", "Enter a valid URL.")
	}
	if err := cleanText(&in.DescriptionHTML); err != nil {
		in.Faults.Add("description_html", err.Error())
	}
	return in.Faults.Err()
}

func (in *RequestInput) put(r *store.CustomerRequest) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &r.Name)
	app.Change(&cols, "description", in.Description, &r.Description)
	if in.DescriptionHTML.Set {
		r.DescriptionHTML, r.DescriptionStripped = in.DescriptionHTML.V, richtext.Text(in.DescriptionHTML.V)
		cols = append(cols, "description_html", "description_stripped")
	}
	app.ChangePtr(&cols, "link", in.Link, &r.Link)
	return cols
}

var requestOrders = map[string]string{"name": "name", "created_at": "created_at", "updated_at": "updated_at",
	"id": "id"}

// ListRequests returns a part of what a customer asks for, whose name has the text in it, by name or -name (empty:
// newest first), and how many there are in all.
func ListRequests(c *app.Call, customer string, s store.ListPart, text, by string) (
	[]store.CustomerRequest, int, error) {
	order, err := app.Orders(by, requestOrders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	if _, err := find(c, t, customer); err != nil {
		return nil, 0, err
	}
	return store.CustomerRequests.Page(t, named(dbx.HashExp{"customer_id": customer}, text), s, order...)
}

// GetRequest returns one of them, or store.ErrNotFound.
func GetRequest(c *app.Call, customer, id string) (*store.CustomerRequest, error) {
	return findRequest(c, c.Read(), customer, id)
}

func findRequest(c *app.Call, t *store.Tx, customer, id string) (*store.CustomerRequest, error) {
	return store.CustomerRequests.Get(t, dbx.HashExp{"id": id, "customer_id": customer, "workspace_id": c.Workspace.ID})
}

// CreateRequest notes what a customer asks for, and which work items are about it.
func CreateRequest(c *app.Call, customer string, in RequestInput, items []string) (*store.CustomerRequest, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	var r *store.CustomerRequest
	err := c.Write(func(t *store.Tx) error {
		m, err := hold(c, t, customer)
		if err != nil {
			return err
		}
		r = &store.CustomerRequest{DescriptionHTML: "<p></p>", CustomerID: m.ID, WorkspaceID: m.WorkspaceID}
		in.put(r)
		if err := store.CustomerRequests.Insert(t, r); err != nil || len(items) == 0 {
			return err
		}
		_, err = tie(c, t, m.ID, &r.ID, "work_item_ids", items)
		return err
	})
	return r, err
}

// ChangeRequest writes what a request says of what a customer asks for.
func ChangeRequest(c *app.Call, customer, id string, in RequestInput) (*store.CustomerRequest, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	var r *store.CustomerRequest
	err := c.Write(func(t *store.Tx) (err error) {
		if r, err = findRequest(c, t, customer, id); err != nil {
			return err
		}
		return store.CustomerRequests.Update(t, r, in.put(r)...)
	})
	return r, err
}

// DeleteRequest deletes what a customer asked for; work items are no longer about it.
func DeleteRequest(c *app.Call, customer, id string) error {
	return c.Write(func(t *store.Tx) error {
		if _, err := hold(c, t, customer); err != nil { // nothing is tied to it meanwhile
			return err
		}
		r, err := findRequest(c, t, customer, id)
		if err != nil {
			return err
		}
		if err := untie(c, t, dbx.HashExp{"request_id": r.ID}); err != nil {
			return err
		}
		return store.CustomerRequests.Delete(t, r)
	})
}
