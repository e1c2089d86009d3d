package importer

import (
	"context"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer/reader"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/store"
)

// ReaderOf is what reads a kind of source; nil: there is no such kind.
func ReaderOf(kind string) record.Reader {
	for _, k := range reader.Kinds {
		if k.Name == kind {
			return k.Read
		}
	}
	return nil
}

// KindNames are the names of the kinds of sources.
func KindNames() []string {
	names := make([]string, len(reader.Kinds))
	for i, k := range reader.Kinds {
		names[i] = k.Name
	}
	return names
}

// OnDisk is the source that is a file on the disk, by the name that people know it by.
func OnDisk(path, name string) record.Source { return reader.FromFile(path, name) }

// errOthers refuses to import in the name of somebody who may not.
var errOthers = app.Refuse(app.Forbidden, "Only administrators of the workspace import into it.")

// InNameOf is in whose name somebody imports into a workspace: their own, when they administer it, and its owner's for
// nobody, who is at the command line or administers the installation.
func InNameOf(ctx context.Context, a *app.App, w *store.Workspace, u *store.User) (*store.User, error) {
	t := a.DB.Read(ctx)
	if u == nil {
		return store.Users.Find(t, w.OwnerID)
	}
	access, err := a.AccessOf(ctx, w.ID, u.ID)
	if err != nil || access.Workspace == app.Admin {
		return u, err
	}
	return nil, errOthers
}
