package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	oneItem        = inProject + "work-items/{issue_id:uuid}/"
	allDefinitions = inWorkspace + "work-item-relation-definitions/"
	oneDefinition  = allDefinitions + "{definition_id:uuid}/"
)

const (
	relatedExample = `{"id":"` + otherID + `","name":"Sign in","sequence_id":7,"project_id":"` + exampleID + `",` +
		`"state_id":"` + exampleID + `","priority":"high","type_id":null,"is_epic":false,"label_ids":[],"assignee_ids":[],` +
		`"sort_order":65535,"created_at":"2026-05-04T09:30:00Z","updated_at":"2026-05-04T09:30:00Z",` +
		`"created_by":"` + exampleID + `","updated_by":"` + exampleID + `","relation_type":`
	definitionExample = `{"id":"` + exampleID + `","name":"Cause","outward":"causes","inward":"is caused by","color":null,` +
		`"is_default":false,"is_active":true,"sort_order":65535,"workspace":"` + exampleID + `",` + exampleMade + `}`
)

var dependencies = []web.Op{
	do("GET", oneItem+"dependencies/", readers, 200, "List what a work item depends on", listDependencies).
		Explained("Work items that the caller may see, newest first, by their kind as this work item sees it.").
		Like("", `{"blocking":[`+relatedExample+`"blocking"}],"blocked_by":[],"start_before":[],"start_after":[],`+
			`"finish_before":[],"finish_after":[]}`),
	do("POST", oneItem+"dependencies/", writers, 201, "Let work items depend on each other", createDependencies).
		Explained("The other side shows the opposite. Two work items have one relation beside those of the workspace's own"+
			" kinds: a second is refused.").
		Like(`{"relation_type":"blocking","work_item_ids":["`+otherID+`"]}`, `[`+relatedExample+`"blocking"}]`),
	do("DELETE", oneItem+"dependencies/{related_id:uuid}/", writers, 204, "End a dependency", deleteDependency).
		Explained("Of this work item and the named one, whichever way round."),
	do("POST", oneItem+"relations/remove/", writers, 204, "End a relation", removeRelation).
		Explained("Of this work item and the named one, whatever relates them, but for the workspace's own kinds.").
		Like(`{"related_issue":"`+otherID+`"}`, ""),
	do("GET", oneItem+"work-item-relations/", readers, 200, "List a work item's relations of the workspace's kinds",
		listTyped).
		Explained("By what the kind is called from this side. Every kind that is switched on is there, with both its words.").
		Like("", `{"causes":[`+relatedExample+`"causes"}],"is caused by":[]}`),
	do("POST", oneItem+"work-item-relations/", writers, 201, "Relate work items by a kind of the workspace", createTyped).
		Explained("relation_definition_type is what the kind is called from this side: its outward or its inward word.").
		Like(`{"relation_definition_id":"`+exampleID+`","relation_definition_type":"causes","work_item_ids":["`+otherID+
			`"]}`, `[`+relatedExample+`"causes"}]`),
	do("DELETE", oneItem+"work-item-relations/{related_id:uuid}/", writers, 204,
		"End the relations of two work items by kinds of the workspace", deleteTyped).
		Explained("All of them, whichever way round."),

	do("GET", allDefinitions, everybody, 200, "List a workspace's kinds of relations", listDefinitions).
		Explained("In their own order.").Like("", examplePage(definitionExample)),
	do("POST", allDefinitions, web.Workspace(app.Admin).Class(), 201, "Make a kind of relation", createDefinition).
		Explained("What is not said of a side is the name. A workspace has at most 100.").
		Like(`{"name":"Cause","outward":"causes","inward":"is caused by"}`, definitionExample),
	do("PATCH", oneDefinition, web.Workspace(app.Admin).Class(), 200, "Change a kind of relation", changeDefinition).
		Explained("Relations of one that is switched off are kept and not shown.").
		Like(`{"is_active":true}`, definitionExample),
	do("DELETE", oneDefinition, web.Workspace(app.Admin).Class(), 204, "Delete a kind of relation", deleteDefinition).
		Explained("With all relations of that kind."),
}

