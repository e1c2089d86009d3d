package web

import (
	"cmp"
	"errors"
	"regexp"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/board"
	"github.com/sailplane/sailplane/app/instance"
	"github.com/sailplane/sailplane/store"
)

// Scope is where a rule looks for the caller's role.
type Scope string

// The scopes. A rule without one is refused when the server starts.
const (
	ScopePublic    Scope = "public"    // anybody, signed in or not
	ScopeUser      Scope = "user"      // whoever is signed in (below /api/v1/: has a key)
	ScopeInstance  Scope = "instance"  // administrators of the installation
	ScopeWorkspace Scope = "workspace" // members of the workspace in the path
	ScopeProject   Scope = "project"   // members of the project in the path
	ScopeAnyone    Scope = "any of its projects"
	ScopeBoard     Scope = "board" // anybody, signed in or not, who knows the address of a published project
)

// Rule says who may call an operation. It is data: the router obeys it, the API description shows it, tests walk it.
type Rule struct {
	Scope   Scope      `json:"scope"`
	Roles   []app.Role `json:"roles,omitempty"`   // any of them; none: every role
	Creator string     `json:"creator,omitempty"` // a table: who made the row of it may too
	// the parameter that names that row (none: pk), or, of a user, the caller
	Named  string `json:"named,omitempty"`
	Strict bool   `json:"strict,omitempty"` // a workspace's administrator has no more than their role in the project
	Or     *Rule  `json:"or,omitempty"`     // enough as well
	And    *Rule  `json:"and,omitempty"`    // wanted too, with its own refusal

	Switch board.Switch `json:"switch,omitempty"` // a board has to have it on

	refusal error
	nowhere error // in place of the refusal when there is no such workspace
	unknown error // in place of the refusal when the project is not there for the caller
}

// Public lets everybody in.
func Public() Rule { return Rule{Scope: ScopePublic} }

// SignedIn lets everybody in who is known.
func SignedIn() Rule { return Rule{Scope: ScopeUser} }

// Oneself lets those in whom the parameter of the path names.
func Oneself(parameter string) Rule {
	return Rule{Scope: ScopeUser, Named: parameter, refusal: app.ErrForbidden}
}

// InstanceAdmin lets the administrators of the installation in.
func InstanceAdmin() Rule { return Rule{Scope: ScopeInstance, refusal: app.ErrDenied} }

// Workspace lets active members of the workspace {slug} in who have one of the roles (none given: any).
// The refusal is {"error": "You don't have the required permissions."}.
func Workspace(roles ...app.Role) Rule {
	return Rule{Scope: ScopeWorkspace, Roles: roles, refusal: app.ErrForbidden}
}

// Project lets active members of the project {project_id} (or {pk} in paths without one) in who have one of the roles
// (none given: any); an administrator of the workspace needs only to be in the project. Refusals are as with Workspace.
func Project(roles ...app.Role) Rule {
	return Rule{Scope: ScopeProject, Roles: roles, refusal: app.ErrForbidden}
}

// AnyProject lets those in who are active members of any project of the workspace {slug}.
func AnyProject() Rule { return Rule{Scope: ScopeAnyone, refusal: app.ErrDenied} }

// Board lets everybody in who knows the address {anchor} of a published project; others get the refusal.
func Board(refusal error) Rule { return Rule{Scope: ScopeBoard, refusal: refusal} }

// Switched is Board where the board has that switched on.
func Switched(s board.Switch, refusal error) Rule {
	return Rule{Scope: ScopeBoard, Switch: s, refusal: refusal}
}

// Open says whether the rule begins by letting people in who are not signed in.
func (r Rule) Open() bool { return r.Scope == ScopePublic || r.Scope == ScopeBoard }

// Class is the rule as the reference's permission classes have it: strict, and refused with
// {"detail": "You do not have permission to perform this action."}.
func (r Rule) Class() Rule {
	r.Strict, r.refusal = true, app.ErrDenied
	return r
}

// Refusing is the rule with {"error": text} as its refusal.
func (r Rule) Refusing(text string) Rule {
	r.refusal = app.Refuse(app.Forbidden, text)
	return r
}

// Denied is the rule with the refusal of Class, but not strict.
func (r Rule) Denied() Rule {
	r.refusal = app.ErrDenied
	return r
}

// Hidden is the rule with a refusal that says that nothing is there.
func (r Rule) Hidden() Rule {
	r.refusal = app.ErrMissing
	return r
}

// NoWorkspace returns that, in place of the refusal, when there is no such workspace: some of the reference's views say
// so.
func (r Rule) NoWorkspace(answer error) Rule {
	r.nowhere = answer
	return r
}

// NoProject returns that, in place of the refusal, to whom the project is not there: there is none, or it is secret and
// they are neither in it nor administrators of the workspace.
func (r Rule) NoProject(answer error) Rule {
	r.unknown = answer
	return r
}

// Answering is the rule with another refusal.
func (r Rule) Answering(refusal error) Rule {
	r.refusal = refusal
	return r
}

// OrCreatorOf is OrCreator for a row that another parameter than {pk} names.
func (r Rule) OrCreatorOf(parameter, table string) Rule {
	r.Named = parameter
	return r.OrCreator(table)
}

