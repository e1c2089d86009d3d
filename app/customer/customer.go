// Package customer is the customers of a workspace: who they are, in properties that the workspace makes too, what they
// ask for, and the work items that this is about. All members of the workspace but guests see them.
package customer

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of a customer.
type Input struct {
	Name            app.Opt[string]          `json:"name" check:"required,max=255"`
	Description     app.Opt[store.NullJSON]  `json:"description"`
	DescriptionHTML app.Opt[string]          `json:"description_html" check:"blank"`
	Email           app.Opt[string]          `json:"email" check:"max=255,blank,null"`
	WebsiteURL      app.Opt[string]          `json:"website_url" check:"max=2048,blank,null"`
	Domain          app.Opt[string]          `json:"domain" check:"max=255,blank,null"`
	Employees       app.Opt[int]             `json:"employees" check:"from=0,null"`
	Stage           app.Opt[string]          `json:"stage" check:"max=255,blank,null"`
	ContractStatus  app.Opt[string]          `json:"contract_status" check:"max=255,blank,null"`
	Revenue         app.Opt[string]          `json:"revenue" check:"max=255,blank,null"`
	LogoProps       app.Opt[store.JSON]      `json:"logo_props" check:"logo"`
	LogoAsset       app.Opt[string]          `json:"logo_asset" check:"pk,null"`
	ArchivedAt      app.Opt[app.WrittenTime] `json:"archived_at" check:"null"`
	app.ExternalRef

	Faults app.Fields `body:"faults"`
}

// clean refuses addresses that are none and makes the text harmless, before anything is locked.
func (in *Input) clean() error {
	if in.Faults == nil {
		in.Faults = app.Fields{}
	}
	if email := in.Email; email.V != "" && !app.IsEmail(email.V) {
		in.Faults.Add("email", "Enter a valid email address.")
	}
	if url := in.WebsiteURL; url.V != "" && !app.IsWebURL(url.V) {
		in.Faults.Add("website_url", "Enter a valid URL.")
	}
	if err := cleanText(&in.DescriptionHTML); err != nil {
		in.Faults.Add("description_html", err.Error())
	}
	return in.Faults.Err()
}

func cleanText(html *app.Opt[string]) (err error) {
	html.V, err = richtext.Clean(html.V)
	return err
}

func (in *Input) put(m *store.Customer) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &m.Name)
	app.Change(&cols, "description", in.Description, &m.Description)
	if in.DescriptionHTML.Set {
		m.DescriptionHTML, m.DescriptionStripped = in.DescriptionHTML.V, richtext.Text(in.DescriptionHTML.V)
		cols = append(cols, "description_html", "description_stripped")
	}
	app.ChangePtr(&cols, "email", in.Email, &m.Email)
	app.ChangePtr(&cols, "website_url", in.WebsiteURL, &m.WebsiteURL)
	app.ChangePtr(&cols, "domain", in.Domain, &m.Domain)
	app.ChangePtr(&cols, "employees", in.Employees, &m.Employees)
	app.ChangePtr(&cols, "stage", in.Stage, &m.Stage)
	app.ChangePtr(&cols, "contract_status", in.ContractStatus, &m.ContractStatus)
	app.ChangePtr(&cols, "revenue", in.Revenue, &m.Revenue)
	app.Change(&cols, "logo_props", in.LogoProps, &m.LogoProps)
	app.ChangePtr(&cols, "logo_asset_id", in.LogoAsset, &m.LogoAssetID)
	if in.ArchivedAt.Set {
		m.ArchivedAt = nil
		if !in.ArchivedAt.Null {
			m.ArchivedAt = new(store.Stamped(in.ArchivedAt.V.Time))
		}
		cols = append(cols, "archived_at")
	}
	in.ExternalRef.Put(&cols, &m.ExternalID, &m.ExternalSource)
	return cols
}

// Shown is a customer and how many requests it has.
type Shown struct {
	store.Customer
	Requests int
}

var orders = map[string]string{"name": "name", "created_at": "created_at", "updated_at": "updated_at", "id": "id",
	"employees": "employees", "stage": "stage", "contract_status": "contract_status"}

func mine(c *app.Call) dbx.HashExp { return dbx.HashExp{"workspace_id": c.Workspace.ID} }

func named(where dbx.Expression, text string) dbx.Expression {
	if text == "" {
		return where
	}
	return dbx.And(where, store.Contains("name", text))
}

