package console

import (
	"maps"
	"slices"
	"strconv"

	g "maragu.dev/gomponents"
	h "maragu.dev/gomponents/html"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/importer"
	"github.com/sailplane/sailplane/app/importer/reader"
	"github.com/sailplane/sailplane/app/importer/record"
	"github.com/sailplane/sailplane/app/importer/upload"
	"github.com/sailplane/sailplane/app/workspace"
	"github.com/sailplane/sailplane/store"
)

func (p ownImportsPage) body(view) g.Node {
	return g.Group{
		crumbs(accountPath, "account.title"),
		lead("account-imports.lead"),
		either(len(p.Workspaces) == 0, empty("account-imports.none"),
			h.Ul(g.Map(p.Workspaces, func(w workspace.Asking) g.Node {
				return h.Li(link(importsPath(w.Slug), g.Text(w.Name)))
			}))),
	}
}

func (p importsPage) body(v view) g.Node {
	return g.Group{
		lead("imports.lead"),
		h.Form(h.Method("post"), h.Action(app.SafeLink(p.To)), h.EncType("multipart/form-data"), h.Class("card form"),
			hidden("csrfmiddlewaretoken", v.CSRF), // which has to be the first
			h.H2(t("imports.send")),
			h.Div(h.Class("field"), h.Label(h.For("f-kind"), t("imports.kind")),
				h.Select(h.ID("f-kind"), h.Name("kind"), g.Map(reader.Kinds, func(k reader.Kind) g.Node {
					return h.Option(h.Value(k.Name), g.Text(k.Name+": "+k.Short))
				}))),
			projectField("", p.Projects),
			h.Div(h.Class("field"), h.Label(h.For("f-file"), t("imports.file")),
				h.Input(h.ID("f-file"), h.Name("file"), h.Type("file"), h.Required())),
			hint("imports.send-hint"),
			submit("primary", "imports.send-submit")),
		either(len(p.Uploads) == 0, empty("imports.none"), g.Group{p.list(v), p.Pager.leafing()}),
	}
}

func (p importsPage) list(v view) g.Node {
	return table("imports.title", []string{"imports.file", "imports.kind", "imports.status", "imports.sent"}, p.Uploads,
		func(u upload.Upload) row {
			return row{link(p.To+u.ID+"/", g.Text(u.Name)), g.Text(u.Kind), statusTag(u.Status), v.time(&u.CreatedAt)}
		})
}

// projectField is the project that all of a file goes to, with those that are there to choose from.
func projectField(known string, projects []store.Project) g.Node {
	return h.Div(h.Class("field"),
		h.Label(h.For("f-project"), t("imports.project"), g.Text(" "), h.Span(h.Class("optional"), t("form.optional"))),
		h.Input(h.ID("f-project"), h.Name("project"), h.Value(known), h.MaxLength("12"), h.AutoComplete("off"),
			h.List("projects"), h.Aria("describedby", "f-project-hint")),
		h.DataList(h.ID("projects"), g.Map(projects, func(p store.Project) g.Node {
			return h.Option(h.Value(p.Identifier), g.Text(p.Name))
		})),
		h.P(h.Class("hint"), h.ID("f-project-hint"), t("imports.project-hint")))
}

// statusTags are what the states of an import are called.
var statusTags = map[string]string{store.UploadArriving: "import.arriving", store.UploadUploaded: "import.uploaded",
	store.UploadPreviewing: "import.previewing", store.UploadPreviewed: "import.previewed",
	store.UploadRunning: "import.running", store.UploadCancelling: "import.cancelling",
	store.UploadCancelled: "import.cancelled", store.UploadDone: "import.done", store.UploadFailed: "import.failed",
	store.UploadUndoing: "import.undoing", store.UploadUndone: "import.undone"}

func statusTag(status string) g.Node {
	kind := map[string]string{store.UploadFailed: "warn", store.UploadCancelled: "warn", store.UploadDone: "accent"}[status]
	return tag(kind, statusTags[status])
}

func (p importPage) body(v view) g.Node {
	return g.Group{
		crumbs(p.All, "imports.title"),
		g.If(p.Fault != "", alert(fault(t("import.fault"), g.Text(" "+p.Fault)))),
		card("state", "import.state", h.P(statusTag(p.Status)),
			facts(
				fact("imports.kind", g.Text(p.Kind)),
				fact("import.size", g.Text(size(p.Size))),
				g.If(p.Options.Project != "", fact("import.project", g.Text(p.Options.Project))),
				g.If(p.BeganAt != nil, fact("import.began", v.time(p.BeganAt))),
				g.If(p.EndedAt != nil, fact("import.ended", v.time(p.EndedAt)))),
			p.progress(), p.buttons(v)),
		p.reports(),
		g.Iff(!p.AtWork(), func() g.Node { return p.mappingForm(v) }),
	}
}

// progress is how far it is.
func (p importPage) progress() g.Node {
	var parts []g.Node
	if i := p.Progress.Items; i != nil {
		parts = append(parts, h.P(t("import.items", i.Made, i.Changed, i.Same, i.Unread)))
	}
	parts = append(parts, counts("import.removed", p.Progress.Removed), counts("import.left", p.Progress.Left))
	if p.AtWork() {
		parts = append(parts, hint("import.again"))
	}
	return g.Group(parts)
}

// counts is numbers of things, by what they are.
func counts(label string, of map[string]int) g.Node {
	if len(of) == 0 {
		return nil
	}
	text := ""
	for _, what := range slices.Sorted(maps.Keys(of)) {
		if text != "" {
			text += ", "
		}
		text += what + ": " + strconv.Itoa(of[what])
	}
	return h.P(t(label), g.Text(" "+text))
}

