package workflow

import (
	"bytes"
	"encoding/json"
	"errors"
	"maps"
	"net/textproto"
	"slices"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/pql"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
)

// What hooks do.
const (
	RequireFields    = "require_fields"    // before: the work item has to have these
	MatchPQL         = "match_pql"         // before: the work item has to be such
	SendWebhook      = store.SendsWebhook  // before: another server has to agree; after: it is told
	ChangeProperties = "change_properties" // after
	AddComment       = "add_comment"       // after
)

// handlers are the hooks that there are, by phase.
var handlers = map[string][]string{store.HookBefore: {RequireFields, MatchPQL, SendWebhook},
	store.HookAfter: {ChangeProperties, AddComment, SendWebhook}}

// Required are the fields that RequireFields knows.
var Required = []string{"assignees", "description", "due_date", "estimate_point", "labels", "parent", "start_date",
	"cycle", "module", "comment", "link", "attachment", "sub_items_closed"}

// HookConfig is the settings of a hook, of whatever it does.
type HookConfig struct {
	Fields     []string `json:"fields,omitempty"`     // RequireFields
	Properties []string `json:"properties,omitempty"` // RequireFields, by their ids
	PQL        string   `json:"pql,omitempty"`        // MatchPQL
	Message    string   `json:"message,omitempty"`    // what is said when it holds the move up

	URL     string            `json:"url,omitempty"`     // SendWebhook
	Headers map[string]string `json:"headers,omitempty"` // SendWebhook; the values are sealed when they are kept

	Priority    *string   `json:"priority,omitempty"`     // ChangeProperties
	StateID     *string   `json:"state_id,omitempty"`     // ChangeProperties
	AssigneeIDs *[]string `json:"assignee_ids,omitempty"` // ChangeProperties
	LabelIDs    *[]string `json:"label_ids,omitempty"`    // ChangeProperties
	StartDate   *string   `json:"start_date,omitempty"`   // ChangeProperties
	TargetDate  *string   `json:"target_date,omitempty"`  // ChangeProperties

	CommentHTML string `json:"comment_html,omitempty"` // AddComment
}

// ActorWord stands for whoever moves the work item, and TodayWord for the day on which they do.
const (
	ActorWord = "actor"
	TodayWord = "today"
)

// keys are the settings that each handler knows.
var keys = map[string][]string{
	RequireFields: {"fields", "properties", "message"}, MatchPQL: {"pql", "message"}, SendWebhook: {"url", "headers"},
	ChangeProperties: {"priority", "state_id", "assignee_ids", "label_ids", "start_date", "target_date"},
	AddComment:       {"comment_html"},
}

// ConfigOf reads the settings of a hook.
func ConfigOf(h *store.WorkflowHook) (HookConfig, error) {
	var config HookConfig
	return config, json.Unmarshal(h.Config, &config)
}

// ShownConfig is the settings of a hook as they are shown: what a header proves is not, nor, to those who do not change
// the workflow, whom it asks.
func ShownConfig(c *app.Call, h *store.WorkflowHook) map[string]any {
	shown := map[string]any{}
	if h.Handler == SendWebhook && !leads(c) || json.Unmarshal(h.Config, &shown) != nil {
		return shown
	}
	if h.Handler == SendWebhook {
		headers := map[string]string{}
		if all, ok := shown["headers"].(map[string]any); ok {
			for name := range all {
				headers[name] = masked
			}
		}
		shown["headers"], shown["secret"] = headers, masked
	}
	return shown
}

// masked stands for what is not shown; sent back it leaves what there is.
const masked = "***"

// outside looks whether another server may be asked, before anything is locked: a name is looked up for that.
func (in *HookInput) outside(c *app.Call) error {
	var config struct{ URL string }
	if !in.Config.Set || json.Unmarshal(in.Config.V, &config) != nil || config.URL == "" {
		return nil
	}
	err := webhook.CheckURL(c, config.URL)
	var e *app.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		return app.Fields{"config": e.Fields}.Err()
	}
	return err
}

// configure reads the settings that a request gives a hook, and refuses what makes no sense, by its name.
func (in *HookInput) configure(c *app.Call, t *store.Tx, w *store.Workflow, way *Transition,
	h *store.WorkflowHook) (store.JSON, error) {
	if !slices.Contains(handlers[h.Phase], h.Handler) {
		return nil, app.Field("handler_name", noHandler(h))
	}
	config, err := in.read(c, h)
	if err != nil {
		return nil, err
	}
	faults := app.Fields{}
	switch h.Handler {
	case RequireFields:
		err = config.checkRequired(c, t, faults)
	case MatchPQL:
		err = config.checkPQL(c, t, faults)
	case SendWebhook:
		if config.URL == "" {
			faults.Add("url", "This field is required.")
		}
	case ChangeProperties:
		err = config.checkChange(c, t, w, way, faults)
	case AddComment:
		if config.CommentHTML, err = richtext.Clean(config.CommentHTML); err != nil {
			faults.Add("comment_html", err.Error())
			err = nil
		} else if len(config.CommentHTML) > mostComment || richtext.Text(config.CommentHTML) == "" {
			faults.Add("comment_html", "A comment has a text, of no more than 10000 characters.")
		}
	}
	if len(config.Message) > 500 {
		faults.Add("message", "Ensure this field has no more than 500 characters.")
	}
	if err == nil && len(faults) > 0 {
		err = app.Fields{"config": faults}.Err()
	}
	if err != nil {
		return nil, err
	}
	return json.Marshal(config)
}

