package web

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
)

// Verdict says whether a person may do something, and by what.
type Verdict struct {
	Allowed bool     `json:"allowed"`
	Method  string   `json:"method"` // of the row of the route table
	Path    string   `json:"path"`
	Summary string   `json:"summary"`
	Who     string   `json:"who"`   // may, says the row
	Why     string   `json:"why"`   // what of that holds for the person, or what does not
	Roles   []string `json:"roles"` // the person's, where the path is
	Key     bool     `json:"key"`   // wanted: below /api/v1/ a session does not do
}

// Refusals of Explain.
var (
	ErrNoOperation = &app.Error{Kind: app.NotFound, Code: "NO_OPERATION", Text: "No operation has that path."}
	ErrNoMethod    = &app.Error{Kind: app.Invalid, Code: "NO_METHOD"}
)

// Explain says whether a person may do what a method and a path stand for, by the very row and the very rules that a
// request meets. What a request carries, and what handlers look at beside, is not asked.
func (s *Server) Explain(ctx context.Context, u *store.User, method, path string) (*Verdict, error) {
	path, _, _ = strings.Cut(path, "?")
	route, args := s.routes.Find(path)
	if route == nil {
		route, args = s.routes.Find(path + "/")
	}
	if route == nil {
		return nil, ErrNoOperation
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	op := route.Methods[method]
	if op == nil {
		methods := make([]string, 0, len(route.Methods))
		for m := range route.Methods {
			methods = append(methods, m)
		}
		slices.Sort(methods)
		return nil, &app.Error{Kind: app.Invalid, Code: ErrNoMethod.Code,
			Text: route.Pattern + " has no " + method + "; it has " + strings.Join(methods, ", ") + "."}
	}
	v := &Verdict{Method: op.Method, Path: op.Path, Summary: op.Summary, Who: op.Allow.String(),
		Key: strings.HasPrefix(op.Path, "/api/v1/") && !op.session && !op.Allow.Open()}
	c := &app.Call{Context: ctx, App: s.app, User: u}
	if !u.IsActive {
		c.User = nil
	}
	if err := place(c, route.Pattern, args); err != nil {
		return nil, err
	}
	var err error
	if v.Roles, err = rolesOf(c, u); err != nil {
		return nil, err
	}
	err = op.Allow.check(c, args)
	if err == nil {
		err = sees(c, op, args)
	}
	if err != nil {
		if !refuses(err) {
			return nil, err
		}
		v.Why = refusedFor(c, u, args.Get("slug"), args.Get("anchor"), err)
		return v, nil
	}
	v.Allowed = true
	v.Why, err = op.Allow.reason(c, args)
	if c.Workspace != nil && c.Access.Workspace == app.Nobody && op.Allow.Scope == ScopeUser {
		v.Why += "; but not a member of the workspace " + c.Workspace.Slug + ", of which the operation shows only what members may see"
	}
	return v, err
}

// refuses says whether an error is what a caller would be told, and not a fault of ours.
func refuses(err error) bool {
	var refusal *Refusal
	var told *app.Error
	return errors.As(err, &refusal) || errors.As(err, &told)
}

// refusedFor says what keeps a person out.
func refusedFor(c *app.Call, u *store.User, slug, anchor string, err error) string {
	switch {
	case !u.IsActive:
		return "the account is closed"
	case slug != "" && c.Workspace == nil:
		return "there is no workspace " + slug
	case anchor != "" && c.Board == nil:
		return "there is no published project with that address"
	case c.Workspace != nil && c.Access.Workspace == app.Nobody:
		return "not a member of the workspace " + slug
	case c.ProjectID != "" && c.Role() == app.Nobody:
		return "not a member of the project"
	case c.ProjectID != "" && c.SeesOwnOnly(c.ProjectID) && errors.Is(err, app.ErrNotForGuests):
		return "a guest, whom the project shows only their own work items"
	}
	return "none of that holds"
}

// rolesOf names what a person is, where a call is.
func rolesOf(c *app.Call, u *store.User) ([]string, error) {
	roles := []string{}
	if !u.IsActive {
		return append(roles, "closed account"), nil
	}
	admin, err := instance.Administers(c)
	if err != nil {
		return nil, err
	}
	if admin {
		roles = append(roles, "administrator of the installation")
	}
	if c.Workspace != nil && c.Access.Workspace != app.Nobody {
		roles = append(roles, roleName(c.Access.Workspace)+" of the workspace "+c.Workspace.Slug)
	}
	if c.ProjectID != "" && c.Role() != app.Nobody {
		roles = append(roles, roleName(c.Role())+" of the project")
	}
	return roles, nil
}

func roleName(r app.Role) string {
	switch r {
	case app.Admin:
		return "administrator"
	case app.Member:
		return "member"
	case app.Guest:
		return "guest"
	}
	return "nobody"
}

// String says in words who may.
func (r Rule) String() string {
	text := r.base()
	if r.Creator != "" {
		text = strings.TrimPrefix(text+" or who made it", "nobody else or ")
	}
	if r.Or != nil {
		text += ", or " + r.Or.String()
	}
	if r.And != nil {
		text += ", and also " + r.And.String()
	}
	return text
}

func (r Rule) base() string {
	switch r.Scope {
	case ScopePublic:
		return "anybody"
	case ScopeUser:
		if r.Named != "" {
			return "the person that the path names"
		}
		return "whoever is signed in"
	case ScopeInstance:
		return "administrators of the installation"
	case ScopeAnyone:
		return "members of any project of the workspace"
	case ScopeBoard:
		if r.Switch != "" {
			return "anybody who knows the address of the published project, where it has " + string(r.Switch) + " on"
		}
		return "anybody who knows the address of the published project"
	}
	names := []string{}
	for _, role := range r.Roles {
		if name := roleName(role); name != "nobody" {
			names = append(names, name+"s")
		}
	}
	switch {
	case len(r.Roles) == 0 || len(names) == len(everyRole):
		return "everybody in the " + string(r.Scope)
	case len(names) == 0:
		return "nobody else"
	}
	return strings.Join(names, " and ") + " of the " + string(r.Scope)
}

// reason says what of a rule that lets a caller in holds for them.
func (r Rule) reason(c *app.Call, args argSource) (string, error) {
	ok, err := r.hasRole(c, args)
	if err != nil {
		return "", err
	}
	why := r.base()
	if !ok {
		alone := r
		alone.Or = nil
		switch ok, err = alone.allows(c, args); {
		case err != nil:
			return "", err
		case ok:
			why = "who made it"
		case r.Or != nil:
			if why, err = r.Or.reason(c, args); err != nil {
				return "", err
			}
		}
	}
	if r.And == nil {
		return why, nil
	}
	more, err := r.And.reason(c, args)
	return why + ", and also " + more, err
}