// RelatedItem is a work item in brief on the other side of a relation.
type RelatedItem struct {
	ID           string   `json:"id"`
	Name         string   `json:"name"`
	SequenceID   int      `json:"sequence_id"`
	ProjectID    string   `json:"project_id"`
	StateID      *string  `json:"state_id"`
	Priority     string   `json:"priority"`
	TypeID       *string  `json:"type_id"`
	IsEpic       bool     `json:"is_epic"`
	LabelIDs     []string `json:"label_ids"`
	AssigneeIDs  []string `json:"assignee_ids"`
	SortOrder    float64  `json:"sort_order"`
	CreatedAt    string   `json:"created_at"`
	UpdatedAt    string   `json:"updated_at"`
	CreatedBy    *string  `json:"created_by"`
	UpdatedBy    *string  `json:"updated_by"`
	RelationType string   `json:"relation_type"`
}

func relatedItems(c *app.Call, all []store.Related) []RelatedItem {
	return web.Map(all, func(r store.Related) RelatedItem {
		return RelatedItem{ID: r.ID, Name: r.Name, SequenceID: r.SequenceID, ProjectID: r.ProjectID, StateID: r.StateID,
			Priority: r.Priority, TypeID: r.TypeID, IsEpic: r.IsEpic, LabelIDs: append([]string{}, r.LabelIDs...),
			AssigneeIDs: append([]string{}, r.AssigneeIDs...), SortOrder: r.SortOrder, CreatedAt: c.Time(r.CreatedAt),
			UpdatedAt: c.Time(r.UpdatedAt), CreatedBy: r.CreatedByID, UpdatedBy: r.UpdatedByID,
			RelationType: r.RelationType}
	})
}

// ItemDependencies are the work items that one depends on, by kind.
type ItemDependencies struct {
	Blocking     []RelatedItem `json:"blocking"`
	BlockedBy    []RelatedItem `json:"blocked_by"`
	StartBefore  []RelatedItem `json:"start_before"`
	StartAfter   []RelatedItem `json:"start_after"`
	FinishBefore []RelatedItem `json:"finish_before"`
	FinishAfter  []RelatedItem `json:"finish_after"`
}

func listDependencies(c *app.Call, in ofIssue) (ItemDependencies, error) {
	all, err := issue.ListDependencies(c, in.Issue)
	by := map[string][]RelatedItem{}
	for _, kind := range issue.Dependencies {
		by[kind] = []RelatedItem{}
	}
	for _, r := range relatedItems(c, all) {
		by[r.RelationType] = append(by[r.RelationType], r)
	}
	return ItemDependencies{Blocking: by["blocking"], BlockedBy: by["blocked_by"], StartBefore: by["start_before"],
		StartAfter: by["start_after"], FinishBefore: by["finish_before"], FinishAfter: by["finish_after"]}, err
}

// others are the work items that a request names, of which there is at least one.
type others struct {
	IDs []string `json:"work_item_ids" check:"required,uuid"`

	Faults app.Fields `body:"faults"`
}

func (o *others) check() error {
	if len(o.IDs) == 0 && o.Faults["work_item_ids"] == nil {
		o.Faults.Add("work_item_ids", "Ensure this field has at least 1 elements.")
	}
	return o.Faults.Err()
}

func createDependencies(c *app.Call, in struct {
	ofIssue
	RelationType string `json:"relation_type" check:"required,choice=blocking|blocked_by|start_before|start_after|finish_before|finish_after"`
	others
}) ([]RelatedItem, error) {
	if err := in.others.check(); err != nil {
		return nil, err
	}
	now, err := issue.Depend(c, in.Issue, in.RelationType, in.IDs)
	return relatedItems(c, now), err
}

