package storetest

import (
	"fmt"

	"github.com/sailplane/sailplane/store"
)

// wide writes what a workspace has beside its projects, for every person, around the oldest work item and its
// sub-items.
func (s *surrounding) wide(t *store.Tx) error {
	for n, u := range s.people {
		if err := s.release(t, n, u); err != nil {
			return err
		}
		if err := s.customer(t, n, u); err != nil {
			return err
		}
	}
	for _, statement := range []string{
		`INSERT INTO release_issues (id, created_at, updated_at, release_id, issue_id, project_id, workspace_id)
			SELECT $UUID, i.created_at, i.created_at, r.id, i.id, i.project_id, i.workspace_id
			FROM issues i JOIN releases r ON r.workspace_id = i.workspace_id WHERE i.parent_id = $MAIN OR i.id = $MAIN`,
		`INSERT INTO customer_issues (id, created_at, updated_at, customer_id, issue_id, project_id, workspace_id)
			SELECT $UUID, i.created_at, i.created_at, c.id, i.id, i.project_id, i.workspace_id
			FROM issues i JOIN customers c ON c.workspace_id = i.workspace_id WHERE i.parent_id = $MAIN OR i.id = $MAIN`,
		`INSERT INTO customer_issues (id, created_at, updated_at, customer_id, request_id, issue_id, project_id, workspace_id)
			SELECT $UUID, i.created_at, i.created_at, r.customer_id, r.id, i.id, i.project_id, i.workspace_id
			FROM issues i JOIN customer_requests r ON r.workspace_id = i.workspace_id WHERE i.id = $MAIN`,
	} {
		if err := s.exec(t, statement); err != nil {
			return err
		}
	}
	return nil
}

func (s *surrounding) release(t *store.Tx, n int, u *store.User) error {
	ws, his := s.Workspace.ID, store.AuditFields{CreatedByID: &u.ID}
	tag := &store.ReleaseTag{AuditFields: his, Version: fmt.Sprintf("1.%d.0", n), WorkspaceID: ws}
	label := &store.ReleaseLabel{AuditFields: his, Name: fmt.Sprint("label of person ", n), Color: "#112233",
		WorkspaceID: ws}
	r := &store.Release{AuditFields: his, Name: fmt.Sprint("release of person ", n), DescriptionHTML: "<p>r</p>",
		DescriptionStripped: "r", Status: "released", ReleaseDate: new(store.Date("2026-01-01")), LeadID: &u.ID,
		WorkspaceID: ws}
	if err := put(s, t, store.ReleaseTags, "releases_tags", tag, &tag.ID); err != nil {
		return err
	}
	r.TagID = &tag.ID
	if err := put(s, t, store.Releases, "releases", r, &r.ID); err != nil {
		return err
	}
	if err := put(s, t, store.ReleaseLabels, "releases_labels", label, &label.ID); err != nil {
		return err
	}
	at := s.ids["releases"] // everybody has something around the first one
	comment := &store.ReleaseComment{AuditFields: his, CommentHTML: "<p>yes</p>", CommentStripped: "yes", ReleaseID: at,
		WorkspaceID: ws}
	link := &store.ReleaseLink{AuditFields: his, URL: fmt.Sprintf("https://example.org/%d", n), ReleaseID: at,
		WorkspaceID: ws}
	if err := put(s, t, store.ReleaseComments, "releases_comments", comment, &comment.ID); err != nil {
		return err
	}
	if err := put(s, t, store.ReleaseLinks, "releases_links", link, &link.ID); err != nil {
		return err
	}
	if err := store.ReleaseItemLabels.Insert(t, &store.ReleaseItemLabel{AuditFields: his, ReleaseID: at, LabelID: label.ID,
		WorkspaceID: ws}); err != nil {
		return err
	}
	return store.ReleaseChangelogs.Insert(t, &store.ReleaseChangelog{AuditFields: his, DescriptionHTML: "<p></p>",
		ReleaseID: r.ID, WorkspaceID: ws})
}

func (s *surrounding) customer(t *store.Tx, n int, u *store.User) error {
	ws, his := s.Workspace.ID, store.AuditFields{CreatedByID: &u.ID}
	m := &store.Customer{AuditFields: his, Name: fmt.Sprint("customer of person ", n), DescriptionHTML: "<p>c</p>",
		DescriptionStripped: "c", Employees: &n, WorkspaceID: ws}
	property := &store.CustomerProperty{AuditFields: his, Name: fmt.Sprint("property-", n),
		DisplayName: fmt.Sprint("Property ", n), PropertyType: "OPTION", IsActive: true, DefaultValue: store.JSON("[]"),
		WorkspaceID: ws}
	if err := put(s, t, store.Customers, "customers", m, &m.ID); err != nil {
		return err
	}
	err := put(s, t, store.CustomerProperties, "customer-properties property-values", property, &property.ID)
	if err != nil {
		return err
	}
	option := &store.CustomerPropertyOption{AuditFields: his, Name: "option", PropertyID: property.ID, WorkspaceID: ws}
	if err := store.CustomerPropertyOptions.Insert(t, option); err != nil {
		return err
	}
	at := s.ids["customers"]
	request := &store.CustomerRequest{AuditFields: his, Name: fmt.Sprint("dark mode ", n), DescriptionHTML: "<p></p>",
		CustomerID: at, WorkspaceID: ws}
	if err := put(s, t, store.CustomerRequests, "requests", request, &request.ID); err != nil {
		return err
	}
	return store.CustomerPropertyValues.Insert(t,
		&store.CustomerPropertyValue{AuditFields: his, OptionID: &option.ID, PropertyID: property.ID, CustomerID: at,
			WorkspaceID: ws},
		&store.CustomerPropertyValue{AuditFields: his, UserID: &u.ID, PropertyID: property.ID, CustomerID: m.ID,
			WorkspaceID: ws},
		&store.CustomerPropertyValue{AuditFields: his, IssueID: &s.First, PropertyID: property.ID, CustomerID: m.ID,
			Position: 1, WorkspaceID: ws})
}
