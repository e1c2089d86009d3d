package console

import (
	"cmp"
	"encoding/json"
	"net/url"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/importer/upload"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	ownImportsPath = accountPath + "imports/"
	inWorkspace    = "workspaces/{slug}/"
	oneImport      = inWorkspace + "imports/{id:uuid}/"
)

// mayImport is the rule of imports: who administers the workspace, or the installation.
var mayImport = web.Workspace(app.Admin).Denied().OrElse(web.InstanceAdmin())

// imports are the pages of what is brought over from other trackers.
var imports = []web.Op{
	page("account/imports/", web.SignedIn(), showOwnImports),
	page(inWorkspace+"imports/", mayImport, showImports),
	sendingImport(),
	page(oneImport, mayImport, showImport),
	action(oneImport+"mapping/", mayImport, "Say how a file is to be imported", mapImport, importAgain[mappingForm]).
		UpTo(func(*app.Config) int64 { return mostMapping }),
	action(oneImport+"preview/", mayImport, "Preview an import", orderImport(upload.Preview, "done.import-ordered"),
		importAgain[ofImport]),
	action(oneImport+"start/", mayImport, "Import a file", orderImport(upload.Start, "done.import-ordered"),
		importAgain[ofImport]),
	action(oneImport+"cancel/", mayImport, "Cancel an import", orderImport(upload.Cancel, "done.import-cancelled"),
		importAgain[ofImport]),
	action(oneImport+"undo/", mayImport, "Take an import back", orderImport(upload.Undo, "done.import-ordered"),
		importAgain[ofImport]),
	action(oneImport+"delete/", mayImport, "Remove a file that was sent to be imported", deleteImport,
		importAgain[ofImport]),
}

// mostMapping is how large the form of a mapping may be.
const mostMapping = 1 << 20

// ownImportsPage shows where one may import.
type ownImportsPage struct{ Workspaces []workspace.Asking }

func showOwnImports(c *app.Call, _ web.Nothing) (screen, error) {
	all, err := workspace.Askable(c)
	return screen{Page: "account-imports", Body: ownImportsPage{all}.body}, err
}

// ofWorkspace names a workspace.
type ofWorkspace struct {
	Slug string `path:"slug"`
	listing
}

type importsPage struct {
	To      string // where files are sent
	Uploads []upload.Upload
	Pager   pager
	*upload.Choices
}

func importsPath(slug string) string { return workspacesPath + url.PathEscape(slug) + "/imports/" }

func showImports(c *app.Call, in ofWorkspace) (screen, error) {
	if c.Workspace == nil {
		return screen{}, app.ErrNoPage
	}
	to := importsPath(c.Workspace.Slug)
	all, total, err := upload.List(c, store.ListPart{Offset: in.offset(), Limit: pageSize})
	if err != nil {
		return screen{}, err
	}
	p := importsPage{To: to, Uploads: all, Pager: in.pager(to, total)}
	p.Choices, err = upload.Offer(c)
	return screen{Page: "imports", Heading: say("imports.heading", c.Workspace.Name), Body: p.body}, err
}

// importFile is the form that a file comes with.
type importFile struct {
	Slug string `path:"slug"`
	web.WithFile
}

func sendingImport() web.Op {
	limit := func(cfg *app.Config) int64 { return cfg.Limits.ImportSize + upload.FormSize }
	return sending(inWorkspace+"imports/", mayImport, "Send a file to be imported", limit, sendImport,
		func(c *app.Call, in importFile) (screen, error) { return showImports(c, ofWorkspace{Slug: in.Slug}) })
}

// sendImport keeps the file, and has a preview made of it, unless the workspace is at another import.
func sendImport(c *app.Call, in importFile) (outcome, error) {
	if c.Workspace == nil {
		return outcome{}, app.ErrNoPage
	}
	if in.Parts == nil {
		return outcome{}, app.Refuse(app.Invalid, say("fault.no-file"))
	}
	u, err := upload.Take(c, in.Parts)
	if err != nil {
		return outcome{}, err
	}
	to := outcome{To: importsPath(c.Workspace.Slug) + u.ID + "/", Done: "done.import-sent"}
	if _, err := upload.Preview(c, u.ID); err != nil {
		if _, busy := web.RefusedInput(err); !busy {
			return outcome{}, err
		}
	}
	return to, nil
}