const mostComment = 10_000

func noHandler(h *store.WorkflowHook) string {
	if h.Handler == "run_script" {
		return "Scripts are not run here: send_webhook asks or tells a server of yours."
	}
	when := "before"
	if h.Phase == store.HookAfter {
		when = "after"
	}
	return "What happens " + when + " a transition is one of " + strings.Join(handlers[h.Phase], ", ") + "."
}

// read takes the settings of a request over those that there are, if it asks another server; else in place of them.
func (in *HookInput) read(c *app.Call, h *store.WorkflowHook) (HookConfig, error) {
	var config HookConfig
	had := map[string]string{}
	if h.Handler == SendWebhook && len(h.Config) > 0 {
		var err error
		if config, err = ConfigOf(h); err != nil {
			return config, err
		}
		had, config.Headers = config.Headers, nil
	}
	raw := bytes.TrimSpace(in.Config.V)
	sent := map[string]json.RawMessage{}
	if !bytes.HasPrefix(raw, []byte("{")) || json.Unmarshal(raw, &sent) != nil {
		return config, app.Field("config", "This is an object.")
	}
	delete(sent, "secret") // as it is shown
	faults := app.Fields{}
	for _, key := range slices.Sorted(maps.Keys(sent)) {
		one, _ := json.Marshal(map[string]json.RawMessage{key: sent[key]})
		switch {
		case !slices.Contains(keys[h.Handler], key):
			faults.Add(key, "There is no such setting. There are: "+strings.Join(keys[h.Handler], ", ")+".")
		case json.Unmarshal(one, &config) != nil:
			faults.Add(key, "This is of another kind.")
		}
	}
	if len(faults) == 0 {
		if _, said := sent["headers"]; !said {
			config.Headers = had
		} else if fault := config.sealHeaders(c, had); fault != "" {
			faults.Add("headers", fault)
		}
	}
	if len(faults) > 0 {
		return config, app.Fields{"config": faults}.Err()
	}
	return config, nil
}

const mostHeaders = 20

// sealHeaders hides the values of headers, which may prove who somebody is, and keeps those that are sent as shown.
func (config *HookConfig) sealHeaders(c *app.Call, had map[string]string) (fault string) {
	if len(config.Headers) > mostHeaders {
		return "There are no more than 20 headers."
	}
	kept := map[string]string{}
	for name, value := range config.Headers {
		key := textproto.CanonicalMIMEHeaderKey(name)
		switch {
		case !isToken(name) || len(name) > 100:
			return "This is no name of a header: " + name[:min(len(name), 100)]
		case len(value) > 2000 || strings.ContainsFunc(value, func(r rune) bool { return r < ' ' && r != '\t' || r == 0x7f }):
			return "This is no value of a header: that of " + name
		case slices.Contains(ownHeaders, key):
			return key + " is set by us."
		case value == masked && had[key] != "":
			kept[key] = had[key]
		default:
			kept[key] = c.Seal(value)
		}
	}
	config.Headers = kept
	return ""
}

// ownHeaders are those that hooks do not set: they say how the request is sent.
var ownHeaders = []string{"Host", "Content-Length", "Transfer-Encoding", "Connection", "Upgrade", "Te", "Trailer",
	"Content-Type", "User-Agent"}

func isToken(name string) bool {
	return name != "" && !strings.ContainsFunc(name, func(r rune) bool {
		return r <= ' ' || r >= 0x7f || strings.ContainsRune(`()<>@,;:\"/[]?={}`, r)
	})
}

func (config *HookConfig) checkPQL(c *app.Call, t *store.Tx, faults app.Fields) error {
	if strings.TrimSpace(config.PQL) == "" {
		faults.Add("pql", "This field is required.")
		return nil
	}
	_, err := pql.CompileIn(c, t, config.PQL, projectsOf(c))
	var e *app.Error
	if errors.As(err, &e) && len(e.Fields) > 0 {
		maps.Copy(faults, e.Fields)
		return nil
	}
	return err
}

// projectsOf are the projects in which a workflow of the call may hold.
func projectsOf(c *app.Call) []string {
	if c.ProjectID != "" {
		return []string{c.ProjectID}
	}
	return slices.Sorted(maps.Keys(c.Access.Projects))
}
