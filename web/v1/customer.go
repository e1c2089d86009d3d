package v1

import (
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/customer"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allCustomers  = inWorkspace + "customers/"
	oneCustomer   = allCustomers + "{customer_id:uuid}/"
	customerItems = oneCustomer + "issues/"
)

const (
	customerExample = `{"id":"` + exampleID + `",` + exampleMade + `,"customer_request_count":2,"name":"Acme",` +
		`"description":null,"description_html":"<p>Pays early</p>","description_stripped":"Pays early",` +
		`"email":"ada@acme.example","website_url":"https://acme.example","domain":"acme.example","employees":42,` +
		`"stage":"lead","contract_status":"active","revenue":"1000000","logo_props":{},"logo_asset":null,` +
		`"logo_url":null,"archived_at":null,"external_source":null,"external_id":null,"workspace":"` + exampleID + `"}`
	tiedExample = `{"id":"` + otherID + `","name":"Sign in","sequence_id":7,"priority":"high","state_id":"` + exampleID +
		`","type_id":null,"project_id":"` + exampleID + `","project__identifier":"WEB",` +
		`"created_at":"2026-05-04T09:30:00Z","updated_at":"2026-05-04T09:30:00Z"}`
	tiedNowExample = `{"id":"` + otherID + `","name":"Sign in","sequence_id":7,"project_id":"` + exampleID +
		`","project__identifier":"WEB"}`
)

// deletes is for what others may have made: its author and the workspace's administrators, of all but guests.
func deletes(parameter, table string) web.Rule {
	return team.AndThen(web.Workspace(app.Admin).Denied().OrCreatorOf(parameter, table))
}

var customers = []web.Op{
	do("GET", allCustomers, team, 200, "List customers", listCustomers).
		Explained("Newest first. query or search is a part of the name.").Like("", examplePage(customerExample)),
	do("POST", allCustomers, team, 201, "Make a customer, or change the one that is meant", putCustomer).
		Explained("Of the same external_source and external_id, or else of the same name, there is one already: then that"+
			" one is changed, in what is sent. A new one has the default values of the properties.").
		Like(`{"name":"Acme","email":"ada@acme.example","employees":42,"revenue":"1000000"}`, customerExample),
	do("DELETE", allCustomers, web.Workspace(app.Admin).Class(), 204, "Delete a customer by what another program calls it",
		deleteCustomerByOrigin).
		Explained("Both external_source and external_id have to be given; without such a customer nothing is done."),
	do("GET", oneCustomer, team, 200, "Read a customer", getCustomer).Like("", customerExample),
	do("PATCH", oneCustomer, team, 200, "Change a customer", changeCustomer).
		Explained("Only the keys that are sent change. A name, and an origin, is one customer's in a workspace.").
		Like(`{"stage":"lead"}`, customerExample),
	do("DELETE", oneCustomer, deletes("customer_id", "customers"), 204, "Delete a customer", deleteCustomer).
		Explained("One's own, or as an administrator of the workspace. Its requests and values go with it, work items stay."),

	do("GET", customerItems, team, 200, "List the work items about a customer", listCustomerItems).
		Explained("Those that the caller may see, the newest first, all at once; of one of its requests when"+
			" customer_request_id names it. search is a part of the name or of the project's identifier, or the number.").
		Like("", "["+tiedExample+"]"),
	do("POST", customerItems, team, 201, "Say which work items are about a customer", addCustomerItems).
		Explained("Of any project in which the caller may write; all or none. About one of its requests when"+
			" customer_request_id names it. A customer has at most 5000.").
		Like(`{"issue_ids":["`+otherID+`"]}`, `{"message":"1 work item is about this customer now.","linked_issues":[`+
			tiedNowExample+`]}`),
	do("DELETE", customerItems+"{work_item_id:uuid}/", team, 204, "Say that a work item is not about a customer",
		removeCustomerItem).
		Explained("Nor about any of its requests; only not about the one that customer_request_id names."),
}

// Customer is a customer of a workspace.
type Customer struct {
	ID string `json:"id"`
	Made
	CustomerRequestCount int            `json:"customer_request_count"`
	Name                 string         `json:"name"`
	Description          store.NullJSON `json:"description"` // as it was sent
	DescriptionHTML      string         `json:"description_html"`
	DescriptionStripped  string         `json:"description_stripped"`
	Email                *string        `json:"email"`
	WebsiteURL           *string        `json:"website_url"`
	Domain               *string        `json:"domain"`
	Employees            *int           `json:"employees"`
	Stage                *string        `json:"stage"`
	ContractStatus       *string        `json:"contract_status"`
	Revenue              *string        `json:"revenue"`
	LogoProps            store.JSON     `json:"logo_props"`
	LogoAsset            *string        `json:"logo_asset"`
	LogoURL              *string        `json:"logo_url"`
	ArchivedAt           *string        `json:"archived_at"`
	ExternalSource       *string        `json:"external_source"`
	ExternalID           *string        `json:"external_id"`
	Workspace            Ref            `json:"workspace"`
}

