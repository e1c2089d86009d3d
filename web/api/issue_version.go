package api

import (
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

var issueVersions = []web.Op{
	web.Do("GET", inProject+"issues/{issue_id:uuid}/versions/", web.Project(), 200, "List the versions of a work item", listIssueVersions),
	web.Do("GET", inProject+"issues/{issue_id:uuid}/versions/{pk:uuid}/", web.Project(), 200, "Read a version of a work item", getIssueVersion),
	web.Do("GET", inProject+"work-items/{issue_id:uuid}/description-versions/", web.Project(), 200, "List the versions of a text", listTextVersions),
	web.Do("GET", inProject+"work-items/{issue_id:uuid}/description-versions/{pk:uuid}/", web.Project(), 200, "Read a version of a text", getTextVersion),
	web.Do("GET", inProject+"intake-work-items/{issue_id:uuid}/description-versions/", web.Project(), 200, "List the versions of a text in the intake", listIntakeTextVersions),
	web.Do("GET", inProject+"intake-work-items/{issue_id:uuid}/description-versions/{pk:uuid}/", web.Project(), 200, "Read a version of a text in the intake", getTextVersion),
}

// VersionPage is a page of versions.
type VersionPage struct {
	PrevCursor      string    `json:"prev_cursor"`
	Cursor          string    `json:"cursor"`
	NextCursor      *string   `json:"next_cursor"`
	PrevPageResults bool      `json:"prev_page_results"`
	NextPageResults bool      `json:"next_page_results"`
	PageCount       int       `json:"page_count"`
	TotalResults    int       `json:"total_results"`
	TotalPages      int       `json:"total_pages"`
	Results         []Version `json:"results"`
}

// Version says who saved something and when.
type Version struct {
	ID          string  `json:"id"`
	Workspace   string  `json:"workspace"`
	Project     string  `json:"project"`
	Issue       string  `json:"issue"`
	LastSavedAt string  `json:"last_saved_at"`
	OwnedBy     string  `json:"owned_by"`
	CreatedAt   string  `json:"created_at"`
	UpdatedAt   string  `json:"updated_at"`
	CreatedBy   *string `json:"created_by"`
	UpdatedBy   *string `json:"updated_by"`
}

func versionPage[T any](p *issue.Page[T], show func(T) Version) VersionPage {
	cursor := func(page int) string { return strconv.Itoa(p.Size) + ":" + strconv.Itoa(page) + ":0" }
	out := VersionPage{PrevCursor: cursor(p.Number - 1), Cursor: cursor(p.Number), PrevPageResults: p.Number > 0,
		NextPageResults: (p.Number+1)*p.Size < p.Total, PageCount: len(p.Rows), TotalResults: p.Total,
		TotalPages: (p.Total + p.Size - 1) / p.Size, Results: web.Map(p.Rows, show)}
	if out.NextPageResults {
		next := cursor(p.Number + 1)
		out.NextCursor = &next
	}
	return out
}

type versionsInPath struct {
	Issue  string `path:"issue_id"`
	Cursor string `query:"cursor" type:"cursor"`
}

type versionInPath struct {
	Issue string `path:"issue_id"`
	PK    string `path:"pk"`
}

func listIssueVersions(c *app.Call, in versionsInPath) (VersionPage, error) {
	p, err := issue.ListStates(c, in.Issue, in.Cursor)
	if err != nil {
		return VersionPage{}, err
	}
	return versionPage(p, func(v store.IssueVersion) Version { return stateVersion(c, &v) }), nil
}

func stateVersion(c *app.Call, v *store.IssueVersion) Version {
	return Version{
		ID: v.ID, Workspace: v.WorkspaceID, Project: v.ProjectID, Issue: v.IssueID,
		LastSavedAt: c.Time(v.LastSavedAt), OwnedBy: v.OwnedByID, CreatedAt: c.Time(v.CreatedAt),
		UpdatedAt: c.Time(v.UpdatedAt), CreatedBy: v.CreatedByID, UpdatedBy: v.UpdatedByID,
	}
}

// IssueVersion is a work item as it once was.
type IssueVersion struct {
	Version
	Name          string      `json:"name"`
	Parent        *string     `json:"parent"`
	State         *string     `json:"state"`
	EstimatePoint *string     `json:"estimate_point"`
	Priority      string      `json:"priority"`
	StartDate     *store.Date `json:"start_date"`
	TargetDate    *store.Date `json:"target_date"`
	SequenceID    int         `json:"sequence_id"`
	SortOrder     float64     `json:"sort_order"`
	Assignees     store.JSON  `json:"assignees"`
	Labels        store.JSON  `json:"labels"`
	Cycle         *string     `json:"cycle"`
	Modules       store.JSON  `json:"modules"`
	Properties    store.JSON  `json:"properties"`
	Meta          store.JSON  `json:"meta"`
}

func getIssueVersion(c *app.Call, in versionInPath) (*IssueVersion, error) {
	v, err := issue.GetState(c, in.Issue, in.PK)
	if err != nil {
		return nil, err
	}
	return &IssueVersion{
		Version: stateVersion(c, v), Name: v.Name, Parent: v.Parent, State: v.State, EstimatePoint: v.EstimatePoint,
		Priority: v.Priority, StartDate: v.StartDate, TargetDate: v.TargetDate, SequenceID: v.SequenceID,
		SortOrder: v.SortOrder, Assignees: v.Assignees, Labels: v.Labels, Cycle: v.Cycle, Modules: v.Modules,
		Properties: v.Properties, Meta: v.MetaData,
	}, nil
}

func textVersion(c *app.Call, v *store.IssueDescriptionVersion) Version {
	return Version{
		ID: v.ID, Workspace: v.WorkspaceID, Project: v.ProjectID, Issue: v.IssueID,
		LastSavedAt: c.Time(v.LastSavedAt), OwnedBy: v.OwnedByID, CreatedAt: c.Time(v.CreatedAt),
		UpdatedAt: c.Time(v.UpdatedAt), CreatedBy: v.CreatedByID, UpdatedBy: v.UpdatedByID,
	}
}

func listTextVersions(c *app.Call, in versionsInPath) (VersionPage, error) {
	return textVersions(c, in, true)
}

// listIntakeTextVersions has the versions in the order in which they were made, where the reference has none.
func listIntakeTextVersions(c *app.Call, in versionsInPath) (VersionPage, error) {
	return textVersions(c, in, false)
}

func textVersions(c *app.Call, in versionsInPath, newest bool) (VersionPage, error) {
	p, err := issue.ListVersions(c, in.Issue, in.Cursor, newest)
	if err != nil {
		return VersionPage{}, err
	}
	return versionPage(p, func(v store.IssueDescriptionVersion) Version { return textVersion(c, &v) }), nil
}

// TextVersion is a text as it once was.
type TextVersion struct {
	Version
	DescriptionBinary   []byte     `json:"description_binary"`
	DescriptionHTML     string     `json:"description_html"`
	DescriptionStripped *string    `json:"description_stripped"`
	DescriptionJSON     store.JSON `json:"description_json"`
}

func getTextVersion(c *app.Call, in versionInPath) (*TextVersion, error) {
	v, err := issue.GetVersion(c, in.Issue, in.PK)
	if err != nil {
		return nil, err
	}
	return &TextVersion{
		Version: textVersion(c, v), DescriptionBinary: v.DescriptionBinary, DescriptionHTML: v.DescriptionHTML,
		DescriptionStripped: v.DescriptionStripped, DescriptionJSON: v.DescriptionJSON,
	}, nil
}
