package v2

import (
	"encoding/json"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/audit"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	ofWorkspace    = root + "workspaces/{slug}/audit-logs/"
	ofInstallation = root + "audit-logs/"
)

var admin = web.Workspace(app.Admin)

const listed = `Newest first, unless order_by says otherwise: created_at and -created_at are by time, id and -id in the order in which ` +
	`entries were sealed, in which none ever comes before one that was read. Pages are by cursor only: send paginate=cursor, and ` +
	`then the cursor of the page before with all other parameters. A page may be short, even empty, and has_more true: no page ` +
	`looks at more entries than a moment allows.`

const exported = `Oldest first, as it is read: lines of JSON (format=jsonl) or CSV (format=csv). The export is itself an entry of the log.`

var auditLogs = []web.Op{
	web.Do("GET", ofWorkspace, admin, 200, "List the audit log of a workspace", listOfWorkspace).Explained(listed).
		Like("", entriesExample),
	web.Do("GET", ofWorkspace+"export/", admin, 200, "Export the audit log of a workspace", exportOfWorkspace).Sends(jsonLines,
		csv).Explained(exported),
	web.Do("GET", ofWorkspace+"{pk:uuid}/", admin, 200, "Get an entry of the audit log of a workspace", getOfWorkspace).
		Like("", entryExample),
	web.Do("GET", ofInstallation, web.InstanceAdmin(), 200, "List the audit log of the installation", listAll).
		Explained(listed).Like("", entriesExample),
	web.Do("GET", ofInstallation+"export/", web.InstanceAdmin(), 200, "Export the audit log of the installation",
		exportAll).Sends(jsonLines, csv).Explained(exported),
	web.Do("GET", ofInstallation+"{pk:uuid}/", web.InstanceAdmin(), 200, "Get an entry of the audit log of the installation",
		getAny).Like("", entryExample),
}

const (
	entryExample = `{"actor_display_name":"Ann","actor_email":"ann@example.org",` +
		`"actor_id":"0192f0c1-8a4e-7c31-9d52-3f6b1a7e4c90","actor_type":"user","category":"member",` +
		`"created_at":"2026-01-05T09:00:00Z","event_id":"0192f0c1-8a4e-7c31-9d52-3f6b1a7e4c91","event_name":"member.added",` +
		`"hash":"d289ed61b3cf68adde8e15e444ab10a1d71d0db326df31ffc46304a9014d5535",` +
		`"id":"0192f0c1-8a4e-7c31-9d52-3f6b1a7e4c92","ip_address":"192.0.2.1","metadata":{},"new_value":{"role":20},` +
		`"old_value":null,"outcome":"success","project_id":null,"reason":"","sequence_number":9,"source":"web",` +
		`"target_display_name":"Ben","target_id":"0192f0c1-8a4e-7c31-9d52-3f6b1a7e4c93","target_type":"workspace_member",` +
		`"user_agent":"Mozilla/5.0","workspace_id":"0192f0c1-8a4e-7c31-9d52-3f6b1a7e4c94"}`
	entriesExample = `{"data":[` + entryExample + `],"next_cursor":"aG9uaHo5bjZlcC45","has_more":true,` +
		`"pagination":{"style":"cursor"}}`
)

// filters are the parameters that say which entries are wanted.
type filters struct {
	ActorID       string `query:"actor_id" type:"uuid"`
	Category      string `query:"category"`
	CreatedAfter  string `query:"created_after" type:"date-time"`
	CreatedBefore string `query:"created_before" type:"date-time"`
	EventName     string `query:"event_name"`
	IPAddress     string `query:"ip_address"`
	Outcome       string `query:"outcome"`
	ProjectID     string `query:"project_id" type:"uuid"`
	Search        string `query:"search"`
	TargetID      string `query:"target_id"`
	TargetType    string `query:"target_type"`
}

// read checks the parameters; workspace is the id of the one that is asked about, empty for all.
func (in *filters) read(workspace string) (store.AuditFilter, error) {
	f := store.AuditFilter{Workspace: workspace, Project: in.ProjectID, Actor: in.ActorID, Event: in.EventName,
		Category: in.Category, Outcome: in.Outcome, TargetType: in.TargetType, TargetID: in.TargetID, IP: in.IPAddress,
		Text: in.Search}
	faults := app.Fields{}
	if in.Category != "" && !slices.Contains(app.Categories, in.Category) {
		faults.Add("category", "There is no such category. There are: "+strings.Join(app.Categories, ", ")+".")
	}
	if in.Outcome != "" && in.Outcome != store.AuditSuccess && in.Outcome != store.AuditFailure {
		faults.Add("outcome", "It is neither success nor failure.")
	}
	for name, id := range map[string]string{"actor_id": in.ActorID, "project_id": in.ProjectID} {
		if id != "" && !store.IsID(id) {
			faults.Add(name, "It is no id.")
		}
	}
	if in.IPAddress != "" {
		if ip, err := netip.ParseAddr(in.IPAddress); err != nil {
			faults.Add("ip_address", "It is no address of a client.")
		} else {
			f.IP = ip.String()
		}
	}
	for _, m := range []struct {
		name, text string
		into       *time.Time
		after      time.Duration
	}{{"created_after", in.CreatedAfter, &f.From, 0}, {"created_before", in.CreatedBefore, &f.Until, time.Microsecond}} {
		if m.text == "" {
			continue
		}
		at, err := moment(m.text)
		if err != nil {
			faults.Add(m.name, "It is no time such as 2026-01-31T09:30:00Z.")
			continue
		}
		*m.into = at.Add(m.after)
	}
	return f, faults.Err()
}

