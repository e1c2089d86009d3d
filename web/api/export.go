package api

import (
	"encoding/json"
	"path"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/asset"
	"github.com/sailplane/sailplane/app/export"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
	"github.com/sailplane/sailplane/web/mux"
)

var exports = []web.Op{
	web.Do("GET", inWorkspace+"export-issues/", web.Workspace(app.Admin, app.Member), 200, "List exports of work items", listExports),
	web.Do("POST", inWorkspace+"export-issues/", web.Workspace(app.Admin, app.Member), 200, "Export work items", orderExport),
}

// Export is an export of work items; URL is where its file is, for whoever ordered it and while it is kept.
type Export struct {
	ID          string         `json:"id"`
	CreatedAt   string         `json:"created_at"`
	UpdatedAt   string         `json:"updated_at"`
	Project     store.NullJSON `json:"project"`
	Provider    string         `json:"provider"`
	Status      string         `json:"status"`
	URL         *string        `json:"url"`
	InitiatedBy string         `json:"initiated_by"`
	Initiator   *UserLite      `json:"initiated_by_detail"`
	Token       string         `json:"token"`
	CreatedBy   *string        `json:"created_by"`
	UpdatedBy   *string        `json:"updated_by"`
}

func listExports(c *app.Call, in struct {
	web.Pages
	OrderBy string `query:"order_by"`
}) (web.Page[Export], error) {
	var none web.Page[Export]
	if in.Whole() {
		return none, app.Refuse(app.Invalid, "per_page and cursor are required")
	}
	p, err := in.Paging(0)
	if err != nil {
		return none, err
	}
	if in.OrderBy == "" {
		in.OrderBy = "-created_at"
	}
	l, err := export.List(c, in.OrderBy, p.Offset(), p.Size)
	if err != nil {
		return none, err
	}
	return web.Paged(p, l.Total, web.Map(l.Rows, func(e store.Exporter) Export {
		return Export{
			ID: e.ID, CreatedAt: c.Time(e.CreatedAt), UpdatedAt: c.Time(e.UpdatedAt), Project: e.Project,
			Provider: e.Provider, Status: e.Status, URL: exportURL(c, l, &e), InitiatedBy: e.InitiatedByID,
			Initiator: userLitePtr(l.People[e.InitiatedByID]), Token: e.Token, CreatedBy: e.CreatedByID,
			UpdatedBy: e.UpdatedByID,
		}
	})), nil
}

func exportURL(c *app.Call, l *export.WithLink, e *store.Exporter) *string {
	until, ok := l.Until(c, e)
	if !ok {
		return nil
	}
	file := asset.Download{Key: e.Key, Type: "application/zip",
		Disposition: `attachment; filename="` + path.Base(e.Key) + `"`}
	url := file.URLUntil(c, until)
	return &url
}

func orderExport(c *app.Call, in struct {
	Provider app.Opt[store.JSON] `json:"provider" check:"null"`
	Project  store.JSON          `json:"project" check:"null"`
	Multiple store.JSON          `json:"multiple" check:"null"`
}) (Message, error) {
	var format string
	if json.Unmarshal(in.Provider.V, &format) != nil || !export.IsFormat(format) {
		switch doc := in.Provider.V; {
		case !in.Provider.Set:
			format = "False"
		case len(doc) == 0 || string(doc) == "null":
			format = "None"
		case doc[0] != '"':
			format = app.PythonText(doc)
		}
		return Message{}, app.Refuse(app.Invalid, "Provider '"+format+"' not found.")
	}
	var projects []string
	if word(in.Project) != "" && json.Unmarshal(in.Project, &projects) != nil {
		return Message{}, app.Field("project", "Must be a list of ids.")
	}
	for _, id := range projects {
		if !mux.IsUUID(id) {
			return Message{}, app.Field("project", "“"+id+"” is not a valid UUID.")
		}
	}
	err := export.Order(c, format, projects, word(in.Multiple) != "")
	return Message{"Once the export is ready you will be able to download it"}, err
}
