package routes_test

import (
	"strings"

	"github.com/sailplane/sailplane/store"
)

// ofAll stands in what all members of the workspace but guests may know.
const ofAll = "of the whole workspace"

// noOrigin is what no program calls a customer.
const noOrigin = "?external_source=none&external_id=none"

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

// wide makes what a workspace has beside its projects, once more each time; issue is a work item, if there is one yet.
func (p *place) wide(tx *store.Tx, maker, issue string) error {
	if err := p.release(tx, maker); err != nil {
		return err
	}
	if err := p.customer(tx, maker); err != nil || issue == "" {
		return err
	}
	his, project, w := store.AuditFields{CreatedByID: &maker}, p.project.ID, p.workspace.ID
	brings := &store.ReleaseIssue{AuditFields: his, ReleaseID: p.ids["releases"], IssueID: issue, ProjectID: project,
		WorkspaceID: w}
	about := &store.CustomerIssue{AuditFields: his, CustomerID: p.ids["customers"], IssueID: issue, ProjectID: project,
		WorkspaceID: w}
	return errorOf(func() error { return store.ReleaseIssues.Insert(tx, brings) },
		func() error { return store.CustomerIssues.Insert(tx, about) })
}

// release makes a release of somebody's, and what there is around one.
func (p *place) release(tx *store.Tx, maker string) error {
	w, his := p.workspace.ID, store.AuditFields{CreatedByID: &maker}
	named := func() string { return ofAll + " " + store.NewID() }
	r := &store.Release{AuditFields: his, Name: named(), DescriptionHTML: ofAll, Status: "released", WorkspaceID: w}
	tag := &store.ReleaseTag{AuditFields: his, Version: named(), WorkspaceID: w}
	label := &store.ReleaseLabel{AuditFields: his, Name: named(), WorkspaceID: w}
	log := &store.ReleaseChangelog{AuditFields: his, DescriptionHTML: ofAll, WorkspaceID: w}
	comment := &store.ReleaseComment{AuditFields: his, CommentHTML: ofAll, WorkspaceID: w}
	link := &store.ReleaseLink{AuditFields: his, URL: "https://" + strings.ReplaceAll(named(), " ", "/"), WorkspaceID: w}
	has := &store.ReleaseItemLabel{AuditFields: his, WorkspaceID: w}
	return errorOf(
		keep(p, tx, store.ReleaseTags, "", tag, &tag.ID),
		func() error { p.ids["releases_tags"], r.TagID = tag.ID, &tag.ID; return nil },
		keep(p, tx, store.Releases, "releases", r, &r.ID),
		keep(p, tx, store.ReleaseLabels, "", label, &label.ID),
		func() error {
			log.ReleaseID, comment.ReleaseID, link.ReleaseID, has.ReleaseID, has.LabelID = r.ID, r.ID, r.ID, r.ID, label.ID
			return errorOf(func() error { return store.ReleaseChangelogs.Insert(tx, log) },
				func() error { return store.ReleaseComments.Insert(tx, comment) },
				func() error { return store.ReleaseLinks.Insert(tx, link) },
				func() error { return store.ReleaseItemLabels.Insert(tx, has) })
		},
		func() error {
			p.ids["releases_labels"], p.ids["releases_comments"], p.ids["releases_links"] = label.ID, comment.ID, link.ID
			return nil
		})
}

// customer makes a customer of somebody's, and what there is around one.
func (p *place) customer(tx *store.Tx, maker string) error {
	w, his := p.workspace.ID, store.AuditFields{CreatedByID: &maker}
	named := func() string { return ofAll + " " + store.NewID() }
	if err := run(tx, "DELETE FROM customer_properties WHERE workspace_id = ?", w); err != nil { // there are only so many
		return err
	}
	m := &store.Customer{AuditFields: his, Name: named(), DescriptionHTML: ofAll, WorkspaceID: w}
	property := &store.CustomerProperty{AuditFields: his, Name: named(), DisplayName: named(), PropertyType: "TEXT",
		IsActive: true, Settings: store.JSON(`{"display_format":"single-line"}`), DefaultValue: store.JSON("[]"),
		WorkspaceID: w}
	request := &store.CustomerRequest{AuditFields: his, Name: named(), DescriptionHTML: ofAll, WorkspaceID: w}
	value := &store.CustomerPropertyValue{AuditFields: his, Value: ofAll, WorkspaceID: w}
	return errorOf(keep(p, tx, store.Customers, "customers", m, &m.ID),
		keep(p, tx, store.CustomerProperties, "customer-properties property-values", property, &property.ID),
		func() error { request.CustomerID = m.ID; return nil },
		keep(p, tx, store.CustomerRequests, "requests", request, &request.ID),
		func() error {
			value.CustomerID, value.PropertyID = m.ID, property.ID
			return store.CustomerPropertyValues.Insert(tx, value)
		})
}

// removesByBody says whether an operation removes what its body names.
func removesByBody(path string) bool {
	return strings.HasSuffix(path, "/{release_id:uuid}/labels/") ||
		strings.HasSuffix(path, "/{release_id:uuid}/work-items/") ||
		strings.Contains(path, "/teamspaces/{teamspace_id:uuid}/") ||
		strings.HasSuffix(path, "/milestones/{milestone_id:uuid}/work-items/") ||
		strings.Contains(path, "/initiatives/{initiative_id:uuid}/")
}

// wideBody is what a write to a family understands in its own way; nil for other paths.
func (p *place) wideBody(path string) map[string]any {
	items := []string{p.ids["done"]}
	switch {
	case strings.Contains(path, "/{slug}/releases/"):
		return map[string]any{"status": "released", "start_date": "2026-05-01", "work_item_ids": items,
			"label_ids": []string{p.ids["releases_labels"]}}
	case strings.Contains(path, "/{slug}/imports/"):
		return map[string]any{"project": "WALK"}
	case strings.Contains(path, "/service-accounts/"):
		return map[string]any{"label": "changed", "role": 15}
	case strings.Contains(path, "/customer-properties/"):
		return map[string]any{"property_type": "TEXT", "relation_type": nil,
			"settings": map[string]any{"display_format": "single-line"}}
	case strings.Contains(path, "/{slug}/customers/"):
		return map[string]any{"values": []string{"x"}, "work_item_ids": items,
			"customer_property_values": map[string]any{p.ids["property-values"]: []string{"x"}}}
	}
	return nil
}