func (p importPage) buttons(v view) g.Node {
	if p.AtWork() {
		return actions(g.If(p.Status == store.UploadPreviewing || p.Status == store.UploadRunning,
			v.press(button{To: p.To + "cancel/", Label: "import.cancel", Kind: "danger"})))
	}
	start := "import.start"
	if p.ImportID != nil {
		start = "import.start-again"
	}
	return actions(
		g.If(p.Preview != nil, v.press(button{To: p.To + "start/", Label: start, Kind: "primary"})),
		v.press(button{To: p.To + "preview/", Label: "import.preview"}),
		g.If(p.Undoable(), v.press(button{To: p.To + "undo/", Label: "import.undo", Kind: "danger"})),
		v.press(button{To: p.To + "delete/", Label: "import.delete", Kind: "danger"}))
}

// reports are what an import would do, or did; of one that was done only that.
func (p importPage) reports() g.Node {
	if p.Report != nil && p.Status != store.UploadPreviewed && p.Status != store.UploadPreviewing {
		return report("report", "import.report", p.Report)
	}
	if p.Preview != nil {
		return report("report", "import.would", p.Preview)
	}
	return nil
}

func report(id, heading string, r *importer.Report) g.Node {
	all := 0
	for _, n := range r.Noted {
		all += n
	}
	return card(id, heading,
		h.P(t("import.items", r.Items.Made, r.Items.Changed, r.Items.Same, r.Items.Unread)),
		counts("import.made", r.Made),
		g.If(r.Items.Kept+r.Items.Gone > 0, h.P(t("import.kept", r.Items.Kept, r.Items.Gone))),
		g.Iff(len(r.People) > 0, func() g.Node {
			return table("import.people", []string{"import.person", "import.address", "import.is"}, r.People,
				func(who importer.Person) row {
					return row{g.Text(who.Name), g.Text(who.Email), t(peopleAre[who.Is])}
				})
		}),
		g.Iff(len(r.Notes) > 0, func() g.Node {
			return g.Group{h.H3(t("import.lines", all)),
				table("import.report", []string{"import.where", "import.key", "import.what", "import.line"}, r.Notes,
					func(n record.Note) row {
						return row{g.Text(rowOf(n)), g.Text(n.Key), t(notesAre[n.Kind]), long(n.Text)}
					})}
		}))
}

// rowOf is the row of the file that a line of the report is about.
func rowOf(n record.Note) string {
	if n.Row > 0 {
		return n.File + ":" + strconv.Itoa(n.Row)
	}
	return n.File
}

// peopleAre and notesAre are the words for what reports say.
var (
	peopleAre = map[string]string{importer.IsMember: "import.is-member", importer.IsAccount: "import.is-account",
		importer.IsPlaceholder: "import.is-placeholder", importer.IsNobody: "import.is-nobody"}
	notesAre = map[string]string{record.Unread: "import.note-unread", record.Lost: "import.note-lost",
		record.Changed: "import.note-changed", record.Kept: "import.note-kept"}
)

// mostAsked is how many people a form asks about.
const mostAsked = 500

// unknown are those whom the file names and nobody here is, and those whom the mapping speaks of.
func (p importPage) unknown() []string {
	names := slices.Sorted(maps.Keys(p.Options.Mapping.People))
	for _, r := range []*importer.Report{p.Preview, p.Report} {
		if r == nil {
			continue
		}
		for _, who := range r.People {
			if who.Is == importer.IsPlaceholder && who.Name != "" && !slices.Contains(names, who.Name) &&
				len(names) < mostAsked {
				names = append(names, who.Name)
			}
		}
	}
	return names
}

func (p importPage) mappingForm(v view) g.Node {
	return v.form(p.To+"mapping/", "card form",
		h.H2(t("import.mapping")),
		projectField(p.Options.Project, p.Projects),
		g.Iff(len(p.unknown()) > 0, func() g.Node { return p.peopleFields() }),
		pair(
			v.choose(field{Name: "dates", Label: "import.dates", Known: p.Options.Mapping.Dates}, choice{"", "import.as-fits"},
				choice{"dmy", "import.dmy"}, choice{"mdy", "import.mdy"}, choice{"ymd", "import.ymd"}),
			v.choose(field{Name: "encoding", Label: "import.encoding", Known: p.Options.Mapping.Encoding},
				choice{"", "import.as-fits"}, choice{"utf-8", "import.utf8"}, choice{"utf-16", "import.utf16"},
				choice{"windows-1252", "import.windows"})),
		v.input(field{Name: "source", Label: "import.source", Known: p.Options.Source, Hint: "import.source-hint",
			Autocomplete: "off"}),
		v.area(field{Name: "mapping", Label: "import.names", Known: p.Mapping, Hint: "import.names-hint"}),
		submit("", "import.mapping-submit"))
}

// peopleFields ask who the people of the file are.
func (p importPage) peopleFields() g.Node {
	var fields []g.Node
	for n, name := range p.unknown() {
		id := "f-to-" + strconv.Itoa(n)
		fields = append(fields, h.Div(h.Class("field"), h.Label(h.For(id), g.Text(name)), hidden("name", name),
			h.Input(h.ID(id), h.Name("to"), h.Value(p.Options.Mapping.People[name]), h.List("members"),
				h.AutoComplete("off"), h.Placeholder(say("import.is-placeholder")))))
	}
	return g.Group{
		h.H3(t("import.who")), hint("import.who-hint"),
		h.DataList(h.ID("members"), g.Map(p.Members, func(m store.ListedMember) g.Node {
			return h.Option(h.Value(text(m.Email)), g.Text(m.DisplayName))
		})),
		g.Group(fields),
	}
}