// List returns a part of the customers of the call's workspace whose name has the text in it, by name or -name (empty:
// newest first), and how many there are in all.
func List(c *app.Call, s store.ListPart, text, by string) ([]Shown, int, error) {
	order, err := app.Orders(by, orders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	rows, total, err := store.Customers.Page(t, named(mine(c), text), s, order...)
	if err != nil {
		return nil, 0, err
	}
	all, err := counted(t, rows...)
	return all, total, err
}

func counted(t *store.Tx, rows ...store.Customer) ([]Shown, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	counts, err := store.RequestsOf(t, ids)
	all := make([]Shown, len(rows))
	for i := range rows {
		all[i] = Shown{rows[i], counts[rows[i].ID]}
	}
	return all, err
}

// Get returns a customer of the call's workspace, or store.ErrNotFound.
func Get(c *app.Call, id string) (*Shown, error) {
	t := c.Read()
	m, err := find(c, t, id)
	if err != nil {
		return nil, err
	}
	all, err := counted(t, *m)
	return &all[0], err
}

func find(c *app.Call, t *store.Tx, id string) (*store.Customer, error) {
	return store.Customers.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// hold is find for what is written beside a customer, which is not deleted meanwhile. Work items are tied to it, and
// taken from it, one after the other.
func hold(c *app.Call, t *store.Tx, id string) (*store.Customer, error) {
	m, err := find(c, t, id)
	if err != nil {
		return nil, err
	}
	return m, t.LockRow("customers", m.ID)
}

// Put makes a customer, or changes the one with the same origin or else the same name: programs that keep customers
// elsewhere need not know which are here already.
func Put(c *app.Call, in Input) (*Shown, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	var m *store.Customer
	err := c.Write(func(t *store.Tx) (err error) {
		if err := t.Lock("customers in " + c.Workspace.ID); err != nil {
			return err
		}
		if m, err = in.match(c, t); err != nil {
			return err
		}
		if m != nil {
			return in.change(c, t, m)
		}
		m = &store.Customer{DescriptionHTML: "<p></p>", WorkspaceID: c.Workspace.ID}
		in.put(m)
		if err := checkLogo(c, t, nil, m.LogoAssetID); err != nil {
			return err
		}
		if err := store.Customers.Insert(t, m); err != nil {
			return err
		}
		return putDefaults(c, t, m)
	})
	if err != nil {
		return nil, err
	}
	return Get(c, m.ID)
}

// match returns the customer that a request means, nil for a new one.
func (in *Input) match(c *app.Call, t *store.Tx) (*store.Customer, error) {
	ways := []dbx.HashExp{{"name": in.Name.V}}
	if in.ExternalID.V != "" && in.ExternalSource.V != "" {
		origin := dbx.HashExp{"external_id": in.ExternalID.V, "external_source": in.ExternalSource.V}
		ways = []dbx.HashExp{origin, ways[0]}
	}
	for _, way := range ways {
		m, err := store.Customers.First(t, dbx.And(mine(c), way), "created_at")
		if !errors.Is(err, store.ErrNotFound) {
			return m, err
		}
	}
	return nil, nil
}

// Change writes what a request says of a customer.
func Change(c *app.Call, id string, in Input) (*Shown, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	err := c.Write(func(t *store.Tx) error {
		if err := t.Lock("customers in " + c.Workspace.ID); err != nil {
			return err
		}
		m, err := find(c, t, id)
		if err != nil {
			return err
		}
		return in.change(c, t, m)
	})
	if err != nil {
		return nil, err
	}
	return Get(c, id)
}

func (in *Input) change(c *app.Call, t *store.Tx, m *store.Customer) error {
	logo := m.LogoAssetID
	cols := in.put(m)
	if err := checkLogo(c, t, logo, m.LogoAssetID); err != nil {
		return err
	}
	other, err := store.Customers.First(t, dbx.And(mine(c), dbx.HashExp{"name": m.Name},
		dbx.Not(dbx.HashExp{"id": m.ID})), "created_at")
	if err == nil {
		return app.DuplicateOf("A customer with this name already exists", other.ID)
	} else if !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := app.CheckOrigin(t, "customers", "Customer", c.Workspace.ID, m.ID, m.ExternalID,
		m.ExternalSource); err != nil {
		return err
	}
	return store.Customers.Update(t, m, cols...)
}

// checkLogo refuses a picture that is not the workspace's, or that somebody else has sent.
func checkLogo(c *app.Call, t *store.Tx, before, now *string) error {
	if now == nil || before != nil && *before == *now {
		return nil
	}
	there, err := store.FileAssets.Exists(t, dbx.HashExp{"id": *now, "workspace_id": c.Workspace.ID, "is_uploaded": true,
		"created_by_id": c.UserID()})
	if err == nil && !there {
		err = app.Field("logo_asset", app.NoObject(*now))
	}
	return err
}

// Delete deletes a customer with its requests and values. The work items stay.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		m, err := hold(c, t, id)
		if err != nil {
			return err
		}
		return remove(c, t, m)
	})
}

// DeleteByOrigin is Delete for the customer that another program calls so; without such a one nothing is done.
func DeleteByOrigin(c *app.Call, source, id string) error {
	faults := app.Fields{}
	for name, value := range map[string]string{"external_source": source, "external_id": id} {
		if value == "" {
			faults.Add(name, "This field is required.")
		}
	}
	if err := faults.Err(); err != nil {
		return err
	}
	return c.Write(func(t *store.Tx) error {
		m, err := store.Customers.First(t, dbx.And(mine(c), dbx.HashExp{"external_id": id, "external_source": source}),
			"created_at")
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := t.LockRow("customers", m.ID); err != nil {
			return err
		}
		return remove(c, t, m)
	})
}

func remove(c *app.Call, t *store.Tx, m *store.Customer) error {
	of := dbx.HashExp{"customer_id": m.ID}
	if err := untie(c, t, of); err != nil {
		return err
	}
	if _, err := store.CustomerRequests.DeleteWhere(t, of); err != nil {
		return err
	}
	if _, err := store.CustomerPropertyValues.DeleteWhere(t, of); err != nil {
		return err
	}
	return store.Customers.Delete(t, m)
}
