package api

import (
	"cmp"
	"encoding/json"
	"html"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/project"
	"github.com/sailplane/sailplane/app/service"
	"github.com/sailplane/sailplane/web"
)

var services = []web.Op{
	web.Do("GET", "/api/unsplash/", web.SignedIn(), 200, "Find pictures", findPictures),
	web.Do("POST", inWorkspace+"ai-assistant/", web.Workspace(app.Admin, app.Member), 200, "Ask the language model", askAssistant),
	web.Do("POST", inProject+"ai-assistant/", web.Project(app.Admin, app.Member), 200, "Ask the language model in a project", askProjectAssistant),
}

func findPictures(c *app.Call, in struct {
	Query string `query:"query"`
	Page  string `query:"page" type:"integer"`
	Size  string `query:"per_page" type:"integer"`
}) (json.RawMessage, error) {
	return service.Pictures(c, in.Query, cmp.Or(in.Page, "1"), cmp.Or(in.Size, "20"))
}

// AssistantReply is what the language model said.
type AssistantReply struct {
	Response     string `json:"response"`
	ResponseHTML string `json:"response_html"`
}

// ProjectAssistantReply is AssistantReply with the place that was asked in.
type ProjectAssistantReply struct {
	AssistantReply
	ProjectDetail   ProjectLite   `json:"project_detail"`
	WorkspaceDetail WorkspaceLite `json:"workspace_detail"`
}

type assistantInput struct {
	Task   string `json:"task" check:"blank,null"`
	Prompt string `json:"prompt" check:"blank,null"`
}

func askAssistant(c *app.Call, in assistantInput) (AssistantReply, error) {
	text, err := service.Complete(c, in.Task, in.Prompt)
	return AssistantReply{text, strings.ReplaceAll(html.EscapeString(text), "\n", "<br/>")}, err
}

func askProjectAssistant(c *app.Call, in assistantInput) (ProjectAssistantReply, error) {
	reply, err := askAssistant(c, in)
	if err != nil {
		return ProjectAssistantReply{}, err
	}
	p, err := project.Find(c)
	if err != nil {
		return ProjectAssistantReply{}, err
	}
	return ProjectAssistantReply{reply, NewProjectLite(p), workspaceLite(c.Workspace)}, nil
}
