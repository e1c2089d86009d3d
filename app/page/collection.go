package page

import (
	"cmp"
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Collections are folders for pages of the workspace. What is below a page is always where that page is. A public one
// is everybody's who reads the workspace's pages; a private one, with its pages, is its owner's and its members'.

// What a member may do in a private collection. Everybody in the workspace's team may do all of that in a public one.
const (
	Views    = 0
	Comments = 1 // as Views: nothing here is commented on
	Edits    = 2
)

// mostCollections is how many a workspace may have: their list is one answer.
const mostCollections = 500

// Collection is a collection as one person sees it.
type Collection struct {
	store.Collection
	Allows   int  // what the person may do: Views, Comments, Edits
	HasPages bool // that the person sees, and that are not archived
}

// manages says whether the caller decides who is in a collection that they see, and whether it stays.
func (k *Collection) manages(c *app.Call) bool {
	return k.OwnedByID == c.UserID() || c.Access.Workspace == app.Admin
}

// CollectionInput is what a request may say of a collection.
type CollectionInput struct {
	Name      app.Opt[string]     `json:"name" check:"required,max=255"`
	Access    app.Opt[int]        `json:"access" check:"choice=0|1"` // of a new one only
	LogoProps app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	SortOrder app.Opt[float64]    `json:"sort_order"`
}

func (in *CollectionInput) put(k *store.Collection) []string {
	var cols []string
	app.Change(&cols, "name", in.Name, &k.Name)
	app.Change(&cols, "logo_props", in.LogoProps, &k.LogoProps)
	app.Change(&cols, "sort_order", in.SortOrder, &k.SortOrder)
	return cols
}

// Collections returns those of the workspace that the caller sees, in their own order.
func Collections(c *app.Call) ([]Collection, error) {
	t := c.Read()
	rows, err := store.Collections.List(t, store.SeenCollections(c.Workspace.ID, c.UserID()), "sort_order", "created_at",
		"id")
	if err != nil {
		return nil, err
	}
	return seeCollections(c, t, rows)
}

func seeCollections(c *app.Call, t *store.Tx, rows []store.Collection) ([]Collection, error) {
	ids := make([]string, len(rows))
	for i := range rows {
		ids[i] = rows[i].ID
	}
	entries, err := store.CollectionMembers.List(t,
		dbx.And(store.In("collection_id", ids), dbx.HashExp{"member_id": c.UserID()}))
	if err != nil {
		return nil, err
	}
	mine := map[string]*int{}
	for i := range entries {
		mine[entries[i].CollectionID] = &entries[i].Access
	}
	filled, err := store.FilledCollections(t, ids, c.SeenPages(""))
	all := make([]Collection, len(rows))
	for i, k := range rows {
		allows, _ := allowed(c, k.Access == store.PrivateCollection, k.OwnedByID, mine[k.ID])
		all[i] = Collection{Collection: k, Allows: allows, HasPages: filled[k.ID]}
	}
	return all, err
}

// allowed is what the caller may do in a collection, and whether they are in it at all; entry is what they may as a
// member, nil: they are none. An owner who is a member with less has made it so.
func allowed(c *app.Call, private bool, owner string, entry *int) (int, bool) {
	switch {
	case private && entry != nil:
		return *entry, true
	case private && owner != c.UserID():
		return Views, false
	}
	return Edits, true
}

// enterFiled lets to a page that is in a collection (or, with the zero value, in none) who may there.
func enterFiled(c *app.Call, f store.FiledPage, need app.Role) error {
	if f.ID == "" {
		return nil
	}
	allows, in := allowed(c, f.Private, f.OwnerID, f.Access)
	if !in || need > app.Guest && allows < Edits {
		return app.ErrDenied
	}
	return nil
}

// collection finds one that the caller sees.
func collection(c *app.Call, t *store.Tx, id string) (*Collection, error) {
	k, err := store.Collections.Get(t,
		dbx.And(store.SeenCollections(c.Workspace.ID, c.UserID()), dbx.HashExp{"collections.id": id}))
	if err != nil {
		return nil, err
	}
	all, err := seeCollections(c, t, []store.Collection{*k})
	if err != nil {
		return nil, err
	}
	return &all[0], nil
}

// editable finds one whose pages the caller may arrange.
func editable(c *app.Call, t *store.Tx, id string) (*Collection, error) {
	k, err := collection(c, t, id)
	if err == nil && k.Allows < Edits {
		err = app.ErrDenied
	}
	return k, err
}

// managed finds one that the caller manages.
func managed(c *app.Call, t *store.Tx, id string) (*Collection, error) {
	k, err := collection(c, t, id)
	if err == nil && !k.manages(c) {
		err = app.ErrDenied
	}
	return k, err
}

// GetCollection returns a collection that the caller sees.
func GetCollection(c *app.Call, id string) (*Collection, error) { return collection(c, c.Read(), id) }

// CreateCollection makes a collection of the caller's, behind all others. Of a private one they are a member.
func CreateCollection(c *app.Call, in CollectionInput) (*Collection, error) {
	var k *Collection
	err := c.Write(func(t *store.Tx) error {
		if err := t.LockRows("workspaces", c.Workspace.ID); err != nil { // they are counted
			return err
		}
		here := dbx.HashExp{"workspace_id": c.Workspace.ID}
		n, err := store.Collections.Count(t, here)
		if err != nil {
			return err
		}
		if n >= mostCollections {
			return app.Field("non_field_errors", "A workspace has no more than 500 collections.")
		}
		row := &store.Collection{Access: in.Access.V, OwnedByID: c.UserID(), WorkspaceID: c.Workspace.ID}
		last, err := store.Collections.First(t, here, "sort_order DESC")
		row.SortOrder, err = behind(err, func() float64 { return last.SortOrder })
		if err != nil {
			return err
		}
		in.put(row)
		if err := store.Collections.Insert(t, row); err != nil {
			return err
		}
		k = &Collection{Collection: *row, Allows: Edits}
		if row.Access == store.PublicCollection {
			return nil
		}
		return store.CollectionMembers.Insert(t, &store.CollectionMember{CollectionID: row.ID, MemberID: c.UserID(),
			Access: Edits, WorkspaceID: row.WorkspaceID})
	})
	return k, err
}

// behind is the number in its order of what comes behind all others; found is the error of looking for the last one.
func behind(found error, last func() float64) (float64, error) {
	switch {
	case errors.Is(found, store.ErrNotFound):
		return store.FirstInOrder, nil
	case found != nil:
		return 0, found
	}
	return last() + store.StepInOrder, nil
}

// ChangeCollection writes what a request says of a collection that the caller may edit or manages.
func ChangeCollection(c *app.Call, id string, in CollectionInput) (*Collection, error) {
	if in.Access.Set {
		return nil, app.Field("access", "Whether a collection is private is decided when it is made.")
	}
	var k *Collection
	err := c.Write(func(t *store.Tx) (err error) {
		if k, err = collection(c, t, id); err != nil {
			return err
		}
		if k.Allows < Edits && !k.manages(c) {
			return app.ErrDenied
		}
		return store.Collections.Update(t, &k.Collection, in.put(&k.Collection)...)
	})
	return k, err
}

// DeleteCollection deletes a collection that the caller manages. Its pages stay: archived if that is wanted and the
// caller may archive them; those of a private one always, and from then on they are their owners' only.
func DeleteCollection(c *app.Call, id string, archive bool) error {
	return c.Write(func(t *store.Tx) error {
		if err := holdPages(c, t); err != nil {
			return err
		}
		k, err := managed(c, t, id)
		if err != nil {
			return err
		}
		whose := c.UserID()
		if k.Access == store.PrivateCollection || c.Access.Workspace == app.Admin {
			whose = ""
		}
		if archive || k.Access == store.PrivateCollection {
			if err := store.ArchiveFiled(t, k.ID, whose, today(t)); err != nil {
				return err
			}
		}
		return store.RemoveCollection(t, &k.Collection)
	})
}

// holdPages keeps others from making, moving or deleting pages of the call's project, or of the workspace when none is
// named, until the transaction ends: none comes below one that is deleted, and of two with one origin one is refused.
func holdPages(c *app.Call, t *store.Tx) error {
	return t.Lock("pages of " + cmp.Or(c.ProjectID, c.Workspace.ID))
}
