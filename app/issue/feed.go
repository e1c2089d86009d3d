package issue

import (
	"cmp"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/pql"
	"github.com/sailplane/sailplane/app/property"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// PublicQuery is what a request asks of a list of the public API: which work items, all of it has to hold, and in which
// order.
type PublicQuery struct {
	PQL string `query:"pql" example:"priority = \"urgent\" AND assignee = currentUser()"`
	FilterQuery
	OrderBy PublicOrderKey `query:"order_by"`
}

// narrows says whether there is any condition.
func (in PublicQuery) narrows() bool {
	return strings.TrimSpace(in.PQL) != "" || in.Rich != "" || len(in.Single) > 0
}

// PublicOrderKey is a field that lists of the public API are sorted by; with - in front the other way round.
type PublicOrderKey string

// Choices are the keys that there are.
func (PublicOrderKey) Choices() []string { return issuelist.PublicOrderNames() }

// Pattern is what a property is named like.
func (PublicOrderKey) Pattern() string { return "^-?cf_[0-9a-f-]{36}$" }

// OriginQuery is what other programs call a work item; one of both narrows a list.
type OriginQuery struct {
	ExternalID     string `query:"external_id"`
	ExternalSource string `query:"external_source"`
}

func (in OriginQuery) filters() (all []issuelist.Filter) {
	if in.ExternalID != "" {
		all = append(all, issuelist.In{Field: issuelist.ExternalID, Values: []string{in.ExternalID}})
	}
	if in.ExternalSource != "" {
		all = append(all, issuelist.In{Field: issuelist.ExternalSource, Values: []string{in.ExternalSource}})
	}
	return all
}

// PublicList returns a part of the work items of the call's project, in an order of the wire (empty: newest first), and
// how many there are.
func PublicList(c *app.Call, s store.ListPart, in PublicQuery, of OriginQuery) ([]store.PublicIssue, int, error) {
	scope, err := inProject(c) // nothing, when it is archived
	if err != nil {
		return nil, 0, err
	}
	return in.list(c, scope, s, "-created_at", of.filters()...)
}

// GetByExternalRef returns the work item of the call's project, archived or not, that another program calls so, if it
// is as the request asks besides.
func GetByExternalRef(c *app.Call, of OriginQuery, in PublicQuery) (*store.PublicIssue, error) {
	if in.narrows() {
		q, err := in.query(c, hereOf(c), "-created_at", of.filters()...)
		if err != nil {
			return nil, err
		}
		q.Scope.Either = true
		if ids, err := q.IDs(c.Read(), 0, 1); err != nil || len(ids) == 0 {
			return nil, cmp.Or(err, store.ErrNotFound)
		}
	}
	return publicScope(c, true).ByOrigin(c.Read(), of.ExternalID, of.ExternalSource)
}

// PublicListIn is PublicList for what is in a cycle or module; without an order it is oldest first.
func PublicListIn(c *app.Call, plan store.Plan, id string, s store.ListPart, in PublicQuery) ([]store.PublicIssue,
	int, error) {
	scope, err := inProject(c)
	if err != nil {
		return nil, 0, err
	}
	if plan == store.InModule {
		scope.Module = id
	} else {
		scope.Cycle = id
	}
	return in.list(c, scope, s, "created_at")
}

// PublicListArchived is PublicList for what is archived, in an archived project too.
func PublicListArchived(c *app.Call, s store.ListPart, in PublicQuery) ([]store.PublicIssue, int, error) {
	scope := hereOf(c)
	scope.Archived = true
	return in.list(c, scope, s, "-created_at")
}

// PublicListEverywhere is PublicList for all the projects that the caller is in.
func PublicListEverywhere(c *app.Call, s store.ListPart, in PublicQuery) ([]store.PublicIssue, int, error) {
	scope, err := inWorkspace(c)
	if err != nil {
		return nil, 0, err
	}
	return in.list(c, scope, s, "-created_at")
}

func (in PublicQuery) list(c *app.Call, scope issuelist.Scope, s store.ListPart, usual string,
	more ...issuelist.Filter) ([]store.PublicIssue, int, error) {
	q, err := in.query(c, scope, usual, more...)
	if err != nil {
		return nil, 0, err
	}
	ids, total, err := q.Find(c.Read(), s.Offset, s.Limit)
	if err != nil {
		return nil, 0, err
	}
	rows, err := store.PublicIssues(c.Read(), ids)
	return rows, total, err
}

// query turns what is asked for into a query. Archived work items are in the list where the request asks whether they
// are.
func (in PublicQuery) query(c *app.Call, scope issuelist.Scope, usual string,
	more ...issuelist.Filter) (issuelist.Query, error) {
	q := issuelist.Query{Scope: scope}
	by := cmp.Or(string(in.OrderBy), usual)
	order, ok, err := property.Order(c, by)
	if err != nil {
		return q, err
	}
	if !ok {
		order, ok = issuelist.ParsePublicOrder(by)
	}
	if !ok { // the reference fails
		return q, app.Field("order_by", `"`+by+`" is not a valid choice.`)
	}
	q.Order = order
	all, err := in.readPublic(c)
	if err != nil {
		return q, err
	}
	q.Filters = append([]issuelist.Filter(all), more...)
	if strings.TrimSpace(in.PQL) != "" {
		f, err := pql.Compile(c, in.PQL, slices.Concat(scope.Projects, scope.Own))
		if err != nil {
			return q, err
		}
		q.Filters = append(q.Filters, f)
	}
	q.Scope.Either = !scope.Archived &&
		slices.ContainsFunc(q.Filters, func(f issuelist.Filter) bool { return issuelist.Names(f, issuelist.ArchivedAt) })
	q.States, err = issuelist.ReadStates(c.Read(), slices.Concat(scope.Projects, scope.Own))
	return q, err
}

// publicScope is where single work items are looked for, as far as the caller may see them: where lists do, or all.
func publicScope(c *app.Call, all bool) store.PublicScope {
	return store.PublicScope{Workspace: c.Workspace.ID, Project: c.ProjectID, Own: c.OwnOnly(), All: all}
}
