package routes_test

import (
	"cmp"
	"context"
	"strconv"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web/webtest"
)

// marker stands in everything of the workspace that is walked around: no answer to somebody else may have it.
const marker = "CONFIDENTIAL-7F3A"

// itemMarker stands in work items, and in what hangs on them: who sees only their own reads none of others'.
const (
	itemMarker = marker + " " + itemWord
	itemWord   = "WORK-4B1D"
)

// place is a workspace full of rows, and their ids by the segment of a path that they follow.
type place struct {
	workspace      *store.Workspace
	project        *store.Project
	states, triage *store.State // a state that is done, and that of what waits in the intake
	intake         *store.Intake
	numbered       int // work items so far
	ids            map[string]string
}

// furnish makes a workspace with a project and something of everything in it.
func furnish(t testing.TB, s *webtest.Server, owner *webtest.Client) *place {
	t.Helper()
	p := &place{ids: map[string]string{"roles": app.Roles[0].ID}}
	err := s.App.DB.Write(context.Background(), owner.User.ID, func(tx *store.Tx) error {
		return errorOf(func() error { return p.build(tx, owner.User.ID) },
			func() error { return p.items(tx, owner.User.ID, owner.User.ID) })
	})
	if err != nil {
		t.Fatal(err)
	}
	p.admit(t, s, owner, app.Admin)
	return p
}

