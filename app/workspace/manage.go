package workspace

import (
	"context"
	"errors"
	"strings"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What those who run the installation do with workspaces, in which they need not be members. Each is given what it is
// about; who may is settled by whoever calls.

// Known returns the workspace with that slug, letters of either case; app.NotFound if there is none.
func Known(ctx context.Context, a *app.App, slug string) (*store.Workspace, error) {
	w, err := store.WorkspaceWithSlug(a.DB.Read(ctx), strings.TrimSpace(slug))
	if errors.Is(err, store.ErrNotFound) {
		return nil, &app.Error{Kind: app.NotFound, Code: "NO_WORKSPACE", Text: "There is no workspace " + slug + "."}
	}
	return w, err
}

// asOwner is a call in a workspace by somebody who may do there what its administrators may.
func asOwner(ctx context.Context, a *app.App, w *store.Workspace, by *store.User) *app.Call {
	return &app.Call{Context: ctx, App: a, User: by, Workspace: w, Access: &app.Access{Workspace: app.Admin}}
}

// SetUp makes a workspace that belongs to owner, who is its only member. An empty slug is made of the name.
func SetUp(ctx context.Context, a *app.App, owner *store.User, name, slug string) (*store.Workspace, error) {
	if !owner.IsActive {
		return nil, errClosed(owner)
	}
	if slug == "" {
		slug = slugOf(name)
	}
	w := &store.Workspace{Name: strings.TrimSpace(name), Slug: slug, Timezone: "UTC"}
	return w, Found(&app.Call{Context: ctx, App: a, User: owner}, w, "")
}

// slugOf makes a slug of a name: its letters and digits, what is between them as hyphens.
func slugOf(name string) string {
	words := strings.FieldsFunc(strings.ToLower(store.Fold(name)), func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < '0' || r > '9')
	})
	slug := strings.Join(words, "-")
	return strings.Trim(slug[:min(len(slug), maxSlug)], "-")
}

// Rename gives a workspace another name, another slug, or both; empty keeps what it has. Links with the old slug lead
// nowhere from then on.
func Rename(ctx context.Context, a *app.App, w *store.Workspace, name, slug string) (*store.Workspace, error) {
	renamed := *w
	var cols []string
	if name = strings.TrimSpace(name); name != "" {
		renamed.Name, cols = name, append(cols, "name")
	}
	if slug != "" {
		renamed.Slug, cols = slug, append(cols, "slug")
	}
	if len([]rune(renamed.Name)) > maxName || len([]rune(renamed.Slug)) > maxSlug {
		return nil, errTooLong
	}
	if len(cols) == 0 {
		return &renamed, nil
	}
	err := Update(asOwner(ctx, a, w, nil), &renamed, cols...)
	return &renamed, err
}

// Transfer makes somebody the owner of a workspace, and its administrator. The one who was the owner stays an
// administrator.
func Transfer(ctx context.Context, a *app.App, w *store.Workspace, to *store.User) error {
	if !to.IsActive {
		return errClosed(to)
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := t.Lock("memberships of " + w.ID); err != nil {
			return err
		}
		owned := *w
		owned.OwnerID = to.ID
		if err := store.Workspaces.Update(t, &owned, "owner_id"); err != nil {
			return err
		}
		return admit(t, w.ID, to.ID, int(app.Admin))
	})
}

// Remove deletes a workspace and all that it holds.
func Remove(ctx context.Context, a *app.App, w *store.Workspace) error {
	return Delete(asOwner(ctx, a, w, nil))
}

// Add invites somebody to a workspace, in the name of by, and returns the invitation. Who has been invited already gets
// another letter; without a mail server whoever invites passes the link on (see InvitationLink). Members are refused.
func Add(ctx context.Context, a *app.App, w *store.Workspace, by *store.User, email string,
	role app.Role) (*store.WorkspaceInvite, error) {
	clean, ok := app.CleanEmail(email)
	if !ok {
		return nil, app.Coded("INVALID_EMAIL", "email", clean)
	}
	c := asOwner(ctx, a, w, by)
	err := Invite(c, []Invitee{{Email: clean, Role: int(role)}})
	var members *MembersError
	if errors.As(err, &members) {
		return nil, errMember(clean, w)
	}
	if err != nil {
		return nil, err
	}
	return store.WorkspaceInvites.Get(a.DB.Read(ctx), dbx.HashExp{"workspace_id": w.ID, "email": clean})
}

// Take makes somebody who has an account a member of a workspace without asking them, for who administers the
// installation; an invitation that they had is answered. Members are refused, and who has closed their account.
func Take(ctx context.Context, a *app.App, w *store.Workspace, u *store.User, role app.Role) error {
	if !u.IsActive {
		return errClosed(u)
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error {
		if err := t.Lock("memberships of " + w.ID); err != nil {
			return err
		}
		there, err := store.WorkspaceMembers.Exists(t,
			dbx.HashExp{"workspace_id": w.ID, "member_id": u.ID, "is_active": true})
		if err != nil {
			return err
		}
		if there {
			return errMember(*u.Email, w)
		}
		invites, err := store.WorkspaceInvites.List(t, dbx.HashExp{"workspace_id": w.ID, "email": *u.Email})
		if err != nil {
			return err
		}
		for i := range invites {
			if err := store.WorkspaceInvites.Delete(t, &invites[i]); err != nil {
				return err
			}
		}
		return admit(t, w.ID, u.ID, int(role))
	})
}

func errMember(email string, w *store.Workspace) error {
	return &app.Error{Kind: app.Conflict, Code: "ALREADY_MEMBER", Text: email + " is in " + w.Slug + " already."}
}

// InvitationLink is where an invitation is answered, and whether a letter with it is on its way. It is a secret. Only
// the path is known as long as nobody has said where the app is.
func InvitationLink(ctx context.Context, a *app.App, w *store.Workspace, i *store.WorkspaceInvite) (link string,
	sent bool, err error) {
	base, err := a.Address(ctx)
	if err != nil {
		return "", false, err
	}
	s, err := a.Settings(ctx)
	return base + InvitationPath(i, w.Slug), base != "" && s["EMAIL_HOST"] != "", err
}

func errClosed(u *store.User) error {
	return &app.Error{Kind: app.Conflict, Code: "ACCOUNT_CLOSED", Text: "The account of " + u.DisplayName + " is closed."}
}

// Admit makes somebody a member of a workspace, active and in that role, in a transaction that
// moves the workspace here.
func Admit(t *store.Tx, workspace, user string, role app.Role) error {
	return admit(t, workspace, user, int(role))
}
