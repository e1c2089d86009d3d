package routes_test

import (
	"strings"

	"github.com/sailplane/sailplane/store"
)

// families are what a workspace has beside its projects, with parts of their own: their ids stand under the family and
// the segment: releases_tags.
var families = []string{"releases"}

// inFamily is the id of a part of a family, empty when the path is in none.
func (p *place) inFamily(pattern, segment string) string {
	for _, name := range families {
		if strings.Contains(pattern, "/{slug}/"+name+"/") {
			return p.ids[name+"_"+segment]
		}
	}
	return ""
}

// release makes a release of somebody's, and what there is around one.
func (p *place) release(tx *store.Tx, maker, issue string) error {
	w, his := p.workspace.ID, store.AuditFields{CreatedByID: &maker}
	named := func() string { return marker + " " + store.NewID() }
	r := &store.Release{AuditFields: his, Name: named(), DescriptionHTML: marker, Status: "released", WorkspaceID: w}
	tag := &store.ReleaseTag{AuditFields: his, Version: named(), WorkspaceID: w}
	label := &store.ReleaseLabel{AuditFields: his, Name: named(), WorkspaceID: w}
	log := &store.ReleaseChangelog{AuditFields: his, DescriptionHTML: marker, WorkspaceID: w}
	comment := &store.ReleaseComment{AuditFields: his, CommentHTML: marker, WorkspaceID: w}
	link := &store.ReleaseLink{AuditFields: his, URL: "https://" + strings.ReplaceAll(named(), " ", "/"), WorkspaceID: w}
	has := &store.ReleaseItemLabel{AuditFields: his, WorkspaceID: w}
	brings := &store.ReleaseIssue{AuditFields: his, IssueID: issue, ProjectID: p.project.ID, WorkspaceID: w}
	return errorOf(
		keep(p, tx, store.ReleaseTags, "", tag, &tag.ID),
		func() error { p.ids["releases_tags"], r.TagID = tag.ID, &tag.ID; return nil },
		keep(p, tx, store.Releases, "releases", r, &r.ID),
		keep(p, tx, store.ReleaseLabels, "", label, &label.ID),
		func() error {
			log.ReleaseID, comment.ReleaseID, link.ReleaseID, has.ReleaseID, brings.ReleaseID = r.ID, r.ID, r.ID, r.ID, r.ID
			has.LabelID = label.ID
			return errorOf(func() error { return store.ReleaseChangelogs.Insert(tx, log) },
				func() error { return store.ReleaseComments.Insert(tx, comment) },
				func() error { return store.ReleaseLinks.Insert(tx, link) },
				func() error { return store.ReleaseItemLabels.Insert(tx, has) },
				func() error { return store.ReleaseIssues.Insert(tx, brings) })
		},
		func() error {
			p.ids["releases_labels"], p.ids["releases_comments"], p.ids["releases_links"] = label.ID, comment.ID, link.ID
			return nil
		})
}

// customer makes a customer of somebody's, and what there is around one.
func (p *place) customer(tx *store.Tx, maker, issue string) error {
	w, his := p.workspace.ID, store.AuditFields{CreatedByID: &maker}
	named := func() string { return marker + " " + store.NewID() }
	if err := run(tx, "DELETE FROM customer_properties WHERE workspace_id = ?", w); err != nil { // there are only so many
		return err
	}
	m := &store.Customer{AuditFields: his, Name: named(), DescriptionHTML: marker, WorkspaceID: w}
	property := &store.CustomerProperty{AuditFields: his, Name: named(), DisplayName: named(), PropertyType: "TEXT",
		IsActive: true, Settings: store.JSON(`{"display_format":"single-line"}`), DefaultValue: store.JSON("[]"),
		WorkspaceID: w}
	request := &store.CustomerRequest{AuditFields: his, Name: named(), DescriptionHTML: marker, WorkspaceID: w}
	value := &store.CustomerPropertyValue{AuditFields: his, Value: marker, WorkspaceID: w}
	about := &store.CustomerIssue{AuditFields: his, IssueID: issue, ProjectID: p.project.ID, WorkspaceID: w}
	return errorOf(keep(p, tx, store.Customers, "customers", m, &m.ID),
		keep(p, tx, store.CustomerProperties, "customer-properties property-values", property, &property.ID),
		func() error { request.CustomerID = m.ID; return nil },
		keep(p, tx, store.CustomerRequests, "requests", request, &request.ID),
		func() error {
			value.CustomerID, value.PropertyID, about.CustomerID = m.ID, property.ID, m.ID
			return errorOf(func() error { return store.CustomerPropertyValues.Insert(tx, value) },
				func() error { return store.CustomerIssues.Insert(tx, about) })
		})
}
