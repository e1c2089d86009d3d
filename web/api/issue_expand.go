package api

import (
	"strings"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// expandRows reads, all at once, what expand names; the answer gives a row's part of it. Unknown names are ignored.
func expandRows(c *app.Call, rows []issuelist.Row, expand string) (func(*issuelist.Row) []byte, error) {
	var parts []func(*issuelist.Row) []byte
	for name := range strings.SplitSeq(expand, ",") {
		find := expansions[name]
		if find == nil {
			continue
		}
		part, err := find(c, rows)
		if err != nil {
			return nil, err
		}
		parts = append(parts, func(r *issuelist.Row) []byte {
			return appendAny([]byte(`,"`+name+`":`), part(r))
		})
	}
	return func(r *issuelist.Row) []byte {
		var b []byte
		for _, part := range parts {
			b = append(b, part(r)...)
		}
		return b
	}, nil
}

// reader reads the rows with those ids.
type reader[T any] func(c *app.Call, ids []string) ([]T, error)

type expansion func(c *app.Call, rows []issuelist.Row) (func(*issuelist.Row) any, error)

// expandOne expands an id into a row's short form; empty is what stands for none.
func expandOne[T, Out any](read reader[T], id func(*issuelist.Row) *string, idOf func(*T) string, lite func(*T) Out,
	empty any) expansion {
	many := expandMany(read, func(r *issuelist.Row) []string {
		if v := id(r); v != nil {
			return []string{*v}
		}
		return nil
	}, idOf, lite)
	return func(c *app.Call, rows []issuelist.Row) (func(*issuelist.Row) any, error) {
		find, err := many(c, rows)
		return func(r *issuelist.Row) any {
			if list := find(r).([]Out); len(list) > 0 {
				return list[0]
			}
			return empty
		}, err
	}
}

// expandMany expands a list of ids.
func expandMany[T, Out any](read reader[T], ids func(*issuelist.Row) []string, idOf func(*T) string,
	lite func(*T) Out) expansion {
	return func(c *app.Call, rows []issuelist.Row) (func(*issuelist.Row) any, error) {
		var wanted []string
		for n := range rows {
			wanted = append(wanted, ids(&rows[n])...)
		}
		found, err := read(c, wanted)
		byID := map[string]Out{}
		for n := range found {
			byID[idOf(&found[n])] = lite(&found[n])
		}
		return func(r *issuelist.Row) any {
			list := []Out{}
			for _, id := range ids(r) {
				if v, ok := byID[id]; ok {
					list = append(list, v)
				}
			}
			return list
		}, err
	}
}

type issueState struct {
	ID    string `json:"id"`
	Name  string `json:"name"`
	Color string `json:"color"`
	Group string `json:"group"`
}

type issueParent struct {
	ID         string `json:"id"`
	SequenceID int    `json:"sequence_id"`
	ProjectID  string `json:"project_id"`
}

// expandParent expands the parents that are in projects of the caller's.
func expandParent(c *app.Call, rows []issuelist.Row) (func(*issuelist.Row) any, error) {
	var ids []string
	for n := range rows {
		if id := rows[n].ParentID; id != nil {
			ids = append(ids, *id)
		}
	}
	found, err := issue.Visible(c, ids)
	return func(r *issuelist.Row) any {
		if r.ParentID != nil {
			if i := found[*r.ParentID]; i != nil {
				return issueParent{i.ID, i.SequenceID, i.ProjectID}
			}
		}
		return struct{}{}
	}, err
}

var expansions = map[string]expansion{
	"state": expandOne(issue.States, func(r *issuelist.Row) *string { return r.StateID },
		func(s *store.State) string { return s.ID },
		func(s *store.State) issueState { return issueState{s.ID, s.Name, s.Color, s.Group} }, nil),
	"project": expandOne(issue.Projects, func(r *issuelist.Row) *string { return &r.ProjectID },
		func(p *store.Project) string { return p.ID }, NewProjectLite, nil),
	"parent": expandParent,
	"created_by": expandOne(issue.People, func(r *issuelist.Row) *string { return r.CreatedBy },
		func(u *store.User) string { return u.ID }, NewUserLite, nil),
	"updated_by": expandOne(issue.People, func(r *issuelist.Row) *string { return r.UpdatedBy },
		func(u *store.User) string { return u.ID }, NewUserLite, nil),
	"assignees": expandMany(issue.People, func(r *issuelist.Row) []string { return r.Assignees },
		func(u *store.User) string { return u.ID }, NewUserLite),
	"labels": expandMany(issue.Labels, func(r *issuelist.Row) []string { return r.Labels },
		func(l *store.Label) string { return l.ID }, func(l *store.Label) Label { return label(*l) }),
}

// related is a work item at the other end of a relation.
type related struct {
	ID           string  `json:"id"`
	ProjectID    string  `json:"project_id"`
	SequenceID   int     `json:"sequence_id"`
	Name         string  `json:"name"`
	RelationType string  `json:"relation_type"`
	StateID      *string `json:"state_id"`
	Priority     string  `json:"priority"`
	CreatedBy    *string `json:"created_by"`
	CreatedAt    string  `json:"created_at"`
	UpdatedAt    string  `json:"updated_at"`
	UpdatedBy    *string `json:"updated_by"`
}

func listDetailed(c *app.Call, in struct {
	issue.ListQuery
	Expand string `query:"expand" type:"words"`
}) (IssueList, error) {
	l, err := issue.ListDetailed(c, in.ListQuery)
	if err != nil {
		return IssueList{}, err
	}
	names := strings.Split(in.Expand, ",")
	var parts []func(*issuelist.Row) []byte
	for _, name := range names {
		end, ok := relationEnds[name]
		if !ok {
			continue
		}
		part, err := expandRelations(c, l.Rows, name, false, end)
		if err != nil {
			return IssueList{}, err
		}
		parts = append(parts, part)
	}
	return IssueList{list: l, form: rowForm{zeros: true}, extra: func(r *issuelist.Row) []byte {
		var b []byte
		for _, part := range parts {
			b = append(b, part(r)...)
		}
		return b
	}}, nil
}

var relationEnds = map[string]issue.End{"issue_relation": issue.Beginning, "issue_related": issue.Ending}

// expandRelations reads what the rows are related to, as far as the caller may see it. Who made and changed it is told
// of the other work item or, if tied, of the relation.
func expandRelations(c *app.Call, rows []issuelist.Row, name string, tied bool,
	end issue.End) (func(*issuelist.Row) []byte, error) {
	ids := make([]string, len(rows))
	for n := range rows {
		ids[n] = rows[n].ID
	}
	ties, err := issue.RelatedPairs(c, ids, end)
	return func(r *issuelist.Row) []byte {
		list := []related{}
		for _, tie := range ties[r.ID] {
			i, meta := tie.Item, tie.Item.AuditFields
			if tied {
				meta = tie.Relation.AuditFields
			}
			list = append(list, related{
				ID: i.ID, ProjectID: i.ProjectID, SequenceID: i.SequenceID, Name: i.Name,
				RelationType: tie.Relation.RelationType, StateID: i.StateID, Priority: i.Priority, CreatedBy: meta.CreatedByID,
				CreatedAt: c.Time(meta.CreatedAt), UpdatedAt: c.Time(meta.UpdatedAt), UpdatedBy: meta.UpdatedByID,
			})
		}
		return appendAny([]byte(`,"`+name+`":`), list)
	}, err
}
