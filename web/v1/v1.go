// Package v1 is the public API below /api/v1/, for programs with a key. It shares its rules with the frontend's API;
// the shapes, the envelope of lists, fields and expand are its own.
package v1

import (
	"net/http"
	"slices"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	root        = "/api/v1/"
	inWorkspace = root + "workspaces/{slug}/"
	inProject   = inWorkspace + "projects/{project_id:uuid}/"
)

// Ops are the operations of this API, a table a resource.
func Ops() []web.Op {
	return heeding(slices.Concat(
		users,
		members,
		projects,
		states,
		labels,
		issues,
		issueLists,
		issueDetails,
		attachments,
		stickies,
		intake,
		cycles,
		modules,
		invitations,
		userAssets,
		assets,
		features,
		lite,
		estimates,
		roles,
		dependencies,
		worklogs,
		workflows,
		workflowParts,
		typeWorkflows,
		sharedWorkflows,
		workflowHooks,
		ownWorkflows,
		slips,
		pages,
		itemPages,
		itemTypes,
		itemProperties,
		itemValues,
		customers,
		customerProperties,
		releases,
		releaseLabels,
		releaseAround,
		catalogue,
		teamspaces,
		templates,
		recurring,
		milestones,
		epics,
		initiatives,
		pageCollections,
		imports,
		serviceAccounts,
		absent,
	))
}

// Who may, in the reference's permission classes.
var (
	readers = web.Project().Class()                        // everybody in the project, guests too
	writers = web.Project(app.Member, app.Admin).Class()   // all but its guests
	team    = web.Workspace(app.Member, app.Admin).Class() // the workspace's people but guests, in whatever project
)

// changes is for what others may have made: of who may write, the row's author and the project's administrators, as in
// the frontend's API. The reference lets everybody who may write change everybody's.
func changes(table string) web.Rule {
	return writers.AndThen(web.Project(app.Admin).Denied().OrCreator(table))
}

// errNowhere is this API's word for a row that is not there.
var errNowhere = app.Refuse(app.NotFound, "The requested resource does not exist.")

// do is web.Do in the words of this API: whatever is not there, it says so in the same way. What another program has
// given its own id is not made twice: 409.
func do[In, Out any](method, path string, allow web.Rule, status int, summary string,
	handle func(*app.Call, In) (Out, error)) web.Op {
	return inOurWords(method, web.Do(method, path, allow, status, summary, handle))
}

func inOurWords(method string, op web.Op) web.Op {
	op = op.Missing(errNowhere)
	if method == http.MethodGet || method == http.MethodDelete {
		return op
	}
	return op.Refuses(http.StatusConflict)
}

// byID is the input of what is done to one row of a project.
type byID struct {
	PK string `path:"pk"`
}

// Made is who wrote a row and when; it is embedded in what shows it.
type Made struct {
	CreatedAt string  `json:"created_at"`
	UpdatedAt string  `json:"updated_at"`
	DeletedAt *string `json:"deleted_at"`
	CreatedBy Ref     `json:"created_by"`
	UpdatedBy Ref     `json:"updated_by"`
}

func made(c *app.Call, m *store.AuditFields) Made {
	return Made{
		CreatedAt: c.Time(m.CreatedAt), UpdatedAt: c.Time(m.UpdatedAt), DeletedAt: c.TimePtr(m.DeletedAt),
		CreatedBy: Ref{ID: m.CreatedByID}, UpdatedBy: Ref{ID: m.UpdatedByID},
	}
}
