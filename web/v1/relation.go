package v1

import (
	"encoding/json"
	"reflect"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/web"
)

func relationOps(item string) []web.Op {
	return []web.Op{
		do("GET", item+"relations/", readers, 200, "List the relations of a work item", listRelations),
		do("POST", item+"relations/", writers, 201, "Relate a work item to others", createRelations),
	}
}

// Relation is a relation with the work item on its other side. The kind is the one that is stored.
type Relation struct {
	ID           string  `json:"id"`
	ProjectID    string  `json:"project_id"`
	SequenceID   int     `json:"sequence_id"`
	RelationType string  `json:"relation_type"`
	Name         string  `json:"name"`
	StateID      *string `json:"state_id"`
	Priority     string  `json:"priority"`
	CreatedBy    *string `json:"created_by"`
	CreatedAt    string  `json:"created_at"`
	UpdatedAt    string  `json:"updated_at"`
	UpdatedBy    *string `json:"updated_by"`
}

// Related is a work item on the other side of a relation: with its project, as the open edition shows it, or its id
// alone, as Plane's SDKs expect it.
type Related struct {
	issue.RelatedIssue
	bare bool
}

// MarshalJSON writes the one or the other.
func (r Related) MarshalJSON() ([]byte, error) {
	if r.bare {
		return json.Marshal(r.IssueID)
	}
	return json.Marshal(r.RelatedIssue)
}

// DescribesAny names both.
func (Related) DescribesAny() []reflect.Type {
	return []reflect.Type{reflect.TypeFor[issue.RelatedIssue](), reflect.TypeFor[string]()}
}

// listRelations: no SDK says in its requests which it is (they have the User-Agent of their HTTP library), so who wants
// ids has to ask for them.
func listRelations(c *app.Call, in struct {
	ofIssue
	Shape string `query:"shape" type:"objects|ids" example:"ids"`
}) (map[string][]Related, error) {
	all, err := issue.RelatedIssues(c, in.Issue)
	if err != nil {
		return nil, err
	}
	shown := make(map[string][]Related, len(all))
	for kind, list := range all {
		shown[kind] = web.Map(list, func(r issue.RelatedIssue) Related { return Related{r, in.Shape == "ids"} })
	}
	return shown, nil
}

func createRelations(c *app.Call, in struct {
	ofIssue
	RelationType string   `json:"relation_type" check:"required,choice=blocking|blocked_by|duplicate|relates_to|start_before|start_after|finish_before|finish_after"`
	Issues       []string `json:"issues" alias:"issue_ids" check:"required,uuid"`

	Faults app.Fields `body:"faults"`
}) ([]Relation, error) {
	if len(in.Issues) == 0 && in.Faults["issues"] == nil {
		in.Faults.Add("issues", "Ensure this field has at least 1 elements.")
	}
	if err := in.Faults.Err(); err != nil {
		return nil, err
	}
	rs, err := issue.RelateV1(c, in.Issue, in.RelationType, in.Issues)
	return web.Map(rs, func(r issue.Relation) Relation {
		o := r.Other
		return Relation{
			ID: o.ID, ProjectID: o.ProjectID, SequenceID: o.SequenceID, RelationType: r.RelationType, Name: o.Name,
			StateID: o.StateID, Priority: o.Priority, CreatedBy: r.CreatedByID, CreatedAt: c.Time(r.CreatedAt),
			UpdatedAt: c.Time(r.UpdatedAt), UpdatedBy: r.UpdatedByID,
		}
	}), err
}
