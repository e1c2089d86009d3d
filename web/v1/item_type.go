package v1

import (
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/itemtype"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const typeExample = `{"id":"` + otherID + `",` + exampleMade + `,"name":"Bug","description":"Something is broken",` +
	`"logo_props":{},"is_epic":false,"is_default":false,"is_active":true,"level":0,"external_source":null,` +
	`"external_id":null,"project_ids":["` + exampleID + `"],"project":"` + exampleID + `","workspace":"` + exampleID + `"}`

// typeScope is where types and properties are: in a project, or in the catalogue of a workspace.
type typeScope struct {
	at            string // the beginning of the paths
	of            string // for summaries
	readers, lead web.Rule
}

var (
	ofProject   = typeScope{inProject, "a project", readers, leads}
	ofCatalogue = typeScope{inWorkspace, "a workspace", everybody, web.Workspace(app.Admin).Class()}
)

const governed = "A project has its own types and those of the workspace's catalogue that it has taken over. Where the" +
	" workspace has work_item_types switched on, projects make none: 400 with the code workspace_managed."

var itemTypes = slices.Concat(typeOps(ofProject), typeOps(ofCatalogue), typeTies)

func typeOps(s typeScope) []web.Op {
	all, one := s.at+"work-item-types/", s.at+"work-item-types/{type_id:uuid}/"
	return []web.Op{
		do("GET", all, s.readers, 200, "List the types of work items of "+s.of, listTypes).
			Explained("By level and age. project_ids are those of the caller's projects that have the type.").
			Like("", `[`+typeExample+`]`),
		do("POST", all, s.lead, 201, "Make a type of work items of "+s.of, createType).
			Explained(governed+" At most 100.").
			Like(`{"name":"Bug","description":"Something is broken"}`, typeExample),
		do("GET", one, s.readers, 200, "Read a type of work items of "+s.of, getType).Like("", typeExample),
		do("PATCH", one, s.lead, 200, "Change a type of work items of "+s.of, changeType).Refuses(409).
			Explained("project_ids, in the workspace, are the projects that have it, of those that the caller administers."+
				" is_default, in a project, makes new work items have it while types are switched on there.").
			Like(`{"description":"Something is broken"}`, typeExample),
		do("DELETE", one, s.lead, 204, "Delete a type of work items of "+s.of, deleteType).
			Explained("Refused while work items have it. In a project, a type of the workspace's is given back only."),
	}
}

var typeTies = []web.Op{
	do("POST", inProject+"import-work-item-types/", leads, 200, "Take over types of the workspace", importTypes).
		Explained("Types of the workspace's catalogue, with their properties. Those that the project has stay.").
		Like(`{"work_item_types":["`+otherID+`"]}`, `[`+typeExample+`]`),
	do("POST", inProject+"work-item-types/import-work-item-types/", leads, 200,
		"Take over types of the workspace, as the Node client asks", importTypes).
		Like(`{"work_item_type_ids":["`+otherID+`"]}`, `[`+typeExample+`]`),
	do("GET", inProject+"work-item-types/schema/", readers, 200, "Describe what work items of a type have", typeSchema).
		Explained("The standard fields, and the properties of the type under custom_fields; without type_id those of the"+
			" project's default type, if there is one. include=members,labels adds whom and what to choose from.").
		Like("", schemaExample),
	do("POST", inProject+"work-item-types/{type_id:uuid}/properties/", leads, 200, "Give properties to a type",
		attachProperties).
		Explained("Of the project, or of the workspace where the project has them from a type that it has taken over.").
		Like(`{"properties":["`+otherID+`"]}`, `{"properties":["`+otherID+`"]}`),
	do("DELETE", inProject+"work-item-types/{type_id:uuid}/properties/{property_id:uuid}/", leads, 204,
		"Take a property from a type", detachProperty).Explained("Work items keep their values."),
	do("GET", inWorkspace+"work-item-types/{type_id:uuid}/properties/", everybody, 200,
		"List the ids of the properties of a workspace's type", listTypeProperties).
		Like("", `["`+otherID+`"]`),
	do("POST", inWorkspace+"work-item-types/{type_id:uuid}/properties/", web.Workspace(app.Admin).Class(), 200,
		"Give properties to a type of a workspace", attachToCatalogue).
		Explained("property_id gives it one alone.").
		Like(`{"properties":["`+otherID+`"]}`, `["`+otherID+`"]`),
	do("DELETE", inWorkspace+"work-item-types/{type_id:uuid}/properties/{property_id:uuid}/",
		web.Workspace(app.Admin).Class(), 204, "Take a property from a type of a workspace", detachProperty).
		Explained("Work items keep their values."),
}

// ItemType is a type of work items.
type ItemType struct {
	ID string `json:"id"`
	Made
	Name           string     `json:"name"`
	Description    string     `json:"description"`
	LogoProps      store.JSON `json:"logo_props"`
	IsEpic         bool       `json:"is_epic"`
	IsDefault      bool       `json:"is_default"`
	IsActive       bool       `json:"is_active"`
	Level          int        `json:"level"`
	ExternalSource *string    `json:"external_source"`
	ExternalID     *string    `json:"external_id"`
	ProjectIDs     []string   `json:"project_ids"`
	Project        *string    `json:"project"`
	Workspace      string     `json:"workspace"`
}

func itemType(c *app.Call, y *itemtype.Type) ItemType {
	return ItemType{ID: y.ID, Made: made(c, &y.AuditFields), Name: y.Name, Description: y.Description,
		LogoProps: y.LogoProps, IsEpic: y.IsEpic, IsDefault: y.IsDefault, IsActive: y.IsActive, Level: int(y.Level),
		ExternalSource: y.ExternalSource, ExternalID: y.ExternalID, ProjectIDs: y.ProjectIDs, Project: y.ProjectID,
		Workspace: y.WorkspaceID}
}

type typePath struct {
	Type string `path:"type_id"`
}

func listTypes(c *app.Call, _ web.Nothing) ([]ItemType, error) {
	all, err := itemtype.List(c)
	return web.Map(all, func(y itemtype.Type) ItemType { return itemType(c, &y) }), err
}

func createType(c *app.Call, in itemtype.Input) (ItemType, error) {
	y, err := itemtype.Create(c, in)
	return plain(c, y, err, itemType)
}

func getType(c *app.Call, in typePath) (ItemType, error) {
	y, err := itemtype.Get(c, in.Type)
	return plain(c, y, err, itemType)
}

func changeType(c *app.Call, in struct {
	typePath
	itemtype.Input
}) (ItemType, error) {
	y, err := itemtype.Change(c, in.Type, in.Input)
	return plain(c, y, err, itemType)
}

func deleteType(c *app.Call, in typePath) (web.Nothing, error) {
	return web.Nothing{}, itemtype.Delete(c, in.Type)
}

func importTypes(c *app.Call, in struct {
	IDs []string `json:"work_item_types" alias:"work_item_type_ids" check:"required,uuid"`
}) ([]ItemType, error) {
	all, err := itemtype.Import(c, in.IDs)
	return web.Map(all, func(y itemtype.Type) ItemType { return itemType(c, &y) }), err
}

// PropertyIDs are ids of properties.
type PropertyIDs struct {
	Properties []string `json:"properties"`
}

func attachProperties(c *app.Call, in struct {
	typePath
	IDs []string `json:"properties" check:"required,uuid"`
}) (PropertyIDs, error) {
	ids, err := itemtype.Attach(c, in.Type, in.IDs)
	return PropertyIDs{ids}, err
}

func attachToCatalogue(c *app.Call, in struct {
	typePath
	IDs app.Opt[[]string] `json:"properties" check:"pk"`
	One app.Opt[string]   `json:"property_id" check:"pk"`
}) ([]string, error) {
	ids := in.IDs.V
	if in.One.V != "" {
		ids = append(ids, in.One.V)
	}
	if !in.IDs.Set && !in.One.Set {
		return nil, app.Field("properties", "This field is required.")
	}
	return itemtype.Attach(c, in.Type, ids)
}

type typeProperty struct {
	typePath
	propertyPath
}

func detachProperty(c *app.Call, in typeProperty) (web.Nothing, error) {
	return web.Nothing{}, itemtype.Detach(c, in.Type, in.Property)
}

func listTypeProperties(c *app.Call, in typePath) ([]string, error) {
	all, err := itemtype.Properties(c, in.Type)
	return web.Map(all, func(p itemtype.Property) string { return p.ID }), err
}
