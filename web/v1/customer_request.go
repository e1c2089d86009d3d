package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/customer"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

// CustomerRequest is something that a customer asks for.
type CustomerRequest struct {
	ID string `json:"id"`
	Made
	Name                string         `json:"name"`
	Description         store.NullJSON `json:"description"` // as it was sent
	DescriptionHTML     string         `json:"description_html"`
	DescriptionStripped string         `json:"description_stripped"`
	Link                *string        `json:"link"`
	AttachmentCount     int            `json:"attachment_count"` // 0: requests have no files
	Customer            Ref            `json:"customer"`
	Workspace           Ref            `json:"workspace"`
}

func customerRequest(c *app.Call, r *store.CustomerRequest) CustomerRequest {
	return CustomerRequest{ID: r.ID, Made: made(c, &r.AuditFields), Name: r.Name, Description: r.Description,
		DescriptionHTML: r.DescriptionHTML, DescriptionStripped: r.DescriptionStripped, Link: r.Link,
		Customer: ref(r.CustomerID), Workspace: ref(r.WorkspaceID)}
}

func listCustomerRequests(c *app.Call, in struct {
	customerPath
	ordered
	textQuery
}) (Page[CustomerRequest], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.CustomerRequest, int, error) {
		return customer.ListRequests(c, in.Customer, s, in.text(), in.OrderBy)
	}, customerRequest)
}

func createCustomerRequest(c *app.Call, in struct {
	customerPath
	customer.RequestInput
	Items []string `json:"work_item_ids" alias:"issue_ids" check:"pk"`
}) (CustomerRequest, error) {
	r, err := customer.CreateRequest(c, in.Customer, in.RequestInput, in.Items)
	return plain(c, r, err, customerRequest)
}

type customerRequestPath struct {
	customerPath
	Request string `path:"request_id"`
}

func getCustomerRequest(c *app.Call, in struct {
	customerRequestPath
	View
}) (Shown[CustomerRequest], error) {
	r, err := customer.GetRequest(c, in.Customer, in.Request)
	return one(c, in.View, r, err, customerRequest)
}

func changeCustomerRequest(c *app.Call, in struct {
	customerRequestPath
	customer.RequestInput
}) (CustomerRequest, error) {
	r, err := customer.ChangeRequest(c, in.Customer, in.Request, in.RequestInput)
	return plain(c, r, err, customerRequest)
}

func deleteCustomerRequest(c *app.Call, in customerRequestPath) (web.Nothing, error) {
	return web.Nothing{}, customer.DeleteRequest(c, in.Customer, in.Request)
}
