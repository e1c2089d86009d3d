package api

import (
	"slices"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/search"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

var searches = []web.Op{
	web.Do("GET", inWorkspace+"search/", web.SignedIn(), 200, "Search everything in the caller's projects", searchAll),
	web.Do("GET", inWorkspace+"entity-search/", web.SignedIn(), 200, "Find what can be mentioned", searchEntities),
	web.Do("GET", inProject+"search-issues/", web.SignedIn(), 200, "Find work items to tie to another", pickIssues),
}

// FoundIssue is a work item as the search of everything shows it.
type FoundIssue struct {
	Name       string `json:"name"`
	ID         string `json:"id"`
	SequenceID int    `json:"sequence_id"`
	Identifier string `json:"project__identifier"`
	ProjectID  string `json:"project_id"`
	Slug       string `json:"workspace__slug"`
}

// FoundNamed is a cycle, a module or a view as the searches show it; only entity-search shows a status.
type FoundNamed struct {
	Name       string `json:"name"`
	ID         string `json:"id"`
	ProjectID  string `json:"project_id"`
	Identifier string `json:"project__identifier"`
	Slug       string `json:"workspace__slug"`
	Status     string `json:"status,omitempty"`
}

// FoundPage is a page as the search of everything shows it.
type FoundPage struct {
	Name               string   `json:"name"`
	ID                 string   `json:"id"`
	ProjectIDs         []string `json:"project_ids"`
	ProjectIdentifiers []string `json:"project_identifiers"`
	Slug               string   `json:"workspace__slug"`
}

// FoundProject is a project as the searches show it; only entity-search shows a logo.
type FoundProject struct {
	Name       string         `json:"name"`
	ID         string         `json:"id"`
	Identifier string         `json:"identifier"`
	LogoProps  store.NullJSON `json:"logo_props,omitempty"`
	Slug       string         `json:"workspace__slug"`
}

// FoundWorkspace is a workspace as the search of everything shows it.
type FoundWorkspace struct {
	Name string `json:"name"`
	ID   string `json:"id"`
	Slug string `json:"slug"`
}

// most is how many of a kind a search returns.
const most = 100

// SearchQuery is what is searched for, and where.
type SearchQuery struct {
	Slug      string `path:"slug"`
	Text      string `query:"search"`
	Entities  string `query:"entities" type:"words"` // kinds, comma-separated; none: all
	ProjectID string `query:"project_id" type:"uuid"`
	Workspace string `query:"workspace_search" type:"boolean"` // anything but false: not only in that project
}

// SearchResults are lists by kind: those that were asked for.
type SearchResults struct {
	Results FoundByKind `json:"results"`
}

// FoundByKind are lists of what was found.
type FoundByKind struct {
	Workspaces []FoundWorkspace `json:"workspace,omitzero"`
	Projects   []FoundProject   `json:"project,omitzero"`
	Issues     []FoundIssue     `json:"issue,omitzero"`
	Cycles     []FoundNamed     `json:"cycle,omitzero"`
	Modules    []FoundNamed     `json:"module,omitzero"`
	Views      []FoundNamed     `json:"issue_view,omitzero"`
	Pages      []FoundPage      `json:"page,omitzero"`
	Intake     []FoundIssue     `json:"intake,omitzero"`
}

var searchKinds = []string{"workspace", "project", "issue", "cycle", "module", "issue_view", "page", "intake"}

func searchAll(c *app.Call, in SearchQuery) (SearchResults, error) {
	var out SearchResults
	place, err := search.PlaceOf(c, false)
	if err != nil {
		return out, err
	}
	if in.ProjectID != "" && (in.Workspace == "" || in.Workspace == "false") {
		if !mux.IsUUID(in.ProjectID) {
			return out, app.ErrValue
		}
		place = place.Only(in.ProjectID)
	}
	for kind := range kinds(in.Entities, searchKinds) {
		if err = out.Results.search(c, kind, place, in); err != nil {
			return out, err
		}
	}
	return out, nil
}

// kinds returns those of a comma-separated list that are known, or all of them.
func kinds(list string, known []string) map[string]bool {
	out := map[string]bool{}
	for _, k := range known {
		if list == "" {
			out[k] = true
		}
	}
	for k := range strings.SplitSeq(list, ",") {
		if k = strings.TrimSpace(k); slices.Contains(known, k) {
			out[k] = true
		}
	}
	return out
}

// search reads one kind.
func (f *FoundByKind) search(c *app.Call, kind string, place search.Place, in SearchQuery) error {
	switch kind {
	case "workspace":
		ws, err := search.Workspaces(c, in.Text)
		f.Workspaces = web.Map(ws, func(w store.Workspace) FoundWorkspace { return FoundWorkspace{w.Name, w.ID, w.Slug} })
		return err
	case "project":
		ps, err := search.Projects(c, in.Text, false, false, most)
		f.Projects = web.Map(ps, func(p store.Project) FoundProject {
			return FoundProject{Name: p.Name, ID: p.ID, Identifier: p.Identifier, LogoProps: nil, Slug: in.Slug}
		})
		return err
	case "page":
		pages, err := place.Pages(c, in.Text, false, false, most)
		f.Pages = foundPages(place, pages, in.Slug)
		return err
	case "issue":
		found, err := place.Issues(c, in.Text, most)
		f.Issues = foundIssues(place, found, in.Slug)
		return err
	case "intake":
		found, err := place.Intake(c, in.Text)
		f.Intake = foundIssues(place, found, in.Slug)
		return err
	}
	table := map[string]store.NamedTable{"cycle": store.NamedCycles, "module": store.NamedModules,
		"issue_view": store.NamedViews}[kind]
	named, err := place.Named(c, table, in.Text, most)
	dest := map[string]*[]FoundNamed{"cycle": &f.Cycles, "module": &f.Modules, "issue_view": &f.Views}[kind]
	*dest = web.Map(named, func(n store.Named) FoundNamed {
		return FoundNamed{
			Name: n.Name, ID: n.ID, ProjectID: n.ProjectID, Identifier: place.Identifier(n.ProjectID), Slug: in.Slug,
			Status: "",
		}
	})
	return err
}

func foundIssues(place search.Place, found []store.FoundIssue, slug string) []FoundIssue {
	return web.Map(found, func(f store.FoundIssue) FoundIssue {
		return FoundIssue{
			Name: f.Name, ID: f.ID, SequenceID: f.SequenceID, Identifier: place.Identifier(f.ProjectID),
			ProjectID: f.ProjectID, Slug: slug,
		}
	})
}

// foundPages puts a page that several projects have into one row.
func foundPages(place search.Place, pages []store.Named, slug string) []FoundPage {
	out := []FoundPage{}
	for _, p := range pages {
		i := slices.IndexFunc(out, func(f FoundPage) bool { return f.ID == p.ID })
		if i < 0 {
			i = len(out)
			out = append(out, FoundPage{Name: p.Name, ID: p.ID, Slug: slug})
		}
		out[i].ProjectIDs = append(out[i].ProjectIDs, p.ProjectID)
		out[i].ProjectIdentifiers = append(out[i].ProjectIdentifiers, place.Identifier(p.ProjectID))
	}
	return out
}

// EntityQuery is what is to be mentioned. Count is how many of each kind, 5 unless said.
type EntityQuery struct {
	Slug      string  `path:"slug"`
	Text      string  `query:"query"`
	Kinds     *string `query:"query_type" type:"words"` // comma-separated; none: user_mention
	Count     *string `query:"count" type:"integer 0..100"`
	ProjectID string  `query:"project_id" type:"uuid"`
}

var entityKinds = []string{"user_mention", "project", "issue", "cycle", "module", "page"}

// EntitiesByKind are lists of what can be mentioned: those that were asked for.
type EntitiesByKind struct {
	People   []FoundPerson    `json:"user_mention,omitzero"`
	Projects []FoundProject   `json:"project,omitzero"`
	Issues   []MentionedIssue `json:"issue,omitzero"`
	Cycles   []FoundNamed     `json:"cycle,omitzero"`
	Modules  []FoundNamed     `json:"module,omitzero"`
	Pages    []MentionedPage  `json:"page,omitzero"`
}

func searchEntities(c *app.Call, in EntityQuery) (EntitiesByKind, error) {
	var out EntitiesByKind
	count := 5
	if in.Count != nil {
		n, err := strconv.Atoi(strings.TrimSpace(*in.Count))
		if err != nil || n < 0 {
			return out, app.Refuse(app.Invalid, "count must be a whole number")
		}
		count = min(n, most)
	}
	if in.ProjectID != "" && !mux.IsUUID(in.ProjectID) {
		return out, app.ErrValue
	}
	place, err := search.PlaceOf(c, false)
	if err != nil {
		return out, err
	}
	if in.ProjectID != "" {
		place = place.Only(in.ProjectID)
	}
	wanted := "user_mention"
	if in.Kinds != nil {
		wanted = *in.Kinds + ","
	}
	for kind := range kinds(wanted, entityKinds) {
		if err = out.search(c, kind, place, in, count); err != nil {
			return out, err
		}
	}
	return out, nil
}

// FoundPerson is somebody who can be mentioned.
type FoundPerson struct {
	AvatarURL   *string `json:"member__avatar_url"`
	DisplayName string  `json:"member__display_name"`
	ID          string  `json:"member__id"`
}

// MentionedIssue is a work item that can be mentioned.
type MentionedIssue struct {
	Name       string  `json:"name"`
	ID         string  `json:"id"`
	SequenceID int     `json:"sequence_id"`
	Identifier string  `json:"project__identifier"`
	ProjectID  string  `json:"project_id"`
	Priority   string  `json:"priority"`
	StateID    *string `json:"state_id"`
	TypeID     *string `json:"type_id"`
}

// MentionedPage is a page that can be mentioned.
type MentionedPage struct {
	Name      string     `json:"name"`
	ID        string     `json:"id"`
	LogoProps store.JSON `json:"logo_props"`
	ProjectID string     `json:"projects__id"`
	Slug      string     `json:"workspace__slug"`
}

// search reads one kind.
func (e *EntitiesByKind) search(c *app.Call, kind string, place search.Place, in EntityQuery, count int) error {
	switch kind {
	case "user_mention":
		people, err := search.People(c, in.Text, in.ProjectID, count)
		e.People = web.Map(people, func(u store.User) FoundPerson {
			avatar := u.Avatar
			if u.AvatarAssetID != nil {
				avatar = "/api/assets/v2/static/" + *u.AvatarAssetID + "/"
			}
			return FoundPerson{&avatar, u.DisplayName, u.ID}
		})
		return err
	case "project":
		ps, err := search.Projects(c, in.Text, true, true, count)
		e.Projects = web.Map(ps, func(p store.Project) FoundProject {
			return FoundProject{
				Name: p.Name, ID: p.ID, Identifier: p.Identifier, LogoProps: store.NullJSON(p.LogoProps), Slug: in.Slug,
			}
		})
		return err
	case "issue":
		found, err := place.Issues(c, in.Text, count)
		e.Issues = web.Map(found, func(f store.FoundIssue) MentionedIssue {
			return MentionedIssue{
				Name: f.Name, ID: f.ID, SequenceID: f.SequenceID, Identifier: place.Identifier(f.ProjectID),
				ProjectID: f.ProjectID, Priority: f.Priority, StateID: f.StateID, TypeID: f.TypeID,
			}
		})
		return err
	case "page": // without a project, only those of the whole workspace; private ones can't be mentioned
		pages, err := place.Pages(c, in.Text, true, in.ProjectID == "", count)
		e.Pages = web.Map(pages, func(p store.Named) MentionedPage {
			return MentionedPage{Name: p.Name, ID: p.ID, LogoProps: p.LogoProps, ProjectID: p.ProjectID, Slug: in.Slug}
		})
		return err
	}
	table, status := store.NamedModules, func(n store.Named) string { return n.Status }
	if kind == "cycle" {
		table, status = store.NamedCycles, func(n store.Named) string { return cycleStatus(c, n) }
	}
	found, err := place.Named(c, table, in.Text, count)
	named := web.Map(found, func(n store.Named) FoundNamed {
		return FoundNamed{
			Name: n.Name, ID: n.ID, ProjectID: n.ProjectID, Identifier: place.Identifier(n.ProjectID), Slug: in.Slug,
			Status: status(n),
		}
	})
	if kind == "cycle" {
		e.Cycles = named
	} else {
		e.Modules = named
	}
	return err
}

// cycleStatus is where a cycle stands by the clock.
func cycleStatus(c *app.Call, n store.Named) string {
	now := c.DB.Now()
	switch {
	case n.StartDate != nil && n.StartDate.After(now):
		return "UPCOMING"
	case n.EndDate != nil && n.EndDate.Before(now):
		return "COMPLETED"
	case n.StartDate != nil && n.EndDate != nil:
		return "CURRENT"
	}
	return "DRAFT"
}

// PickedIssue is a work item as pickers show it.
type PickedIssue struct {
	Name              string      `json:"name"`
	ID                string      `json:"id"`
	StartDate         *store.Date `json:"start_date"`
	SequenceID        int         `json:"sequence_id"`
	ProjectName       string      `json:"project__name"`
	ProjectIdentifier string      `json:"project__identifier"`
	ProjectID         string      `json:"project_id"`
	Slug              string      `json:"workspace__slug"`
	StateName         *string     `json:"state__name"`
	StateGroup        *string     `json:"state__group"`
	StateColor        *string     `json:"state__color"`
}

func pickIssues(c *app.Call, in struct {
	Slug      string `path:"slug"`
	Text      string `query:"search"`
	Workspace string `query:"workspace_search" type:"boolean"`
	Parent    string `query:"parent" type:"boolean"`
	Relation  string `query:"issue_relation" type:"boolean"`
	SubIssue  string `query:"sub_issue" type:"boolean"`
	Cycle     string `query:"cycle" type:"boolean"`
	Module    string `query:"module" type:"uuid"`
	Target    string `query:"target_date"`
	IssueID   string `query:"issue_id" type:"uuid"`
}) ([]PickedIssue, error) {
	if in.Module != "" && !mux.IsUUID(in.Module) || in.IssueID != "" && !mux.IsUUID(in.IssueID) {
		return nil, app.ErrValue
	}
	found, place, err := search.PickIssues(c,
		search.Pick{Text: in.Text, Workspace: in.Workspace != "" && in.Workspace != "false", IssueID: in.IssueID,
			Parent: in.Parent == "true", Relation: in.Relation == "true", SubIssue: in.SubIssue == "true",
			Cycle: in.Cycle == "true", Module: in.Module, NoTarget: in.Target == "none"})
	return web.Map(found, func(f store.FoundIssue) PickedIssue {
		return PickedIssue{
			Name: f.Name, ID: f.ID, StartDate: f.StartDate, SequenceID: f.SequenceID, ProjectName: place.Name(f.ProjectID),
			ProjectIdentifier: place.Identifier(f.ProjectID), ProjectID: f.ProjectID, Slug: in.Slug, StateName: f.StateName,
			StateGroup: f.StateGroup, StateColor: f.StateColor,
		}
	}), err
}
