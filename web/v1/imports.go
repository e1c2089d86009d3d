package v1

import (
	"mime/multipart"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/upload"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allImports = inWorkspace + "imports/"
	oneImport  = allImports + "{import_id:uuid}/"
)

// importers are who may import: administrators of the workspace.
var importers = web.Workspace(app.Admin).Class()

const (
	importBrief = `"id":"` + otherID + `","kind":"jira","name":"export.csv","size":48211,"status":"previewed","error":"",` +
		`"project":"RKT","source":"","mapping":{"people":{"Ann Other":"ann@example.org"}},"progress":{"work_items":` +
		importItems + `,"made":{"projects":1}},"import_id":null,"initiated_by":"` + exampleID +
		`","created_at":"2026-05-04T09:30:00Z","updated_at":"2026-05-04T09:31:00Z","started_at":"2026-05-04T09:30:30Z",` +
		`"ended_at":"2026-05-04T09:31:00Z","workspace_id":"` + exampleID + `"`
	importItems  = `{"made":120,"changed":0,"same":0,"kept":0,"gone":0,"unread":1}`
	importReport = `{"kind":"jira","source":"jira","file":"export.csv","workspace":"acme","dry_run":true,"went_on":false,` +
		`"work_items":` + importItems + `,"made":{"projects":1},"people":[{"name":"Ann Other","email":"ann@example.org",` +
		`"is":"member","id":"` + exampleID + `"}],"notes":[{"file":"export.csv","row":17,"key":"RKT-9","kind":"unread",` +
		`"text":"it has no title"}],"notes_in_all":{"unread":1}}`
	importExample = `{` + importBrief + `,"preview":` + importReport + `,"report":null}`
)

var imports = []web.Op{
	do("GET", allImports, importers, 200, "List the files that were sent to be imported", listImports).
		Explained("Newest first, without their reports. They are kept for some days ([retention] import_days); what was imported stays.").
		Like("", examplePage("{"+importBrief+"}")),
	do("POST", allImports, importers, 201, "Send a file of another tracker to be imported", sendImport).
		Explained("A multipart form with the fields kind, project, source and mapping before file. kind is one of "+
			strings.Join(importer.KindNames(), ", ")+". project is the identifier of the project for all of it, which is made "+
			"if there is none; without it projects are as in the source. mapping is JSON: columns, people, projects, states, "+
			"groups, priorities and labels are objects of names there and names here; dates, timezone, encoding, separator "+
			"and text say how the file is to be read. Nothing is imported yet.").
		UpTo(importLimit).Refuses(413).Like(`{"kind":"jira","project":"RKT","file":"the file itself"}`, importExample),
	do("GET", oneImport, importers, 200, "Get a file to import, how far it is, and its reports", getImport).
		Explained("status is uploaded, previewing, previewed, running, cancelling, cancelled, done, failed (error says why), "+
			"undoing or undone. preview and report have the first 500 lines, and how many there are of each kind.").
		Like("", importExample),
	do("PATCH", oneImport, importers, 200, "Say anew how a file is to be imported", changeImport).
		Explained("Of a mapping that is sent nothing of the one before stays. In people, \"-\" is nobody, and who is not there "+
			"is found by address, else becomes a member without sign-in.").
		Like(`{"project":"RKT","mapping":{"people":{"Ann Other":"ann@example.org"}}}`, importExample),
	do("DELETE", oneImport, importers, 204, "Remove a file that was sent, with its reports", deleteImport).
		Explained("What was imported stays.").Refuses(409),
	importOp("preview/", "Have it said what an import would make, and what would be lost", upload.Preview,
		"Nothing is changed: read the preview when status is previewed."),
	importOp("start/", "Import a file that was sent",
		upload.Start, "One import of a workspace at a time: 409 else. No letter, notification or webhook goes out. "+
			"Started again, it takes what has changed, doubles nothing, and goes on with what was cancelled."),
	importOp("cancel/", "Cancel a preview or an import", upload.Cancel,
		"It ends within moments, between two batches: what is here by then is whole. start/ goes on, undo/ takes it back."),
	importOp("undo/", "Take back what an import has made", upload.Undo,
		"Work items with all that hangs on them, and of the rest what nothing else uses. What it changed in work items that "+
			"were here stays."),
}

func importLimit(cfg *app.Config) int64 { return cfg.Limits.ImportSize + upload.FormSize }

func importOp(name, summary string, order func(*app.Call, string) (*upload.Upload, error), explained string) web.Op {
	return do("POST", oneImport+name, importers, 202, summary, func(c *app.Call, in ofImport) (Import, error) {
		u, err := order(c, in.Import)
		return plain(c, u, err, importOf)
	}).Explained(explained).Like("", importExample)
}

type ofImport struct {
	Import string `path:"import_id"`
}

// ImportBrief is a file that was sent to be imported, without its reports.
type ImportBrief struct {
	ID          string     `json:"id"`
	Kind        string     `json:"kind"`
	Name        string     `json:"name"`
	Size        int64      `json:"size"`
	Status      string     `json:"status"`
	Error       string     `json:"error"`
	Project     string     `json:"project"`
	Source      string     `json:"source"`
	Mapping     any        `json:"mapping" type:"object"`
	Progress    store.JSON `json:"progress" type:"object"`
	ImportID    *string    `json:"import_id"`
	InitiatedBy *string    `json:"initiated_by"`
	CreatedAt   string     `json:"created_at"`
	UpdatedAt   string     `json:"updated_at"`
	StartedAt   *string    `json:"started_at"`
	EndedAt     *string    `json:"ended_at"`
	WorkspaceID string     `json:"workspace_id"`
}

// Import is ImportBrief with the reports of the last preview and the last import.
type Import struct {
	ImportBrief
	Preview store.NullJSON `json:"preview" type:"object"`
	Report  store.NullJSON `json:"report" type:"object"`
}

func importBriefOf(c *app.Call, u *upload.Upload) ImportBrief {
	return ImportBrief{ID: u.ID, Kind: u.Kind, Name: u.Name, Size: u.Size, Status: u.Status, Error: u.Fault,
		Project: u.Options.Project, Source: u.Options.Source, Mapping: u.Options.Mapping, Progress: u.Progress,
		ImportID: u.ImportID, InitiatedBy: u.InitiatedByID, CreatedAt: c.Time(u.CreatedAt), UpdatedAt: c.Time(u.UpdatedAt),
		StartedAt: c.TimePtr(u.BeganAt), EndedAt: c.TimePtr(u.EndedAt), WorkspaceID: u.WorkspaceID}
}

func importOf(c *app.Call, u *upload.Upload) Import {
	return Import{importBriefOf(c, u), u.Preview, u.Report}
}

func listImports(c *app.Call, in listing) (Page[ImportBrief], error) {
	return list(c, in, func(s store.ListPart) ([]upload.Upload, int, error) { return upload.List(c, s) }, importBriefOf)
}

func sendImport(c *app.Call, in struct {
	Parts *multipart.Reader `body:"parts"`
}) (Import, error) {
	u, err := upload.Take(c, in.Parts)
	return plain(c, u, err, importOf)
}

func getImport(c *app.Call, in ofImport) (Import, error) {
	u, err := upload.Find(c, in.Import)
	return plain(c, u, err, importOf)
}

func changeImport(c *app.Call, in struct {
	ofImport
	upload.Input
}) (Import, error) {
	u, err := upload.Change(c, in.Import, in.Input)
	return plain(c, u, err, importOf)
}

func deleteImport(c *app.Call, in ofImport) (web.Nothing, error) {
	return web.Nothing{}, upload.Forget(c, in.Import)
}
