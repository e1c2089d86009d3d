package webhook

import (
	"encoding/json"
	"fmt"
	"reflect"
	"time"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// fields are those of something as the public API shows it, times in UTC. Plane: bgtasks/webhook_task.py,
// api/serializers
type fields map[string]any

func at(t *time.Time) any {
	if t == nil {
		return nil
	}
	return app.Time(*t, time.UTC)
}

// with adds what every row has.
func (f fields) with(m store.AuditFields) fields {
	f["id"], f["created_at"], f["updated_at"], f["deleted_at"] = m.ID, at(&m.CreatedAt), at(&m.UpdatedAt), at(m.DeletedAt)
	f["created_by"], f["updated_by"] = m.CreatedByID, m.UpdatedByID
	return f
}

// values adds what has the same name everywhere.
func (f fields) values(v store.IssueValues) fields {
	of := reflect.ValueOf(v)
	for i := range of.NumField() {
		f[of.Type().Field(i).Tag.Get("json")] = of.Field(i).Interface()
	}
	return f
}

func person(u *store.User) fields {
	return fields{"id": u.ID, "first_name": u.FirstName, "last_name": u.LastName, "email": u.Email, "avatar": u.Avatar,
		"avatar_url": app.PictureURL(u.AvatarAssetID, &u.Avatar), "display_name": u.DisplayName}
}

// issueFields are those of a work item with its people, labels and state.
func issueFields(i *store.Issue, people, labels []fields, state fields) fields {
	return fields{"labels": labels, "assignees": people, "state": state, "description": i.DescriptionJSON,
		"point": i.Point, "name": i.Name, "description_json": i.DescriptionJSON, "description_html": i.DescriptionHTML,
		"description_stripped": i.DescriptionStripped, "description_binary": i.DescriptionBinary,
		"sequence_id":  i.SequenceID,
		"completed_at": at(i.CompletedAt), "archived_at": i.ArchivedAt, "is_draft": i.IsDraft,
		"external_source": i.ExternalSource, "external_id": i.ExternalID, "project": i.ProjectID,
		"workspace": i.WorkspaceID, "parent": i.ParentID, "estimate_point": i.EstimatePointID,
		"type": i.TypeID}.values(i.IssueValues).with(i.AuditFields)
}

func commentFields(t *store.Tx, id string) (fields, error) {
	m, err := store.IssueComments.Find(t, id)
	if err != nil {
		return nil, err
	}
	return fields{"comment_html": m.CommentHTML, "attachments": m.Attachments, "access": m.Access,
		"external_source": m.ExternalSource, "external_id": m.ExternalID, "edited_at": at(m.EditedAt), "project": m.ProjectID,
		"workspace": m.WorkspaceID, "description": m.DescriptionID, "issue": m.IssueID, "actor": m.ActorID,
		"parent": m.ParentID}.with(m.AuditFields), nil
}

// rowFields reads a row as store.EnqueueEvent left it.
func rowFields(t *store.Tx, event string, doc json.RawMessage) (fields, error) {
	switch event {
	case store.EventProject:
		return readRow(doc, projectFields)
	case store.EventCycle:
		return readRow(doc, cycleFields)
	case store.EventModule:
		f, err := readRow(doc, moduleFields)
		if err != nil {
			return nil, err
		}
		rows, err := store.ModuleMembers.List(t, dbx.HashExp{"module_id": f["id"]}, "created_at")
		members := make([]string, len(rows))
		for i, m := range rows {
			members[i] = m.MemberID
		}
		f["members"] = members
		return f, err
	}
	return nil, fmt.Errorf("webhooks are told of no %q", event)
}

func readRow[T any](doc json.RawMessage, of func(*T) fields) (fields, error) {
	var row T
	if err := json.Unmarshal(doc, &row); err != nil {
		return nil, fmt.Errorf("what webhooks are told: %w", err)
	}
	return of(&row), nil
}

func projectFields(p *store.Project) fields {
	return fields{"cover_image_url": app.PictureURL(p.CoverImageAssetID, p.CoverImage), "name": p.Name,
		"description": p.Description, "description_text": p.DescriptionText, "description_html": p.DescriptionHTML,
		"network": p.Network, "identifier": p.Identifier, "emoji": p.Emoji, "icon_prop": p.IconProp,
		"module_view": p.ModuleView, "cycle_view": p.CycleView, "issue_views_view": p.IssueViewsView,
		"page_view": p.PageView, "intake_view": p.IntakeView, "is_time_tracking_enabled": p.IsTimeTrackingEnabled,
		"is_issue_type_enabled": p.IsIssueTypeEnabled, "guest_view_all_features": p.GuestViewAllFeatures,
		"cover_image": p.CoverImage, "archive_in": p.ArchiveIn, "close_in": p.CloseIn, "logo_props": p.LogoProps,
		"archived_at": at(p.ArchivedAt), "timezone": p.Timezone, "external_source": p.ExternalSource,
		"external_id": p.ExternalID, "workspace": p.WorkspaceID, "default_assignee": p.DefaultAssigneeID,
		"project_lead": p.ProjectLeadID, "cover_image_asset": p.CoverImageAssetID, "estimate": p.EstimateID,
		"default_state": p.DefaultStateID}.with(p.AuditFields)
}

func cycleFields(c *store.Cycle) fields {
	return fields{"name": c.Name, "description": c.Description, "start_date": at(c.StartDate), "end_date": at(c.EndDate),
		"view_props": c.ViewProps, "sort_order": c.SortOrder, "external_source": c.ExternalSource,
		"external_id": c.ExternalID, "progress_snapshot": c.ProgressSnapshot, "archived_at": at(c.ArchivedAt),
		"logo_props": c.LogoProps, "timezone": c.Timezone,
		"version": c.Version, "project": c.ProjectID, "workspace": c.WorkspaceID, "owned_by": c.OwnedByID}.with(c.AuditFields)
}

func moduleFields(m *store.Module) fields {
	return fields{"name": m.Name, "description": m.Description, "description_text": m.DescriptionText,
		"description_html": m.DescriptionHTML, "start_date": m.StartDate, "target_date": m.TargetDate, "status": m.Status,
		"view_props": m.ViewProps, "sort_order": m.SortOrder, "external_source": m.ExternalSource,
		"external_id": m.ExternalID, "archived_at": at(m.ArchivedAt), "logo_props": m.LogoProps,
		"project": m.ProjectID, "workspace": m.WorkspaceID, "lead": m.LeadID}.with(m.AuditFields)
}
