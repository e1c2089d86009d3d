package page

import (
	"errors"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// CollectionMembers returns who is in a collection that the caller sees; a public one has none.
func CollectionMembers(c *app.Call, id string) ([]store.CollectionMember, error) {
	t := c.Read()
	k, err := collection(c, t, id)
	if err != nil {
		return nil, err
	}
	return store.CollectionMembers.List(t, dbx.HashExp{"collection_id": k.ID}, "created_at", "id")
}

// AddCollectionMember lets a person of the workspace's team into a private collection that the caller manages.
func AddCollectionMember(c *app.Call, id, person string, access int) (*store.CollectionMember, error) {
	var m *store.CollectionMember
	err := c.Write(func(t *store.Tx) error {
		if err := t.LockRows("collections", id); err != nil { // of two at once one is refused
			return err
		}
		k, err := managed(c, t, id)
		if err != nil {
			return err
		}
		if k.Access == store.PublicCollection {
			return app.Field("non_field_errors", "A public collection has no members: everybody in the workspace's team is in it.")
		}
		in, err := store.WorkspaceMembers.Get(t, dbx.HashExp{"workspace_id": k.WorkspaceID, "member_id": person,
			"is_active": true})
		if errors.Is(err, store.ErrNotFound) || err == nil && app.Role(in.Role) < app.Member {
			return app.Field("member", app.NoObject(person))
		} else if err != nil {
			return err
		}
		there, err := store.CollectionMembers.Get(t, dbx.HashExp{"collection_id": k.ID, "member_id": person})
		if err == nil {
			return app.DuplicateOf("This person is a member of the collection already", there.ID)
		} else if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		m = &store.CollectionMember{CollectionID: k.ID, MemberID: person, Access: access, WorkspaceID: k.WorkspaceID}
		return store.CollectionMembers.Insert(t, m)
	})
	return m, err
}

// collectionMember finds a member of a collection that the caller sees.
func collectionMember(c *app.Call, t *store.Tx, id, member string) (*Collection, *store.CollectionMember, error) {
	k, err := collection(c, t, id)
	if err != nil {
		return nil, nil, err
	}
	m, err := store.CollectionMembers.Get(t, dbx.HashExp{"id": member, "collection_id": k.ID})
	return k, m, err
}

// ChangeCollectionMember says what a member of a collection that the caller manages may do.
func ChangeCollectionMember(c *app.Call, id, member string, access app.Opt[int]) (*store.CollectionMember, error) {
	var m *store.CollectionMember
	err := c.Write(func(t *store.Tx) error {
		k, found, err := collectionMember(c, t, id, member)
		if err != nil {
			return err
		}
		if m = found; !k.manages(c) {
			return app.ErrDenied
		}
		var cols []string
		app.Change(&cols, "access", access, &m.Access)
		return store.CollectionMembers.Update(t, m, cols...)
	})
	return m, err
}

// RemoveCollectionMember puts a member out of a collection that the caller manages, or the caller out of any.
func RemoveCollectionMember(c *app.Call, id, member string) error {
	return c.Write(func(t *store.Tx) error {
		k, m, err := collectionMember(c, t, id, member)
		if err != nil {
			return err
		}
		if !k.manages(c) && m.MemberID != c.UserID() {
			return app.ErrDenied
		}
		return store.CollectionMembers.Delete(t, m)
	})
}