// twoItems names a work item and one that it is related to.
type twoItems struct {
	ofIssue
	Related string `path:"related_id"`
}

func deleteDependency(c *app.Call, in twoItems) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveDependency(c, in.Issue, in.Related)
}

func removeRelation(c *app.Call, in struct {
	ofIssue
	Related string `json:"related_issue" check:"required,uuid"`
}) (web.Nothing, error) {
	return web.Nothing{}, issue.RemoveRelation(c, in.Issue, in.Related)
}

func listTyped(c *app.Call, in ofIssue) (map[string][]RelatedItem, error) {
	all, err := issue.ListTyped(c, in.Issue)
	by := make(map[string][]RelatedItem, len(all))
	for word, related := range all {
		by[word] = relatedItems(c, related)
	}
	return by, err
}

func createTyped(c *app.Call, in struct {
	ofIssue
	Definition string `json:"relation_definition_id" check:"required,uuid"`
	Word       string `json:"relation_definition_type" check:"required,raw,max=255"`
	others
}) ([]RelatedItem, error) {
	if err := in.others.check(); err != nil {
		return nil, err
	}
	now, err := issue.RelateTyped(c, in.Issue, in.Definition, in.Word, in.IDs)
	return relatedItems(c, now), err
}

func deleteTyped(c *app.Call, in twoItems) (web.Nothing, error) {
	return web.Nothing{}, issue.UnrelateTyped(c, in.Issue, in.Related)
}

// RelationDefinition is a kind of relation that a workspace has made.
type RelationDefinition struct {
	ID string `json:"id"`
	Made
	Name      string  `json:"name"`
	Outward   string  `json:"outward"`
	Inward    string  `json:"inward"`
	Color     *string `json:"color"`
	IsDefault bool    `json:"is_default"`
	IsActive  bool    `json:"is_active"`
	SortOrder float64 `json:"sort_order"`
	Workspace string  `json:"workspace"`
}

func definitionOf(c *app.Call, d *store.RelationDefinition) RelationDefinition {
	return RelationDefinition{ID: d.ID, Made: made(c, &d.AuditFields), Name: d.Name, Outward: d.Outward, Inward: d.Inward,
		Color: d.Color, IsDefault: d.IsDefault, IsActive: d.IsActive, SortOrder: d.SortOrder, Workspace: d.WorkspaceID}
}

func listDefinitions(c *app.Call, in struct {
	listing
	IsDefault *string `query:"is_default" type:"boolean"`
	IsActive  *string `query:"is_active" type:"boolean"`
}) (Page[RelationDefinition], error) {
	isDefault, err := switched("is_default", in.IsDefault)
	if err != nil {
		return Page[RelationDefinition]{}, err
	}
	isActive, err := switched("is_active", in.IsActive)
	if err != nil {
		return Page[RelationDefinition]{}, err
	}
	return list(c, in.listing, func(s store.ListPart) ([]store.RelationDefinition, int, error) {
		return workspace.RelationDefinitions(c, s, isDefault, isActive)
	}, definitionOf)
}

func createDefinition(c *app.Call, in workspace.RelationDefinitionInput) (RelationDefinition, error) {
	d, err := workspace.CreateRelationDefinition(c, in)
	return plain(c, d, err, definitionOf)
}

type definitionPath struct {
	Definition string `path:"definition_id"`
}

func changeDefinition(c *app.Call, in struct {
	definitionPath
	workspace.RelationDefinitionInput
}) (RelationDefinition, error) {
	d, err := workspace.ChangeRelationDefinition(c, in.Definition, in.RelationDefinitionInput)
	return plain(c, d, err, definitionOf)
}

func deleteDefinition(c *app.Call, in definitionPath) (web.Nothing, error) {
	return web.Nothing{}, workspace.DeleteRelationDefinition(c, in.Definition)
}