// moment reads a time, in UTC unless it says otherwise.
func moment(text string) (at time.Time, err error) {
	text = strings.Replace(text, " ", "+", 1) // a + that nobody has written as %2B
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", time.DateOnly} {
		if at, err = time.Parse(layout, text); err == nil {
			return at.UTC(), nil
		}
	}
	return at, err
}

// pages are the parameters of a list.
type pages struct {
	Fields   string `query:"fields"`
	OrderBy  string `query:"order_by"`
	PerPage  string `query:"per_page" type:"integer"`
	Paginate string `query:"paginate"`
	Cursor   string `query:"cursor"`
	Offset   string `query:"offset" type:"integer"`
	Count    string `query:"count" type:"boolean"`
}

const (
	usualPage = 50
	mostPage  = 200
)

// noCount is what Plane's clients know of this list: it is too long to be counted.
var noCount = &app.Error{Kind: app.Invalid, Code: "count_pagination_disabled",
	Text: "Offset and count are not offered for this list. Send paginate=cursor."}

func (in *pages) read(f store.AuditFilter) (audit.Query, error) {
	q := audit.Query{AuditFilter: f, Cursor: in.Cursor, Size: usualPage}
	if in.Paginate != "cursor" && in.Cursor == "" {
		return q, noCount
	}
	switch in.OrderBy {
	case "", "-created_at":
		q.Newest = true
	case "created_at":
	case "id":
		q.BySequence = true
	case "-id":
		q.BySequence, q.Newest = true, true
	default:
		return q, app.Field("order_by", "There are created_at, -created_at, id and -id.")
	}
	if in.PerPage != "" {
		n, err := strconv.Atoi(in.PerPage)
		if err != nil || n < 1 {
			return q, app.Field("per_page", "It is no whole number, at least 1.")
		}
		q.Size = min(n, mostPage)
	}
	return q, nil
}

// row is an entry with the fields that were asked for.
type row map[string]any

// shown are the fields of an entry that were asked for; all of them when nobody asked.
func shown(e *audit.Entry, fields string) (row, error) {
	raw, err := json.Marshal(audit.Show(e))
	if err != nil {
		return nil, err
	}
	all := row{}
	if err := json.Unmarshal(raw, &all); err != nil {
		return nil, err
	}
	wanted := []string{"id"}
	for name := range strings.SplitSeq(fields, ",") {
		name = strings.TrimSpace(name)
		switch _, ok := all[name]; {
		case name == "":
		case name == "all":
			return all, nil
		case !ok:
			return nil, app.Field("fields", "There is no field "+name+".")
		default:
			wanted = append(wanted, name)
		}
	}
	if len(wanted) == 1 {
		return all, nil
	}
	some := row{}
	for _, name := range wanted {
		some[name] = all[name]
	}
	return some, nil
}

type listInput struct {
	filters
	pages
}

func listOfWorkspace(c *app.Call, in listInput) (CursorPage[row], error) {
	return list(c, c.Workspace.ID, in)
}

func listAll(c *app.Call, in struct {
	listInput

	WorkspaceID string `query:"workspace_id" type:"uuid"`
}) (CursorPage[row], error) {
	if in.WorkspaceID != "" && !store.IsID(in.WorkspaceID) {
		return CursorPage[row]{}, app.Field("workspace_id", "It is no id.")
	}
	return list(c, in.WorkspaceID, in.listInput)
}

func list(c *app.Call, workspace string, in listInput) (CursorPage[row], error) {
	out := CursorPage[row]{Data: []row{}, Pagination: Pagination{Style: "cursor"}}
	f, err := in.filters.read(workspace)
	if err != nil {
		return out, err
	}
	q, err := in.pages.read(f)
	if err != nil {
		return out, err
	}
	p, err := audit.List(c, c.App, q)
	if err != nil {
		return out, err
	}
	for i := range p.Entries {
		r, err := shown(&p.Entries[i], in.Fields)
		if err != nil {
			return out, err
		}
		out.Data = append(out.Data, r)
	}
	if p.Next != "" {
		out.NextCursor, out.HasMore = &p.Next, true
	}
	return out, nil
}

type oneInput struct {
	ID     string `path:"pk"`
	Fields string `query:"fields"`
}

func getOfWorkspace(c *app.Call, in oneInput) (row, error) { return get(c, c.Workspace.ID, in) }

func getAny(c *app.Call, in oneInput) (row, error) { return get(c, "", in) }

func get(c *app.Call, workspace string, in oneInput) (row, error) {
	e, err := audit.Get(c, c.App, workspace, in.ID)
	if err != nil {
		return nil, err
	}
	return shown(e, in.Fields)
}

const (
	jsonLines = "application/x-ndjson"
	csv       = "text/csv"
)

type exportInput struct {
	filters

	Format string `query:"format"`
}

func exportOfWorkspace(c *app.Call, in exportInput) (web.Reply, error) {
	return export(c, c.Workspace.ID, c.Workspace.Slug, in)
}

func exportAll(c *app.Call, in exportInput) (web.Reply, error) { return export(c, "", "all", in) }

func export(c *app.Call, workspace, name string, in exportInput) (web.Reply, error) {
	f, err := in.read(workspace)
	if err != nil {
		return web.Reply{}, err
	}
	format := in.Format
	if format == "" {
		format = audit.FormatJSONL
	}
	if !audit.IsFormat(format) {
		return web.Reply{}, app.Field("format", "There are jsonl and csv.")
	}
	return web.Reply{Stream: func(w http.ResponseWriter, _ *http.Request) error {
		h := w.Header()
		h.Set("Content-Type", map[string]string{audit.FormatJSONL: jsonLines, audit.FormatCSV: csv + "; charset=utf-8"}[format])
		h.Set("Content-Disposition", `attachment; filename="audit-log-`+name+"."+format+`"`)
		_, err := audit.Export(c, c.App, f, format, w)
		return err
	}}, nil
}
