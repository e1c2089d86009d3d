package reader

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app/importer/record"
)

// planeRow is a work item of an export of Plane's, or of ours: the columns of app/export.
type planeRow struct {
	ProjectName       string   `json:"project_name"`
	ProjectIdentifier string   `json:"project_identifier"`
	Parent            string   `json:"parent"`
	Identifier        string   `json:"identifier"`
	SequenceID        int      `json:"sequence_id"`
	Name              string   `json:"name"`
	StateName         string   `json:"state_name"`
	Priority          string   `json:"priority"`
	Assignees         []string `json:"assignees"`
	CreatedBy         string   `json:"created_by_name"`
	StartDate         string   `json:"start_date"`
	TargetDate        string   `json:"target_date"`
	CompletedAt       string   `json:"completed_at"`
	CreatedAt         string   `json:"created_at"`
	UpdatedAt         string   `json:"updated_at"`
	ArchivedAt        string   `json:"archived_at"`
	Estimate          string   `json:"estimate"`
	Labels            []string `json:"labels"`
	Cycles            []string `json:"cycles"`
	Modules           []string `json:"modules"`
	Links             []struct {
		URL   string `json:"url"`
		Title string `json:"title"`
	} `json:"links"`
	Relations []struct {
		Type      string `json:"type"`
		Issue     string `json:"issue"`
		Direction string `json:"direction"`
	} `json:"relations"`
	Comments []struct {
		Comment   string `json:"comment"`
		CreatedBy string `json:"created_by"`
		CreatedAt string `json:"created_at"`
	} `json:"comments"`
	IsDraft  bool `json:"is_draft"`
	Worklogs []struct {
		Minutes     int    `json:"minutes"`
		LoggedBy    string `json:"logged_by"`
		LoggedAt    string `json:"logged_at"`
		Description string `json:"description"`
	} `json:"worklogs"`
}

// planeHead are the columns by which a table is known as such an export.
var planeHead = hasAll("Project Identifier", "Identifier", "Sequence Id", "Name", "State Name")

// Plane reads the files that Plane and Sailplane export work items to: a table or JSON, as it is or in its zip.
func Plane(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	if !isZip(f) {
		r, err := text(f, m.Encoding)
		if err != nil {
			return err
		}
		return planePart(ctx, s.Name(), r, m, to)
	}
	found, err := unpack(f, func(name string) bool {
		ext := path.Ext(name)
		return ext == ".csv" || ext == ".json"
	}, func(name string, r io.Reader) error { return planePart(ctx, name, withoutMark(r), m, to) })
	if err == nil && found == 0 {
		err = refuse("%s has no .csv and no .json in it; workbooks are saved as CSV first", s.Name())
	}
	return err
}

func planePart(ctx context.Context, name string, r io.Reader, m *record.Map, to record.Sink) error {
	if path.Ext(name) == ".json" {
		return planeJSON(ctx, name, r, to)
	}
	return rowsOf(ctx, r, name, m, to, planeHead, func(t *table) error {
		row := map[string]json.RawMessage{}
		for _, column := range t.names {
			key := strings.ReplaceAll(strings.ToLower(column), " ", "_")
			cell := t.get(column)
			switch {
			case cell == "":
			case planeLists[key] || key == "sequence_id":
				row[key] = json.RawMessage(cell)
			case key == "is_draft":
				row[key] = json.RawMessage(strings.ToLower(cell))
			default:
				row[key], _ = json.Marshal(cell)
			}
		}
		doc, err := json.Marshal(row)
		if err != nil {
			to.Note(record.Note{At: t.where, Kind: record.Unread, Text: "a list in it is no JSON"})
			return nil
		}
		return planeItem(doc, t.where, to)
	})
}

var planeLists = map[string]bool{"assignees": true, "subscribers": true, "labels": true, "cycles": true,
	"modules": true, "links": true, "relations": true, "comments": true, "worklogs": true}