// errorOf is the error of the first step that has one.
func errorOf(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// keep is a step that inserts a row and notes its id under segments of paths.
func keep[T any](p *place, t *store.Tx, table store.Table[T], segments string, row *T, id *string) func() error {
	return func() error {
		err := table.Insert(t, row)
		for _, seg := range strings.Fields(segments) {
			p.ids[seg] = *id
		}
		return err
	}
}

// build makes what a project has beside work items.
func (p *place) build(tx *store.Tx, owner string) error {
	p.workspace = &store.Workspace{Name: marker, Slug: "walked", OwnerID: owner, Timezone: "UTC"}
	if err := store.Workspaces.Insert(tx, p.workspace); err != nil {
		return err
	}
	w := p.workspace.ID
	p.project = &store.Project{Name: marker, Identifier: "WALK", WorkspaceID: w, Network: 0, Timezone: "UTC",
		CycleView: true, ModuleView: true, PageView: true, IssueViewsView: true, IntakeView: true}
	if err := store.Projects.Insert(tx, p.project); err != nil {
		return err
	}
	id := p.project.ID
	more := &store.ProjectFeatures{Epics: true, Workflows: true, ProjectID: id, WorkspaceID: w}
	p.intake = &store.Intake{Name: marker, ProjectID: id, WorkspaceID: w, IsDefault: true}
	return errorOf(keep(p, tx, store.Intakes, "intakes inboxes", p.intake, &p.intake.ID),
		func() error { return store.ProjectFeaturesRows.Insert(tx, more) },
		func() error { return p.plans(tx, owner) })
}

// plans makes what a project has beside work items, once more each time.
func (p *place) plans(tx *store.Tx, owner string) error {
	w, id := p.workspace.ID, p.project.ID
	if err := run(tx, `UPDATE states SET "default" = FALSE WHERE project_id = ?`, id); err != nil {
		return err
	}
	named := func(what string) string { return marker + what + " " + store.NewID() } // names may stand once
	open := &store.State{Name: named(""), Group: "backlog", ProjectID: id, WorkspaceID: w, Default: true}
	p.states = &store.State{Name: named(" done"), Group: "completed", ProjectID: id, WorkspaceID: w}
	p.triage = &store.State{Name: named(" triage"), Group: "triage", ProjectID: id, WorkspaceID: w, IsTriage: true}
	label := &store.Label{Name: named(""), ProjectID: &id, WorkspaceID: w}
	cycle := &store.Cycle{Name: named(""), ProjectID: id, WorkspaceID: w, OwnedByID: owner, Timezone: "UTC"}
	next := &store.Cycle{Name: named(" next"), ProjectID: id, WorkspaceID: w, OwnedByID: owner, Timezone: "UTC"}
	module := &store.Module{Name: named(""), ProjectID: id, WorkspaceID: w, Status: "planned"}
	view := &store.View{Name: named(""), ProjectID: &id, WorkspaceID: w, OwnedByID: owner, Access: 1}
	page := &store.Page{Name: named(""), WorkspaceID: w, OwnedByID: owner}
	wide := &store.Page{Name: "for all " + store.NewID(), WorkspaceID: w, OwnedByID: owner, IsGlobal: true}
	milestone := &store.Milestone{Title: named(""), ProjectID: id, WorkspaceID: w}
	aim := &store.Initiative{Name: "aim " + store.NewID(), State: "DRAFT", WorkspaceID: w}
	mark := &store.InitiativeLabel{Name: "mark " + store.NewID(), WorkspaceID: w}
	shelf := &store.Collection{Name: "shelf " + store.NewID(), OwnedByID: owner, WorkspaceID: w,
		SortOrder: store.FirstInOrder}
	entry := &store.CollectionMember{MemberID: owner, Access: 2, WorkspaceID: w}
	filed := &store.CollectionPage{WorkspaceID: w}
	estimate := &store.Estimate{Name: named(""), ProjectID: id, WorkspaceID: w, Type: "points"}
	return errorOf(
		keep(p, tx, store.States, "", p.states, &p.states.ID), keep(p, tx, store.States, "", p.triage, &p.triage.ID),
		keep(p, tx, store.States, "states", open, &open.ID),
		keep(p, tx, store.Labels, "issue-labels labels", label, &label.ID),
		keep(p, tx, store.Cycles, "next-cycle", next, &next.ID), keep(p, tx, store.Cycles, "cycles", cycle, &cycle.ID),
		keep(p, tx, store.Modules, "modules", module, &module.ID), keep(p, tx, store.Views, "views", view, &view.ID),
		keep(p, tx, store.Pages, "pages", page, &page.ID), keep(p, tx, store.Pages, "wide-pages", wide, &wide.ID),
		func() error { // a workspace has only so many
			return errorOf(func() error { return run(tx, "DELETE FROM collections WHERE workspace_id = ?", w) },
				func() error { return run(tx, "DELETE FROM initiatives WHERE workspace_id = ?", w) },
				func() error { return run(tx, "DELETE FROM initiative_labels WHERE workspace_id = ?", w) })
		},
		keep(p, tx, store.Collections, "collections", shelf, &shelf.ID),
		func() error {
			entry.CollectionID, filed.CollectionID, filed.PageID = shelf.ID, shelf.ID, wide.ID
			return errorOf(keep(p, tx, store.CollectionMembers, "collection-members", entry, &entry.ID),
				keep(p, tx, store.CollectionPages, "collection-pages", filed, &filed.ID))
		},
		func() error {
			return store.ProjectPages.Insert(tx, &store.ProjectPage{PageID: page.ID, ProjectID: id, WorkspaceID: w})
		},
		keep(p, tx, store.Estimates, "estimates", estimate, &estimate.ID),
		func() error { return p.wide(tx, owner, p.ids["issues"]) },
		func() error { return p.shared(tx, owner) }, p.flows(tx, named("")),
		keep(p, tx, store.Milestones, "milestones", milestone, &milestone.ID),
		keep(p, tx, store.Initiatives, "initiatives", aim, &aim.ID),
		keep(p, tx, store.InitiativeLabels, "wide-labels", mark, &mark.ID),
		func() error {
			return store.InitiativeLabelLinks.Insert(tx,
				&store.InitiativeLabelLink{InitiativeID: aim.ID, LabelID: mark.ID, WorkspaceID: w})
		},
		func() error {
			return store.InitiativeProjects.Insert(tx,
				&store.InitiativeProject{InitiativeID: aim.ID, ProjectID: id, WorkspaceID: w})
		})
}

// items makes work items of somebody's, and around the first what can be there: of the caller what only they may touch.
func (p *place) items(tx *store.Tx, maker, caller string) error {
	w, id := p.workspace.ID, p.project.ID
	item := func(state string) *store.Issue {
		p.numbered++
		return &store.Issue{Name: itemMarker, ProjectID: id, WorkspaceID: w, SequenceID: p.numbered,
			IssueValues:     store.IssueValues{Priority: "none"},
			DescriptionHTML: itemMarker, StateID: &state, AuditFields: store.AuditFields{CreatedByID: &maker, ID: store.NewID()}}
	}
	day, attached := store.Date("2026-01-01"), "ISSUE_ATTACHMENT"
	issue, other, done, archived, asked := item(p.ids["states"]), item(p.ids["states"]), item(p.states.ID),
		item(p.states.ID), item(p.triage.ID)
	archived.ArchivedAt = &day
	waits := item(p.ids["states"])
	waits.TypeID = ptr(p.ids["kind"])
	kind := &store.IssueType{Name: "epic " + store.NewID(), WorkspaceID: w, IsActive: true, IsEpic: true}
	offered := &store.ProjectIssueType{ProjectID: id, WorkspaceID: w}
	epic := item(p.ids["states"])
	at, project, workspace := issue.ID, id, w
	his, callers := store.AuditFields{CreatedByID: &maker}, store.AuditFields{CreatedByID: &caller}
	comment := &store.IssueComment{AuditFields: his, CommentHTML: itemMarker, CommentStripped: itemMarker, IssueID: at,
		ProjectID: project, WorkspaceID: workspace, Access: "INTERNAL", ActorID: &maker}
	link := &store.IssueLink{AuditFields: his, URL: "https://" + strings.ReplaceAll(itemMarker, " ", "/"), IssueID: at,
		ProjectID: project, WorkspaceID: workspace}
	file := &store.FileAsset{AuditFields: his, EntityType: &attached, Asset: w + "/" + store.NewID(), IsUploaded: true,
		Size: 1, IssueID: &at, ProjectID: &id, WorkspaceID: &w,
		Attributes: store.JSON(`{"name": "` + itemMarker + `", "type": "text/plain"}`)}
	activity := &store.IssueActivity{Verb: "created", Comment: itemMarker, IssueID: &at, ProjectID: project,
		WorkspaceID: workspace, ActorID: &maker}
	version := &store.IssueDescriptionVersion{DescriptionHTML: itemMarker, LastSavedAt: tx.Now, IssueID: at,
		OwnedByID: maker, ProjectID: project, WorkspaceID: workspace}
	asking := &store.IssueDescriptionVersion{DescriptionHTML: itemMarker, LastSavedAt: tx.Now, IssueID: asked.ID,
		OwnedByID: maker, ProjectID: project, WorkspaceID: workspace}
	whole := &store.IssueVersion{Name: itemMarker, Priority: "none", LastSavedAt: tx.Now, OwnedByID: maker, IssueID: at,
		ProjectID: project, WorkspaceID: workspace}
	draft := &store.DraftIssue{AuditFields: callers, Name: new(itemMarker), ProjectID: &id, WorkspaceID: w,
		IssueValues: store.IssueValues{Priority: "none"}}
	relation := &store.IssueRelation{
		RelationType:   "blocked_by",
		IssueID:        at,
		RelatedIssueID: other.ID,
		ProjectID:      project,
		WorkspaceID:    workspace,
	}
	defined := &store.RelationDefinition{AuditFields: his, Name: "kind " + store.NewID(), Outward: "kind out",
		Inward: "kind in", IsActive: true, WorkspaceID: workspace} // which all of the workspace may know
	typed := &store.TypedRelation{IssueID: at, RelatedIssueID: other.ID, ProjectID: project, WorkspaceID: workspace}
	worked := &store.Worklog{AuditFields: his, Description: itemMarker, Duration: 5, LoggedByID: maker, IssueID: at,
		ProjectID: project, WorkspaceID: workspace}
	itemKind := &store.IssueType{
		AuditFields: his,
		Name:        "kind " + store.NewID(),
		WorkspaceID: workspace,
		ProjectID:   &project,
		IsActive:    true,
	}
	wideKind := &store.IssueType{
		AuditFields: his,
		Name:        "wide " + store.NewID(),
		WorkspaceID: workspace,
		IsActive:    true,
	}
	tied := &store.ProjectIssueType{ProjectID: project, WorkspaceID: workspace}
	prop := &store.ItemProperty{AuditFields: his, Name: "p", DisplayName: "p", PropertyType: store.PropertyOption,
		IsActive: true, ProjectID: &project, WorkspaceID: workspace}
	wideProp := &store.ItemProperty{AuditFields: his, Name: "p", DisplayName: "p", PropertyType: store.PropertyOption,
		IsActive: true, WorkspaceID: workspace}
	option := &store.PropertyOptionRow{
		AuditFields: his,
		Name:        "o",
		IsActive:    true,
		ProjectID:   &project,
		WorkspaceID: workspace,
	}
	second := &store.PropertyOptionRow{AuditFields: his, Name: "second", IsActive: true, ProjectID: &project,
		WorkspaceID: workspace}
	wideOption := &store.PropertyOptionRow{AuditFields: his, Name: "o", IsActive: true, WorkspaceID: workspace}
	has := &store.TypeProperty{ProjectID: &project, WorkspaceID: workspace}
	wideHas := &store.TypeProperty{WorkspaceID: workspace}
	valued := &store.PropertyValue{AuditFields: his, IssueID: at, ProjectID: project, WorkspaceID: workspace}
	refers := &store.IssuePage{PageID: p.ids["pages"], IssueID: at, ProjectID: project, WorkspaceID: workspace}
	reaction := &store.IssueReaction{AuditFields: callers, Reaction: reactionCode, ActorID: caller, IssueID: at,
		ProjectID: project, WorkspaceID: workspace}
	liked := &store.CommentReaction{AuditFields: callers, Reaction: reactionCode, ActorID: caller, ProjectID: project,
		WorkspaceID: workspace}
	follower := &store.IssueSubscriber{SubscriberID: caller, IssueID: at, ProjectID: project, WorkspaceID: workspace}
	in := &store.CycleIssue{CycleID: p.ids["cycles"], IssueID: at, ProjectID: project, WorkspaceID: workspace}
	of := &store.ModuleIssue{ModuleID: p.ids["modules"], IssueID: at, ProjectID: project, WorkspaceID: workspace}
	due := &store.MilestoneIssue{MilestoneID: p.ids["milestones"], IssueID: at, ProjectID: project, WorkspaceID: workspace}
	aimed := []*store.InitiativeIssue{
		{InitiativeID: p.ids["initiatives"], IssueID: at, ProjectID: project, WorkspaceID: workspace},
		{InitiativeID: p.ids["initiatives"], IssueID: epic.ID, ProjectID: project, WorkspaceID: workspace},
	}
	waiting := &store.IntakeIssue{AuditFields: his, Status: -2, IntakeID: p.intake.ID, IssueID: asked.ID,
		ProjectID: project, WorkspaceID: workspace}
	p.ids["number"] = numberOf(issue)
	return errorOf(
		func() error { // a workspace has only so many
			return errorOf(func() error {
				return run(tx, "DELETE FROM issue_types WHERE workspace_id = ? AND name NOT LIKE 'flow %'", workspace)
			}, func() error { return run(tx, "DELETE FROM issue_properties WHERE workspace_id = ?", workspace) })
		},
		keep(p, tx, store.IssueTypes, "", kind, &kind.ID),
		func() error { offered.IssueTypeID = kind.ID; return store.ProjectIssueTypes.Insert(tx, offered) },
		func() error {
			epic.TypeID = &kind.ID
			return store.Issues.Insert(tx, issue, other, done, archived, asked, waits, epic)
		},
		func() error {
			for seg, i := range map[string]*store.Issue{"issues": issue, "work-items": issue, "other": other,
				"dependencies": other, "work-item-relations": other, "done": done,
				"archived": archived, "epics": epic, "intake-issues": asked, "inbox-issues": asked, "intake-work-items": asked,
				"to-approve": waits} {
				p.ids[seg] = i.ID
			}
			return nil
		},
		keep(p, tx, store.IssueComments, "comments", comment, &comment.ID),
		func() error { liked.CommentID = comment.ID; return store.CommentReactions.Insert(tx, liked) },
		keep(p, tx, store.IssueLinks, "issue-links links", link, &link.ID),
		keep(p, tx, store.FileAssets, "attachments issue-attachments", file, &file.ID),
		keep(p, tx, store.IssueActivities, "activities", activity, &activity.ID),
		keep(p, tx, store.IssueDescriptionVersions, "description-versions", version, &version.ID),
		keep(p, tx, store.IssueDescriptionVersions, "asked-versions", asking, &asking.ID),
		keep(p, tx, store.IssueVersions, "versions", whole, &whole.ID),
		keep(p, tx, store.DraftIssues, "draft-issues draft-to-issue", draft, &draft.ID),
		keep(p, tx, store.IssueRelations, "", relation, &relation.ID),
		func() error { // a workspace has only so many
			return run(tx, "DELETE FROM issue_relation_definitions WHERE workspace_id = ?", workspace)
		},
		keep(p, tx, store.RelationDefinitions, "work-item-relation-definitions", defined, &defined.ID),
		func() error { typed.DefinitionID = defined.ID; return store.TypedRelations.Insert(tx, typed) },
		keep(p, tx, store.Worklogs, "worklogs", worked, &worked.ID),
		keep(p, tx, store.IssueTypes, "work-item-types", itemKind, &itemKind.ID),
		keep(p, tx, store.IssueTypes, "wide-work-item-types", wideKind, &wideKind.ID),
		func() error { tied.IssueTypeID = itemKind.ID; return store.ProjectIssueTypes.Insert(tx, tied) },
		keep(p, tx, store.ItemProperties, "work-item-properties properties", prop, &prop.ID),
		keep(p, tx, store.ItemProperties, "wide-work-item-properties wide-properties", wideProp, &wideProp.ID),
		func() error {
			option.PropertyID, second.PropertyID, wideOption.PropertyID = prop.ID, prop.ID, wideProp.ID
			return nil
		},
		keep(p, tx, store.PropertyOptions, "options", option, &option.ID),
		keep(p, tx, store.PropertyOptions, "second-option", second, &second.ID),
		keep(p, tx, store.PropertyOptions, "wide-options", wideOption, &wideOption.ID),
		func() error {
			has.IssueTypeID, has.PropertyID = itemKind.ID, prop.ID
			wideHas.IssueTypeID, wideHas.PropertyID = wideKind.ID, wideProp.ID
			valued.PropertyID, valued.OptionID = prop.ID, &option.ID
			return errorOf(func() error { return store.TypeProperties.Insert(tx, has, wideHas) },
				func() error { return store.PropertyValues.Insert(tx, valued) })
		},
		keep(p, tx, store.IssuePages, "page-links", refers, &refers.ID),
		keep(p, tx, store.IssueReactions, "", reaction, &reaction.ID),
		keep(p, tx, store.IssueSubscribers, "", follower, &follower.ID),
		keep(p, tx, store.CycleIssues, "", in, &in.ID), keep(p, tx, store.ModuleIssues, "", of, &of.ID),
		keep(p, tx, store.MilestoneIssues, "", due, &due.ID),
		func() error { return store.InitiativeIssues.Insert(tx, aimed...) },
		keep(p, tx, store.IntakeIssues, "", waiting, &waiting.ID),
		func() error { return p.wide(tx, maker, at) })
}

const reactionCode = "128077"

func numberOf(i *store.Issue) string { return strconv.Itoa(i.SequenceID) }

// typed adds to a body what writes of types, properties and values want.
func (p *place) typed(path string, body map[string]any) {
	delete(body, "relation_type") // of relations
	body["value"], body["properties"] = p.ids["second-option"], []string{p.ids["properties"]}
	if !strings.Contains(path, "/projects/") {
		body["properties"] = []string{p.ids["wide-properties"]}
	}
	body["work_item_types"] = []string{p.ids["wide-work-item-types"]}
	body["display_name"], body["property_type"] = "changed "+store.NewID()[24:], store.PropertyOption
}

// admit makes a person a member of the workspace and the project.
func (p *place) admit(t testing.TB, s *webtest.Server, who *webtest.Client, role app.Role) {
	t.Helper()
	err := s.App.DB.Write(context.Background(), "", func(tx *store.Tx) error {
		if err := store.WorkspaceMembers.Insert(tx,
			&store.WorkspaceMember{WorkspaceID: p.workspace.ID, MemberID: who.User.ID, Role: int(role),
				IsActive: true}); err != nil {
			return err
		}
		return store.ProjectMembers.Insert(
			tx,
			&store.ProjectMember{
				WorkspaceID: p.workspace.ID,
				ProjectID:   p.project.ID,
				MemberID:    &who.User.ID,
				Role:        int(role),
				IsActive:    true,
			},
		)
	})
	if err != nil {
		t.Fatal(err)
	}
}

// path fills an operation's parameters with ids of the place.
func (p *place) path(pattern string) string {
	segs := strings.Split(pattern, "/")
	for i, seg := range segs {
		if !strings.HasPrefix(seg, "{") {
			continue
		}
		name, _, _ := strings.Cut(strings.Trim(seg, "{}"), ":")
		before := segs[i-1]
		switch {
		case name == "anchor" && p.ids["anchor"] != "":
			segs[i] = p.ids["anchor"]
		case strings.HasSuffix(pattern, "/workflow-approval/") && before == "work-items":
			segs[i] = p.ids["to-approve"]
		case name == "reaction_code":
			segs[i] = reactionCode
		case name == "slug":
			segs[i] = p.workspace.Slug
		case strings.Contains(seg, "}-{"):
			segs[i] = p.project.Identifier + "-" + cmp.Or(p.ids["number"], "1")
		case name == "project_id" || before == "projects":
			segs[i] = p.project.ID
		case name == "user_id" || name == "user" || name == "subscriber_id" || name == "member_id":
			segs[i] = *p.project.CreatedByID
		case name == "template_id":
			segs[i] = p.template(pattern, segs[i-2])
		case name == "asset_id" && p.ids["assets"] != "":
			segs[i] = p.ids["assets"]
		case name == "link_id" && p.ids["page-links"] != "" && p.inFamily(pattern, before) == "":
			segs[i] = p.ids["page-links"]
		case name == "collection_member_id":
			segs[i] = p.ids["collection-members"]
		case name == "page_collection_id":
			segs[i] = p.ids["collection-pages"]
		case p.inFamily(pattern, before) != "":
			segs[i] = p.inFamily(pattern, before)
		case p.ids["wide-"+before] != "" && !strings.Contains(pattern, "/projects/"):
			segs[i] = p.ids["wide-"+before]
		case p.ids[before] != "":
			segs[i] = p.ids[before]
		default:
			segs[i] = p.ids["issues"]
		}
	}
	return strings.Join(segs, "/")
}
