package customer

import (
	"errors"
	"strconv"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// mostItems is how many work items may be about a customer: they are listed in one piece.
const mostItems = 5000

// Items returns the work items about a customer that the caller may see, the newest first: those of one of its requests
// when that is named, and those with the text in their name, number or project's identifier.
func Items(c *app.Call, id, request, text string) ([]store.TiedIssue, error) {
	t := c.Read()
	if _, err := find(c, t, id); err != nil {
		return nil, err
	}
	tied := store.Tied{Table: "customer_issues", Column: "customer_id", ID: id}
	if request != "" {
		if _, err := findRequest(c, t, id, request); err != nil {
			return nil, err
		}
		tied.Column, tied.ID = "request_id", request
	}
	items, _, err := c.TiedItems(tied, store.ListPart{Limit: mostItems}, text)
	return items, err
}

// AddItems says that work items are about a customer, or about one of its requests when that is named, and returns
// them. Those that are already stay.
func AddItems(c *app.Call, id, request string, items []string) ([]store.IssueWithState, error) {
	var added []store.IssueWithState
	err := c.Write(func(t *store.Tx) error {
		m, err := hold(c, t, id)
		if err != nil {
			return err
		}
		var of *string
		if request != "" {
			r, err := findRequest(c, t, id, request)
			if err != nil {
				return err
			}
			of = &r.ID
		}
		added, err = tie(c, t, m.ID, of, "issue_ids", items)
		return err
	})
	return added, err
}

// tie writes the ties to a customer that is held that are not there yet, and the histories of their work items.
func tie(c *app.Call, t *store.Tx, customer string, request *string, field string, ids []string) (
	[]store.IssueWithState, error) {
	items, err := c.ItemsToTie(t, field, ids)
	if err != nil {
		return nil, err
	}
	old, err := store.CustomerIssues.List(t, dbx.HashExp{"customer_id": customer, "request_id": nilOr(request)})
	if err != nil {
		return nil, err
	}
	known := make(map[string]bool, len(old))
	for i := range old {
		known[old[i].IssueID] = true
	}
	var fresh []*store.CustomerIssue
	var history []store.IssueKey
	for i := range items {
		if at := &items[i]; !known[at.ID] {
			fresh = append(fresh, &store.CustomerIssue{CustomerID: customer, RequestID: request, IssueID: at.ID,
				ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID})
			history = append(history, store.IssueKey{IssueID: at.ID, ProjectID: at.ProjectID, WorkspaceID: at.WorkspaceID})
		}
	}
	if len(fresh) == 0 {
		return items, nil
	}
	n, err := store.CustomerIssues.Count(t, dbx.HashExp{"customer_id": customer})
	if err != nil {
		return nil, err
	}
	if n+len(fresh) > mostItems {
		return nil, app.Field(field, "No more than "+strconv.Itoa(mostItems)+" work items may be about a customer.")
	}
	if err := store.CustomerIssues.Insert(t, fresh...); err != nil {
		return nil, err
	}
	return items, c.NoteTies(t, history, "created", "customer", customer)
}

func nilOr(id *string) any {
	if id == nil {
		return nil
	}
	return *id
}

// RemoveItem says that a work item is not about a customer, or not about one of its requests when that is named;
// store.ErrNotFound when it is not.
func RemoveItem(c *app.Call, id, request, item string) error {
	return c.Write(func(t *store.Tx) error {
		if _, err := hold(c, t, id); err != nil { // of two at once one removes it
			return err
		}
		of := dbx.HashExp{"customer_id": id, "issue_id": item}
		if request != "" {
			of["request_id"] = request
		}
		n, err := store.CustomerIssues.Count(t, of)
		if err != nil {
			return err
		}
		if n == 0 {
			return store.ErrNotFound
		}
		_, err = c.ItemsToTie(t, "work_item_id", []string{item})
		if errors.Is(err, app.Invalid) {
			err = store.ErrNotFound // it is not there for the caller
		}
		if err != nil {
			return err
		}
		return untie(c, t, of)
	})
}

// untie removes ties to a customer that is held, and writes that into the histories of their work items.
func untie(c *app.Call, t *store.Tx, of dbx.HashExp) error {
	ties, err := store.CustomerIssues.List(t, of, "issue_id")
	if err != nil || len(ties) == 0 {
		return err
	}
	var history []store.IssueKey
	for i := range ties {
		if i == 0 || ties[i].IssueID != ties[i-1].IssueID {
			history = append(history, store.IssueKey{IssueID: ties[i].IssueID, ProjectID: ties[i].ProjectID,
				WorkspaceID: ties[i].WorkspaceID})
		}
	}
	if _, err := store.CustomerIssues.DeleteWhere(t, of); err != nil {
		return err
	}
	return c.NoteTies(t, history, "deleted", "customer", ties[0].CustomerID)
}