func customerOf(c *app.Call, m *customer.Shown) Customer {
	return Customer{ID: m.ID, Made: made(c, &m.AuditFields), CustomerRequestCount: m.Requests, Name: m.Name,
		Description: m.Description, DescriptionHTML: m.DescriptionHTML, DescriptionStripped: m.DescriptionStripped,
		Email: m.Email, WebsiteURL: m.WebsiteURL, Domain: m.Domain, Employees: m.Employees, Stage: m.Stage,
		ContractStatus: m.ContractStatus, Revenue: m.Revenue, LogoProps: m.LogoProps, LogoAsset: m.LogoAssetID,
		LogoURL: workspaceFile(c, m.LogoAssetID), ArchivedAt: c.TimePtr(m.ArchivedAt), ExternalSource: m.ExternalSource,
		ExternalID: m.ExternalID, Workspace: ref(m.WorkspaceID)}
}

// workspaceFile is the address of a file of the call's workspace; nil for none.
func workspaceFile(c *app.Call, id *string) *string {
	if id == nil {
		return nil
	}
	return new("/api/assets/v2/workspaces/" + c.Workspace.Slug + "/" + *id + "/")
}

// textQuery is the text that names are to have, under either word.
type textQuery struct {
	Query  string `query:"query"`
	Search string `query:"search"`
}

func (q textQuery) text() string {
	if q.Query != "" {
		return q.Query
	}
	return q.Search
}

func listCustomers(c *app.Call, in struct {
	ordered
	textQuery
}) (Page[Customer], error) {
	return list(c, in.listing, func(s store.ListPart) ([]customer.Shown, int, error) {
		return customer.List(c, s, in.text(), in.OrderBy)
	}, customerOf)
}

func putCustomer(c *app.Call, in customer.Input) (Customer, error) {
	m, err := customer.Put(c, in)
	return plain(c, m, err, customerOf)
}

func deleteCustomerByOrigin(c *app.Call, in struct {
	Source string `query:"external_source"`
	ID     string `query:"external_id"`
}) (web.Nothing, error) {
	return web.Nothing{}, customer.DeleteByOrigin(c, in.Source, in.ID)
}

type customerPath struct {
	Customer string `path:"customer_id"`
}

func getCustomer(c *app.Call, in struct {
	customerPath
	View
}) (Shown[Customer], error) {
	m, err := customer.Get(c, in.Customer)
	return one(c, in.View, m, err, customerOf)
}

func changeCustomer(c *app.Call, in struct {
	customerPath
	customer.Input
}) (Customer, error) {
	m, err := customer.Change(c, in.Customer, in.Input)
	return plain(c, m, err, customerOf)
}

func deleteCustomer(c *app.Call, in customerPath) (web.Nothing, error) {
	return web.Nothing{}, customer.Delete(c, in.Customer)
}

// TiedNow is a work item that was tied to something just now.
type TiedNow struct {
	ID                string `json:"id"`
	Name              string `json:"name"`
	SequenceID        int    `json:"sequence_id"`
	ProjectID         string `json:"project_id"`
	ProjectIdentifier string `json:"project__identifier"`
}

func tiedNow(i store.IssueWithState) TiedNow {
	return TiedNow{ID: i.ID, Name: i.Name, SequenceID: i.SequenceID, ProjectID: i.ProjectID,
		ProjectIdentifier: i.Identifier}
}

// TiedItem is a work item in brief, as what it is tied to shows it.
type TiedItem struct {
	ID                string  `json:"id"`
	Name              string  `json:"name"`
	SequenceID        int     `json:"sequence_id"`
	Priority          string  `json:"priority"`
	StateID           *string `json:"state_id"`
	TypeID            *string `json:"type_id"`
	ProjectID         string  `json:"project_id"`
	ProjectIdentifier string  `json:"project__identifier"`
	CreatedAt         string  `json:"created_at"`
	UpdatedAt         string  `json:"updated_at"`
}

func tiedItem(c *app.Call, i *store.TiedIssue) TiedItem {
	return TiedItem{ID: i.ID, Name: i.Name, SequenceID: i.SequenceID, Priority: i.Priority, StateID: i.StateID,
		TypeID: i.TypeID, ProjectID: i.ProjectID, ProjectIdentifier: i.Identifier, CreatedAt: c.Time(i.CreatedAt),
		UpdatedAt: c.Time(i.UpdatedAt)}
}

// ofRequest names one of a customer's requests, or none.
type ofRequest struct {
	Request string `query:"customer_request_id" type:"uuid"`
}

func listCustomerItems(c *app.Call, in struct {
	customerPath
	ofRequest
	Search string `query:"search"`
}) ([]TiedItem, error) {
	items, err := customer.Items(c, in.Customer, strings.ToLower(in.Request), in.Search)
	return web.Map(items, func(i store.TiedIssue) TiedItem { return tiedItem(c, &i) }), err
}

// TiedToCustomer says which work items are about a customer now.
type TiedToCustomer struct {
	Message      string    `json:"message"`
	LinkedIssues []TiedNow `json:"linked_issues"`
}

func addCustomerItems(c *app.Call, in struct {
	customerPath
	ofRequest
	IDs []string `json:"issue_ids" alias:"work_item_ids" check:"required,pk"`
}) (TiedToCustomer, error) {
	items, err := customer.AddItems(c, in.Customer, strings.ToLower(in.Request), in.IDs)
	said := strconv.Itoa(len(items)) + " work items are about this customer now."
	if len(items) == 1 {
		said = "1 work item is about this customer now."
	}
	return TiedToCustomer{said, web.Map(items, tiedNow)}, err
}

func removeCustomerItem(c *app.Call, in struct {
	customerPath
	ofRequest
	Item string `path:"work_item_id"`
}) (web.Nothing, error) {
	return web.Nothing{}, customer.RemoveItem(c, in.Customer, strings.ToLower(in.Request), in.Item)
}