type ofImport struct {
	Slug string `path:"slug"`
	ID   string `path:"id"`
}

func (in ofImport) of() ofImport { return in }

type importPage struct {
	*upload.Upload

	To       string // its own address
	All      string // that of all of the workspace
	Progress upload.Progress
	Preview  *importer.Report
	Report   *importer.Report
	Mapping  string // without people, in TOML
	*upload.Choices
}

func showImport(c *app.Call, in ofImport) (screen, error) {
	if c.Workspace == nil {
		return screen{}, app.ErrNoPage
	}
	u, err := upload.Find(c, in.ID)
	if err != nil {
		return screen{}, err
	}
	all := importsPath(c.Workspace.Slug)
	p := importPage{Upload: u, To: all + u.ID + "/", All: all}
	for _, doc := range []struct {
		raw  []byte
		into any
	}{{u.Progress, &p.Progress}, {u.Preview, &p.Preview}, {u.Report, &p.Report}} {
		if len(doc.raw) == 0 {
			continue
		}
		if err := json.Unmarshal(doc.raw, doc.into); err != nil {
			return screen{}, err
		}
	}
	others := *u.Options.Mapping
	others.People, others.Dates, others.Encoding = nil, "", ""
	if p.Mapping, err = others.TOML(); err != nil {
		return screen{}, err
	}
	if p.Choices, err = upload.Offer(c); err != nil {
		return screen{}, err
	}
	s := screen{Page: "import", Heading: u.Name, Body: p.body}
	if u.AtWork() {
		s.Again = 2
	}
	return s, nil
}

func importAgain[In interface{ of() ofImport }](c *app.Call, in In) (screen, error) {
	return showImport(c, in.of())
}

// orderImport has something done with an import, and leads to its page.
func orderImport(do func(*app.Call, string) (*upload.Upload, error), done string) func(*app.Call, ofImport) (outcome,
	error) {
	return func(c *app.Call, in ofImport) (outcome, error) {
		if c.Workspace == nil {
			return outcome{}, app.ErrNoPage
		}
		_, err := do(c, in.ID)
		return outcome{To: importsPath(c.Workspace.Slug) + in.ID + "/", Done: done}, err
	}
}

func deleteImport(c *app.Call, in ofImport) (outcome, error) {
	if c.Workspace == nil {
		return outcome{}, app.ErrNoPage
	}
	return outcome{To: importsPath(c.Workspace.Slug), Done: "done.import-deleted"}, upload.Forget(c, in.ID)
}

// mappingForm has a field for everybody whom the file names: it is read by its names.
type mappingForm struct {
	ofImport
	Form []byte `body:"raw"`
}

// mapImport says how a file is to be read, and has another preview made.
func mapImport(c *app.Call, in mappingForm) (outcome, error) {
	if c.Workspace == nil {
		return outcome{}, app.ErrNoPage
	}
	form, err := url.ParseQuery(string(in.Form))
	if err != nil {
		return outcome{}, app.Refuse(app.Invalid, say("fault.no-form"))
	}
	m, err := record.ReadMap([]byte(strings.ReplaceAll(form.Get("mapping"), "\r\n", "\n")))
	if err != nil {
		return outcome{}, app.Refuse(app.Invalid, say("fault.mapping", err))
	}
	m.Dates, m.Encoding = cmp.Or(form.Get("dates"), m.Dates), cmp.Or(form.Get("encoding"), m.Encoding)
	names, to := form["name"], form["to"]
	for i, name := range names {
		if i < len(to) && strings.TrimSpace(to[i]) != "" {
			if m.People == nil {
				m.People = map[string]string{}
			}
			m.People[name] = strings.TrimSpace(to[i])
		}
	}
	mapping, err := json.Marshal(m)
	if err != nil {
		return outcome{}, err
	}
	_, err = upload.Change(c, in.ID, upload.Input{Project: app.Some(form.Get("project")),
		Source: app.Some(form.Get("source")), Mapping: app.Some(store.JSON(mapping))})
	if err != nil {
		return outcome{}, err
	}
	return orderImport(upload.Preview, "done.import-mapped")(c, in.ofImport)
}
