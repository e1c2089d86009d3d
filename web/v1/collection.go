package v1

import (
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/page"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allCollections    = inWorkspace + "collections/"
	oneCollection     = allCollections + "{collection_id:uuid}/"
	collectionMembers = oneCollection + "members/"
	oneOfMembers      = collectionMembers + "{collection_member_id:uuid}/"
	collectionPages   = oneCollection + "pages/"
	oneOfPages        = collectionPages + "{page_collection_id:uuid}/"
)

const (
	exampleChanged    = `"created_at":"2026-05-04T09:30:00Z","updated_at":"2026-05-04T09:30:00Z","created_by":"` + exampleID + `","updated_by":null`
	collectionExample = `{"id":"` + otherID + `","name":"Guides","owned_by_id":"` + exampleID + `","access":0,` +
		`"current_user_access":2,"has_pages":true,"is_default":false,"is_global":false,"logo_props":{},"sort_order":65535,` +
		`"workspace":"` + exampleID + `",` + exampleChanged + `}`
	collectionMemberExample = `{"id":"` + otherID + `","collection":"` + exampleID + `","member":"` + exampleID +
		`","access":2,"workspace":"` + exampleID + `",` + exampleChanged + `}`
	filedExample = `{"id":"` + otherID + `","collection":"` + exampleID + `","page":"` + exampleID +
		`","workspace":"` + exampleID + `","sort_order":65535,` + exampleChanged + `}`
)

var branchExample = `{"page_collection_id":"` + otherID + `","collection_id":"` + exampleID + `","parent_id":null,` +
	`"sort_order":65535,"page":` + listedPageExample + `}`

// The rule lets all of the team in; which collection is for whom is decided by its access and its members: app/page.
var pageCollections = []web.Op{
	do("GET", allCollections, team, 200, "List the collections of a workspace", listCollections).
		Explained("Those that the caller sees, in their own order. A private one, with its pages, is seen by its owner and its"+
			" members only.").Like("", `[`+collectionExample+`]`),
	do("POST", allCollections, team, 201, "Make a collection", createCollection).
		Explained("access: 0 for all of the workspace's team, 1 for its members; it stays so. Of a private one the caller is"+
			" a member who may edit.").Like(`{"name":"Guides","access":0}`, collectionExample),
	do("GET", oneCollection, team, 200, "Read a collection", getCollection).Like("", collectionExample),
	do("PATCH", oneCollection, team, 200, "Change a collection", changeCollection).
		Explained("As its owner, an administrator, or who may edit it.").
		Like(`{"name":"Handbooks"}`, strings.Replace(collectionExample, "Guides", "Handbooks", 1)),
	do("DELETE", oneCollection, team, 204, "Delete a collection", deleteCollection).
		Explained("As its owner or an administrator. Its pages stay: archived, or with archive_pages=false in no collection." +
			" Pages that the caller may not archive are in no collection then. Those of a private one are always archived, and" +
			" their owners' only from then on."),
	do("GET", collectionMembers, team, 200, "List the members of a collection", listCollectionMembers).
		Explained("A public one has none.").Like("", `[`+collectionMemberExample+`]`),
	do("POST", collectionMembers, team, 201, "Let somebody into a private collection", addCollectionMember).
		Explained("As its owner or an administrator who is in it. access: 0 to read, 1 to comment, 2 to edit.").
		Like(`{"member":"`+exampleID+`","access":2}`, collectionMemberExample),
	do("PATCH", oneOfMembers, team, 200, "Change what a member of a collection may do", changeCollectionMember).
		Explained("As with letting in. By the id of the membership.").Like(`{"access":2}`, collectionMemberExample),
	do("DELETE", oneOfMembers, team, 204, "Put a member out of a collection", removeCollectionMember).
		Explained("As with letting in; oneself whoever one is. By the id of the membership."),
	do("GET", oneCollection+"pages-search/", team, 200, "Look for pages to put into a collection", searchCollectionPages).
		Explained("Pages of the workspace that are not in it, nor below another page, nor archived; the first 100 by name.").
		Like("", `[{"id":"`+otherID+`","name":"Handbook","logo_props":{}}]`),
	do("GET", collectionPages, team, 200, "List the pages of a collection", listCollectionPages).
		Explained("Those that the caller may read, with those below others; archived ones are left out. search looks for words"+
			" in the name, parent_id for what is right below a page.").Like("", examplePage(branchExample)),
	do("POST", collectionPages, team, 201, "Put pages into a collection", addCollectionPages).
		Explained("Up to 100 pages of the workspace, each with what is below it; those of another collection are moved."+
			" sort_orders has numbers by page, the others come last. Into or out of a private collection only owners move"+
			" their pages.").Like(`{"page_ids":["`+exampleID+`"]}`, `[`+filedExample+`]`),
	do("PATCH", oneOfPages, team, 200, "Move a page within or between collections", moveCollectionPage).
		Explained("By the id of its place, which stays the same. collection names another collection, sort_order the place in"+
			" its order.").Like(`{"sort_order":75535}`, filedExample),
	do("DELETE", oneOfPages, team, 204, "Take a page out of a collection", removeCollectionPage).
		Explained("By the id of its place. The page stays, in no collection; what was in a private one and is not the caller's" +
			" is its owner's only from then on."),
}

