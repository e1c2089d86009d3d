package storetest

import (
	"fmt"

	"github.com/sailplane/sailplane/store"
)

// types writes for every person a type and a property of the project and of the workspace, with an option each; the
// oldest work item has a value of every one, the others have one.
func (s *surrounding) types(t *store.Tx) error {
	for n, u := range s.people {
		if err := s.kind(t, n, u, &s.Project.ID, ""); err != nil {
			return fmt.Errorf("types of the project: %w", err)
		}
		if err := s.kind(t, n, u, nil, "wide-"); err != nil {
			return fmt.Errorf("types of the workspace: %w", err)
		}
	}
	return s.value(t)
}

func (s *surrounding) kind(t *store.Tx, n int, u *store.User, project *string, prefix string) error {
	ws, his, name := s.Workspace.ID, store.AuditFields{CreatedByID: &u.ID}, fmt.Sprint(prefix, "kind of person ", n)
	kind := &store.IssueType{AuditFields: his, Name: name, IsActive: true, ProjectID: project, WorkspaceID: ws}
	property := &store.ItemProperty{AuditFields: his, Name: name, DisplayName: name, PropertyType: store.PropertyOption,
		IsActive: true, IsMulti: true, ProjectID: project, WorkspaceID: ws}
	if err := put(s, t, store.IssueTypes, prefix+"work-item-types", kind, &kind.ID); err != nil {
		return err
	}
	if err := put(s, t, store.ItemProperties, prefix+"work-item-properties", property, &property.ID); err != nil {
		return err
	}
	s.ids[prefix+"properties"] = s.ids[prefix+"work-item-properties"]
	option := &store.PropertyOptionRow{AuditFields: his, Name: name, IsActive: true, ProjectID: project,
		PropertyID: s.ids[prefix+"work-item-properties"], WorkspaceID: ws}
	if err := put(s, t, store.PropertyOptions, prefix+"options", option, &option.ID); err != nil {
		return err
	}
	has := &store.TypeProperty{IssueTypeID: s.ids[prefix+"work-item-types"], PropertyID: property.ID, ProjectID: project,
		WorkspaceID: ws}
	if err := store.TypeProperties.Insert(t, has); err != nil || project == nil {
		return err
	}
	tied := &store.ProjectIssueType{IssueTypeID: kind.ID, ProjectID: *project, WorkspaceID: ws}
	if err := store.ProjectIssueTypes.Insert(t, tied); err != nil {
		return err
	}
	return store.PropertyValues.Insert(t, &store.PropertyValue{AuditFields: his, PropertyID: option.PropertyID,
		OptionID: &option.ID, IssueID: s.First, ProjectID: *project, WorkspaceID: ws})
}

// value gives every other work item of the project a value, as large ones have.
func (s *surrounding) value(t *store.Tx) error {
	return s.exec(t, "INSERT INTO issue_property_values (id, created_at, updated_at, property_id, option_id, issue_id,"+
		" project_id, workspace_id) SELECT $UUID, i.created_at, i.created_at, o.property_id, o.id, i.id, i.project_id,"+
		" i.workspace_id FROM issues i JOIN issue_property_options o ON o.project_id = i.project_id"+
		" AND o.name = 'kind of person 0' WHERE i.project_id = $PROJECT AND i.id <> $MAIN")
}
