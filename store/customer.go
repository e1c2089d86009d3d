package store

import (
	"database/sql"
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// Customer is a row of customers.
type Customer struct {
	AuditFields
	Name                string     `db:"name"` // once in a workspace
	Description         NullJSON   `db:"description"`
	DescriptionHTML     string     `db:"description_html"`
	DescriptionStripped string     `db:"description_stripped"`
	Email               *string    `db:"email"`
	WebsiteURL          *string    `db:"website_url"`
	Domain              *string    `db:"domain"`
	Employees           *int       `db:"employees"`
	Stage               *string    `db:"stage"`
	ContractStatus      *string    `db:"contract_status"`
	Revenue             *string    `db:"revenue"`
	LogoProps           JSON       `db:"logo_props"`
	LogoAssetID         *string    `db:"logo_asset_id"`
	ArchivedAt          *time.Time `db:"archived_at"`
	ExternalSource      *string    `db:"external_source"`
	ExternalID          *string    `db:"external_id"`
	WorkspaceID         string     `db:"workspace_id"`
}

// Customers is the table of Customer rows.
var Customers = NewTable[Customer]("customers")

// CustomerProperty is a row of customer_properties: something that a workspace wants to know of its customers.
type CustomerProperty struct {
	AuditFields
	Name            string   `db:"name"` // DisplayName for programs
	DisplayName     string   `db:"display_name"`
	Description     string   `db:"description"`
	LogoProps       JSON     `db:"logo_props"`
	SortOrder       float64  `db:"sort_order"`
	PropertyType    string   `db:"property_type"`
	RelationType    *string  `db:"relation_type"`
	IsRequired      bool     `db:"is_required"`
	IsActive        bool     `db:"is_active"`
	IsMulti         bool     `db:"is_multi"`
	DefaultValue    JSON     `db:"default_value"` // a list of texts; of options their rows say it
	Settings        JSON     `db:"settings"`
	ValidationRules NullJSON `db:"validation_rules"`
	ExternalSource  *string  `db:"external_source"`
	ExternalID      *string  `db:"external_id"`
	WorkspaceID     string   `db:"workspace_id"`
}

// CustomerProperties is the table of CustomerProperty rows.
var CustomerProperties = NewTable[CustomerProperty]("customer_properties")

// CustomerPropertyOption is a row of customer_property_options.
type CustomerPropertyOption struct {
	AuditFields
	Name        string  `db:"name"`
	Description string  `db:"description"`
	SortOrder   float64 `db:"sort_order"`
	IsDefault   bool    `db:"is_default"`
	PropertyID  string  `db:"property_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// CustomerPropertyOptions is the table of CustomerPropertyOption rows.
var CustomerPropertyOptions = NewTable[CustomerPropertyOption]("customer_property_options")

// CustomerPropertyValue is a row of customer_property_values: one of the values that a customer has of a property. What
// is another row is in the column of its kind.
type CustomerPropertyValue struct {
	AuditFields
	Position    int     `db:"position"`
	Value       string  `db:"value"`
	OptionID    *string `db:"option_id"`
	UserID      *string `db:"related_user_id"`
	IssueID     *string `db:"related_issue_id"`
	FileAssetID *string `db:"file_asset_id"`
	PropertyID  string  `db:"property_id"`
	CustomerID  string  `db:"customer_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// Text is the value as the wire has it: a text, or the id of a row.
func (v *CustomerPropertyValue) Text() string {
	for _, id := range []*string{v.OptionID, v.UserID, v.IssueID, v.FileAssetID} {
		if id != nil {
			return *id
		}
	}
	return v.Value
}

// CustomerPropertyValues is the table of CustomerPropertyValue rows.
var CustomerPropertyValues = NewTable[CustomerPropertyValue]("customer_property_values")

// shownValue holds for values that are not of a work item or a file that is deleted.
var shownValue = dbx.NewExp(`(related_issue_id IS NULL OR EXISTS (SELECT 1 FROM issues i WHERE i.id = related_issue_id AND i.deleted_at IS NULL))
	AND (file_asset_id IS NULL OR EXISTS (SELECT 1 FROM file_assets f WHERE f.id = file_asset_id AND f.deleted_at IS NULL))`)

// ValuesOfCustomer returns the values that a customer has of those properties, in their order.
func ValuesOfCustomer(t *Tx, customer string, properties []string) ([]CustomerPropertyValue, error) {
	return CustomerPropertyValues.List(t, dbx.And(dbx.HashExp{"customer_id": customer}, In("property_id", properties),
		shownValue), "property_id", "position")
}

// CustomerRequest is a row of customer_requests: something that a customer asks for.
type CustomerRequest struct {
	AuditFields
	Name                string   `db:"name"`
	Description         NullJSON `db:"description"`
	DescriptionHTML     string   `db:"description_html"`
	DescriptionStripped string   `db:"description_stripped"`
	Link                *string  `db:"link"`
	CustomerID          string   `db:"customer_id"`
	WorkspaceID         string   `db:"workspace_id"`
}

// CustomerRequests is the table of CustomerRequest rows.
var CustomerRequests = NewTable[CustomerRequest]("customer_requests")

// RequestsOf counts the requests of customers.
func RequestsOf(t *Tx, customers []string) (map[string]int, error) {
	in, arg := t.In("customer_id", customers)
	counts := map[string]int{}
	err := t.Each("SELECT customer_id, COUNT(*) FROM customer_requests WHERE deleted_at IS NULL AND "+in+
		" GROUP BY customer_id", []any{arg}, func(rows *sql.Rows) error {
		var id string
		var n int
		err := rows.Scan(&id, &n)
		counts[id] = n
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("count requests of customers: %w", err)
	}
	return counts, nil
}

// CustomerIssue is a row of customer_issues: a work item that is about a customer, or about one of its requests.
type CustomerIssue struct {
	AuditFields
	CustomerID  string  `db:"customer_id"`
	RequestID   *string `db:"request_id"` // nil: about the customer as such
	IssueID     string  `db:"issue_id"`
	ProjectID   string  `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// CustomerIssues is the table of CustomerIssue rows.
var CustomerIssues = NewTable[CustomerIssue]("customer_issues")