// Changed is who made a row, who changed it, and when; people are never expanded.
type Changed struct {
	CreatedAt string  `json:"created_at"`
	UpdatedAt string  `json:"updated_at"`
	CreatedBy *string `json:"created_by"`
	UpdatedBy *string `json:"updated_by"`
}

func changed(c *app.Call, m *store.AuditFields) Changed {
	return Changed{CreatedAt: c.Time(m.CreatedAt), UpdatedAt: c.Time(m.UpdatedAt), CreatedBy: m.CreatedByID,
		UpdatedBy: m.UpdatedByID}
}

// Collection is a folder of pages of the workspace.
type Collection struct {
	ID        string     `json:"id"`
	Name      string     `json:"name"`
	OwnedByID string     `json:"owned_by_id"`
	Access    int        `json:"access"` // 1: it is private
	Allows    int        `json:"current_user_access"`
	HasPages  bool       `json:"has_pages"`
	IsDefault bool       `json:"is_default"` // never: pages need no collection here
	IsGlobal  bool       `json:"is_global"`  // never
	LogoProps store.JSON `json:"logo_props"`
	SortOrder float64    `json:"sort_order"`
	Workspace string     `json:"workspace"`
	Changed
}

func collectionOf(c *app.Call, k *page.Collection) Collection {
	return Collection{ID: k.ID, Name: k.Name, OwnedByID: k.OwnedByID, Access: k.Access, Allows: k.Allows,
		HasPages: k.HasPages, LogoProps: k.LogoProps, SortOrder: k.SortOrder, Workspace: k.WorkspaceID,
		Changed: changed(c, &k.AuditFields)}
}

func listCollections(c *app.Call, _ web.Nothing) ([]Collection, error) {
	all, err := page.Collections(c)
	return web.Map(all, func(k page.Collection) Collection { return collectionOf(c, &k) }), err
}

func createCollection(c *app.Call, in page.CollectionInput) (Collection, error) {
	k, err := page.CreateCollection(c, in)
	return plain(c, k, err, collectionOf)
}

type ofCollection struct {
	CollectionID string `path:"collection_id"`
}

func getCollection(c *app.Call, in ofCollection) (Collection, error) {
	k, err := page.GetCollection(c, in.CollectionID)
	return plain(c, k, err, collectionOf)
}

func changeCollection(c *app.Call, in struct {
	ofCollection
	page.CollectionInput
}) (Collection, error) {
	k, err := page.ChangeCollection(c, in.CollectionID, in.CollectionInput)
	return plain(c, k, err, collectionOf)
}

func deleteCollection(c *app.Call, in struct {
	ofCollection
	Archive string `query:"archive_pages" type:"boolean" example:"false"`
}) (web.Nothing, error) {
	return web.Nothing{}, page.DeleteCollection(c, in.CollectionID, !strings.EqualFold(in.Archive, "false"))
}

// CollectionMember is a person whom a private collection is for.
type CollectionMember struct {
	ID         string `json:"id"`
	Collection string `json:"collection"`
	Member     string `json:"member"`
	Access     int    `json:"access"`
	Workspace  string `json:"workspace"`
	Changed
}

func collectionMember(c *app.Call, m *store.CollectionMember) CollectionMember {
	return CollectionMember{ID: m.ID, Collection: m.CollectionID, Member: m.MemberID, Access: m.Access,
		Workspace: m.WorkspaceID, Changed: changed(c, &m.AuditFields)}
}

func listCollectionMembers(c *app.Call, in ofCollection) ([]CollectionMember, error) {
	all, err := page.CollectionMembers(c, in.CollectionID)
	return web.Map(all, func(m store.CollectionMember) CollectionMember { return collectionMember(c, &m) }), err
}

func addCollectionMember(c *app.Call, in struct {
	ofCollection
	Member string `json:"member" check:"required,uuid"`
	Access int    `json:"access" check:"required,choice=0|1|2"`
}) (CollectionMember, error) {
	m, err := page.AddCollectionMember(c, in.CollectionID, in.Member, in.Access)
	return plain(c, m, err, collectionMember)
}

type oneOfMembersPath struct {
	ofCollection
	ID string `path:"collection_member_id"`
}

func changeCollectionMember(c *app.Call, in struct {
	oneOfMembersPath
	Access app.Opt[int] `json:"access" check:"choice=0|1|2"`
}) (CollectionMember, error) {
	m, err := page.ChangeCollectionMember(c, in.CollectionID, in.ID, in.Access)
	return plain(c, m, err, collectionMember)
}

func removeCollectionMember(c *app.Call, in oneOfMembersPath) (web.Nothing, error) {
	return web.Nothing{}, page.RemoveCollectionMember(c, in.CollectionID, in.ID)
}