func planeJSON(ctx context.Context, name string, r io.Reader, to record.Sink) error {
	limit := &rowLimit{r: r}
	dec := json.NewDecoder(limit)
	if _, err := dec.Token(); err != nil {
		return refuse("%s is no JSON that can be read: %v", name, err)
	}
	for n := 1; dec.More(); n++ {
		limit.left = mostRow
		var doc json.RawMessage
		if err := dec.Decode(&doc); err != nil {
			return refuse("%s is no JSON that can be read, element %d: %v", name, n, err)
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := planeItem(doc, record.At{File: name, Row: n}, to); err != nil {
			return err
		}
	}
	return nil
}

func planeItem(doc []byte, at record.At, to record.Sink) error {
	var row planeRow
	if err := json.Unmarshal(doc, &row); err != nil {
		to.Note(record.Note{At: at, Kind: record.Unread, Text: "it is no row of an export: " + short(err.Error())})
		return nil
	}
	if row.IsDraft {
		to.Note(record.Note{At: at, Key: row.Identifier, Kind: record.Lost, Text: "a draft"})
		return nil
	}
	return to.Item(row.item(at))
}

// planeInverse is a kind of relation as the other side sees it.
var planeInverse = map[string]string{"blocked_by": "blocking", "blocking": "blocked_by", "start_before": "start_after",
	"start_after": "start_before", "finish_before": "finish_after", "finish_after": "finish_before"}

func (p *planeRow) item(at record.At) *record.Item {
	i := &record.Item{At: at, Key: p.Identifier, Number: p.SequenceID, Title: p.Name, Parent: p.Parent,
		Project: record.Project{Key: p.ProjectIdentifier, Name: p.ProjectName}, State: record.State{Name: p.StateName},
		Priority: p.Priority, Author: personOf(p.CreatedBy), Modules: p.Modules,
		Known: record.KnowsState | record.KnowsPriority | record.KnowsStart | record.KnowsTarget | record.KnowsAssignees |
			record.KnowsLabels | record.KnowsCycle | record.KnowsModules | record.KnowsArchived}
	d := when{dates{"ymd", time.UTC}, i}
	i.Created, i.Updated, i.Completed = d.at("created_at", p.CreatedAt), d.at("updated_at", p.UpdatedAt),
		d.at("completed_at", p.CompletedAt)
	i.Start, i.Target, i.Archived = d.on("start_date", p.StartDate), d.on("target_date", p.TargetDate),
		d.on("archived_at", p.ArchivedAt)
	for _, name := range p.Assignees {
		i.Assignees = append(i.Assignees, personOf(name))
	}
	for _, name := range p.Labels {
		i.Labels = append(i.Labels, record.Label{Name: name})
	}
	if len(p.Cycles) > 0 {
		i.Cycle.Name = p.Cycles[0]
	}
	for _, l := range p.Links {
		i.Links = append(i.Links, record.Link{URL: l.URL, Title: l.Title})
	}
	for _, r := range p.Relations {
		kind := r.Type
		if inverse := planeInverse[kind]; r.Direction == "incoming" && inverse != "" {
			kind = inverse
		}
		i.Relations = append(i.Relations, record.Relation{Kind: kind, Key: r.Issue})
	}
	for n, c := range p.Comments {
		i.Comments = append(i.Comments, record.Comment{Key: fmt.Sprintf("%s;%s;%d", c.CreatedAt, c.CreatedBy, n),
			Author: personOf(c.CreatedBy), At: d.at("comment", c.CreatedAt), Text: record.Text{Body: c.Comment}})
	}
	for _, w := range p.Worklogs {
		i.Work = append(i.Work, record.Work{Author: personOf(w.LoggedBy), At: d.at("worklog", w.LoggedAt),
			Minutes: w.Minutes, Text: w.Description})
	}
	if p.Estimate != "" {
		i.Lost = append(i.Lost, "its estimate "+strconv.Quote(p.Estimate))
	}
	return i
}