// OrCreator also lets in who made the row {pk} of the table, as long as they are in the workspace, and in the project
// if the rule speaks of one: who was put out of it is out.
func (r Rule) OrCreator(table string) Rule {
	r.Creator = table
	return r
}

// Creator lets only those in who made the row {pk} of the table and is in the workspace {slug}: not even
// administrators.
func Creator(table string) Rule {
	const nobody = -1
	return Workspace(nobody).OrCreator(table)
}

// OrElse is enough with either rule; the first one's refusal is given.
func (r Rule) OrElse(other Rule) Rule {
	r.Or = &other
	return r
}

// AndThen wants the other rule too, once this one has let the caller in: the reference has operations with two gates,
// each with its own refusal.
func (r Rule) AndThen(other Rule) Rule {
	r.And = &other
	return r
}

// check returns nil when the caller may, else the refusal.
func (r Rule) check(c *app.Call, args argSource) error {
	if r.Scope == ScopePublic {
		return nil
	}
	if c.User == nil && !r.Open() {
		return app.ErrUnauthenticated
	}
	ok, err := r.allows(c, args)
	if err != nil {
		return err
	}
	if !ok && r.nowhere != nil && c.Workspace == nil {
		return r.nowhere
	}
	if !ok && r.unknown != nil {
		return r.unless(c)
	}
	if !ok {
		return r.refusal
	}
	if r.And != nil {
		return r.And.check(c, args)
	}
	return nil
}

// unless is the refusal, or that there is no such project.
func (r Rule) unless(c *app.Call) error {
	if c.Workspace == nil || c.Access.Workspace == app.Nobody {
		return r.refusal
	}
	known, err := c.KnowsProject()
	if err == nil && !known {
		err = r.unknown
	}
	return cmp.Or(err, r.refusal)
}

type argSource interface{ Get(name string) string }

func (r Rule) allows(c *app.Call, args argSource) (bool, error) {
	ok, err := r.hasRole(c, args)
	if err != nil || ok {
		return ok, err
	}
	if r.Creator != "" && c.Workspace != nil && c.Access.Workspace != 0 &&
		(r.Scope != ScopeProject || c.Role() != app.Nobody) {
		project := ""
		if r.Scope == ScopeProject {
			project = c.ProjectID
		}
		if ok, err = c.Made(r.Creator, args.Get(cmp.Or(r.Named, "pk")), project); err != nil || ok {
			return ok, err
		}
	}
	if r.Or != nil {
		return r.Or.allows(c, args)
	}
	return false, nil
}

var everyRole = []app.Role{app.Guest, app.Member, app.Admin}

func (r Rule) hasRole(c *app.Call, args argSource) (bool, error) {
	roles := r.Roles
	if len(roles) == 0 {
		roles = everyRole
	}
	switch r.Scope {
	case ScopePublic:
		return true, nil
	case ScopeUser:
		return r.Named == "" || args.Get(r.Named) == c.User.ID, nil
	case ScopeBoard:
		return c.Board != nil && (r.Switch == "" || board.Allows(c, r.Switch)), nil
	case ScopeInstance:
		return instance.Administers(c)
	case ScopeWorkspace:
		return c.Access.InWorkspace(roles...), nil
	case ScopeAnyone:
		return len(c.Access.Projects) > 0, nil
	case ScopeProject:
		if r.Strict {
			return c.Access.HasProjectRole(c.ProjectID, roles...), nil
		}
		return c.Access.InProject(c.ProjectID, roles...), nil
	}
	return false, errors.New("rule without a scope")
}

// sees refuses a guest, whom the project shows only their own work items, whatever hangs on another's: rows say who may
// by role, and this says it of the work item that the path names, itself or by a comment on it.
func sees(c *app.Call, op *Op, args argSource) error {
	if c.ProjectID == "" || !c.SeesOwnOnly(c.ProjectID) {
		return nil
	}
	issue, comment := args.Get("issue_id"), args.Get("comment_id")
	if issue == "" && namesItem.MatchString(op.Path) {
		issue = args.Get("pk")
	}
	others, err := c.IsOthers(issue, comment)
	if err == nil && others {
		err = cmp.Or(op.unseen, app.ErrNotForGuests)
	}
	return err
}

// namesItem fits the paths in which {pk} is a work item.
var namesItem = regexp.MustCompile(`/(issues|work-items|intake-issues|inbox-issues)/\{pk:uuid\}/`)

// namesProject says whether {pk} is a project in a path.
func namesProject(path string) bool { return strings.Contains(path, "/projects/{pk:uuid}/") }

// place fills the workspace, the project, the board and the caller's roles that the path speaks of.
func place(c *app.Call, pattern string, args argSource) error {
	c.Access = &app.Access{}
	if anchor := args.Get("anchor"); anchor != "" {
		return board.Open(c, anchor)
	}
	slug := args.Get("slug")
	if slug == "" {
		return nil
	}
	w, err := c.WorkspaceBySlug(c, slug)
	if errors.Is(err, store.ErrNotFound) {
		return nil // nobody is a member of what is not there
	}
	if err != nil {
		return err
	}
	c.Workspace = w
	if c.ProjectID = args.Get("project_id"); c.ProjectID == "" && namesProject(pattern) {
		c.ProjectID = args.Get("pk")
	}
	if c.User == nil {
		return nil
	}
	c.Access, err = c.AccessOf(c, w.ID, c.User.ID)
	return err
}
