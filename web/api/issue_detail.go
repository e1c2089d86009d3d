package api

import (
	"encoding/json"
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/web"
)

// detailExpansions are what ?expand= can show in full of one work item, beside what it can in lists.
// Plane: app/serializers/base.py
var detailExpansions = map[string]func(c *app.Call, d *store.IssueDetail) (any, error){
	"workspace": func(c *app.Call, _ *store.IssueDetail) (any, error) {
		return workspaceLite(c.Workspace), nil
	},
	"issue_reactions":   expandReactions,
	"issue_link":        expandLinks,
	"issue_cycle":       expandCycle,
	"issue_intake":      expandIntake,
	"issue_attachments": expandAttachments,
}

// Expansions are what ?expand= shows in full: beside a work item's own keys, or in their place.
type Expansions struct {
	CreatedBy   web.AnyOf[*string, UserLite]         `json:"created_by"`
	UpdatedBy   web.AnyOf[*string, UserLite]         `json:"updated_by"`
	State       *issueState                          `json:"state,omitempty"`
	Project     *ProjectLite                         `json:"project,omitempty"`
	Parent      *web.AnyOf[issueParent, web.Nothing] `json:"parent,omitempty"`
	Assignees   []UserLite                           `json:"assignees,omitempty"`
	Labels      []Label                              `json:"labels,omitempty"`
	Workspace   *WorkspaceLite                       `json:"workspace,omitempty"`
	Reactions   []IssueReactionLite                  `json:"issue_reactions,omitempty"`
	Links       []IssueLinkLite                      `json:"issue_link,omitempty"`
	Cycles      []IssueInCycle                       `json:"issue_cycle,omitempty"`
	Intake      []IntakeLite                         `json:"issue_intake,omitempty"`
	Attachments []AttachmentLite                     `json:"issue_attachments,omitempty"`
	Relations   []related                            `json:"issue_relation,omitempty"`
	Related     []related                            `json:"issue_related,omitempty"`
}

// ExpandedIssue is a work item on its own with what was asked for in full.
type ExpandedIssue struct {
	DetailedIssue
	Expansions
}

// ExpandedNumberedIssue is the same of one that was asked for as PROJ-12.
type ExpandedNumberedIssue struct {
	NumberedIssue
	Expansions
}

// ExpandedArchivedIssue is the same of one in the archive.
type ExpandedArchivedIssue struct {
	archivedKeys
	Expansions
}

// archivedKeys are one deeper than the expansions, which take the places of some.
type archivedKeys struct{ ArchivedIssue }

// expandIssue returns a shown work item with what is asked for in full beside its fields, or in their place.
func expandIssue[T any](c *app.Call, d *store.IssueDetail, shown any, expand string) (web.As[T], error) {
	var none web.As[T]
	if expand == "" {
		return web.As[T]{Value: shown}, nil
	}
	raw, err := json.Marshal(shown)
	if err != nil {
		return none, err
	}
	var out map[string]any
	if err := json.Unmarshal(raw, &out); err != nil {
		return none, err
	}
	rows := []issuelist.Row{{ID: d.ID, StateID: d.StateID, ProjectID: d.ProjectID, ParentID: d.ParentID,
		CreatedBy: d.CreatedByID, UpdatedBy: d.UpdatedByID, Assignees: d.AssigneeIDs, Labels: d.LabelIDs}}
	for name := range strings.SplitSeq(expand, ",") {
		if full := detailExpansions[name]; full != nil {
			if out[name], err = full(c, d); err != nil {
				return none, err
			}
		} else if end, ok := relationEnds[name]; ok {
			if out[name], err = expandRelated(c, rows, name, end); err != nil {
				return none, err
			}
		} else if full := expansions[name]; full != nil {
			part, err := full(c, rows)
			if err != nil {
				return none, err
			}
			out[name] = part(&rows[0])
		}
	}
	return web.As[T]{Value: out}, nil
}

// IssueReactionLite is a reaction inside a work item.
type IssueReactionLite struct {
	ID          string `json:"id"`
	Actor       string `json:"actor"`
	Issue       string `json:"issue"`
	Reaction    string `json:"reaction"`
	DisplayName string `json:"display_name"`
}

func expandReactions(c *app.Call, d *store.IssueDetail) (any, error) {
	rows, people, err := issue.Reactions(c, d.ID)
	list := make([]IssueReactionLite, 0, len(rows))
	for _, r := range rows {
		if u := people[r.ActorID]; u != nil {
			list = append(list, IssueReactionLite{
				ID: r.ID, Actor: r.ActorID, Issue: r.IssueID, Reaction: r.Reaction, DisplayName: u.DisplayName,
			})
		}
	}
	return list, err
}

// IssueLinkLite is a link inside a work item. Who made it is not told: in the reference the job that reads the page
// loses that.
type IssueLinkLite struct {
	ID        string     `json:"id"`
	IssueID   string     `json:"issue_id"`
	Title     *string    `json:"title"`
	URL       string     `json:"url"`
	Metadata  store.JSON `json:"metadata"`
	CreatedBy *string    `json:"created_by_id"`
	CreatedAt string     `json:"created_at"`
}

func expandLinks(c *app.Call, d *store.IssueDetail) (any, error) {
	rows, err := issue.Links(c, d.ID)
	list := make([]IssueLinkLite, len(rows))
	for i, l := range rows {
		list[i] = IssueLinkLite{
			ID: l.ID, IssueID: l.IssueID, Title: l.Title, URL: l.URL, Metadata: l.Metadata, CreatedBy: nil,
			CreatedAt: c.Time(l.CreatedAt),
		}
	}
	return list, err
}

// expandRelated lists the work items at the other ends of relations, as lists of work items do.
func expandRelated(c *app.Call, rows []issuelist.Row, name string, end issue.End) (any, error) {
	part, err := expandRelations(c, rows, name, true, end)
	if err != nil {
		return nil, err
	}
	var shown map[string]json.RawMessage // the part is a piece of an object: ,"name":[…]
	err = json.Unmarshal(append(append([]byte(`{"id":null`), part(&rows[0])...), '}'), &shown)
	return shown[name], err
}
