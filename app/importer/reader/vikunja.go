package reader

import (
	"context"
	"encoding/json"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/sailplane/sailplane/app/importer/record"
)

type vikunjaPerson struct{ Username, Name, Email string }

func (p *vikunjaPerson) person() record.Person {
	if p == nil {
		return record.Person{}
	}
	return record.Person{Key: p.Username, Name: cmpOr(p.Name, p.Username), Email: p.Email}
}

// vikunjaProject is a project of Vikunja's data.json.
type vikunjaProject struct {
	ID         int64
	Title      string
	Identifier string
	Tasks      []vikunjaTask
	Buckets    []struct {
		ID    int64
		Title string
	}
}

type vikunjaTask struct {
	ID                 int64
	Title, Description string
	Done               bool
	DoneAt             time.Time `json:"done_at"`
	DueDate            time.Time `json:"due_date"`
	StartDate          time.Time `json:"start_date"`
	Created, Updated   time.Time
	Priority           int
	Index              int
	BucketID           int64 `json:"bucket_id"`
	RepeatAfter        int64 `json:"repeat_after"`
	Labels             []struct {
		Title    string
		HexColor string `json:"hex_color"`
	}
	Assignees []vikunjaPerson
	CreatedBy *vikunjaPerson `json:"created_by"`
	Comments  []struct {
		ID      int64
		Comment string
		Author  *vikunjaPerson
		Created time.Time
	}
	Attachments  []json.RawMessage
	RelatedTasks map[string][]struct{ ID int64 } `json:"related_tasks"`
}

// Vikunja reads the export of a person's data: a zip with data.json, or that file alone.
func Vikunja(ctx context.Context, s record.Source, m *record.Map, to record.Sink) error {
	f, err := s.Open()
	if err != nil {
		return err
	}
	defer f.Close()
	var projects []vikunjaProject
	if !isZip(f) {
		if err := whole(s, m, &projects); err != nil {
			return err
		}
		return vikunja(ctx, s.Name(), projects, to)
	}
	found, err := unpack(f, func(name string) bool { return name == "/data.json" }, func(_ string, r io.Reader) error {
		if err := json.NewDecoder(io.LimitReader(r, mostBoard)).Decode(&projects); err != nil {
			return refuse("data.json in it can't be read: %v", err)
		}
		return nil
	})
	if err == nil && found == 0 {
		err = refuse("%s has no data.json: it is no export of Vikunja", s.Name())
	}
	if err != nil {
		return err
	}
	return vikunja(ctx, s.Name(), projects, to)
}

func vikunja(ctx context.Context, name string, projects []vikunjaProject, to record.Sink) error {
	n := 0
	for _, p := range projects {
		buckets := map[int64]string{}
		for _, b := range p.Buckets {
			buckets[b.ID] = b.Title
		}
		for t := range p.Tasks {
			n++
			if err := ctx.Err(); err != nil {
				return err
			}
			i := p.Tasks[t].item(record.At{File: name, Row: n}, buckets)
			i.Project = record.Project{Key: cmpOr(p.Identifier, p.Title), Name: p.Title}
			if i.Project.Key == "" {
				i.Project.Key = "Project " + strconv.FormatInt(p.ID, 10)
			}
			if err := to.Item(i); err != nil {
				return err
			}
		}
	}
	return nil
}

func dayIn(at time.Time) string {
	if !sane(at) {
		return ""
	}
	return at.Format(time.DateOnly)
}

// vikunjaPriority: 0 is unset, 5 is "do now".
var vikunjaPriority = []string{"none", "low", "medium", "high", "urgent", "urgent"}

var vikunjaKinds = map[string]string{"blocking": "blocking", "blocked": "blocked_by", "related": "relates_to",
	"duplicateof": "duplicate", "duplicates": "duplicate", "precedes": "start_before", "follows": "start_after"}

func (t *vikunjaTask) item(at record.At, buckets map[int64]string) *record.Item {
	i := &record.Item{At: at, Key: strconv.FormatInt(t.ID, 10), Number: t.Index, Title: t.Title,
		Text: record.Text{Body: t.Description, Form: record.HTML}, Author: t.CreatedBy.person(),
		State: record.State{Name: buckets[t.BucketID]}, Start: dayIn(t.StartDate), Target: dayIn(t.DueDate),
		Known: record.KnowsText | record.KnowsState | record.KnowsPriority | record.KnowsStart | record.KnowsTarget |
			record.KnowsAssignees | record.KnowsLabels}
	if sane(t.Created) {
		i.Created = t.Created
	}
	if sane(t.Updated) {
		i.Updated = t.Updated
	}
	if t.Done {
		i.State = record.State{Group: "completed"}
		if sane(t.DoneAt) {
			i.Completed = t.DoneAt
		}
	}
	if t.Priority >= 0 && t.Priority < len(vikunjaPriority) {
		i.Priority = vikunjaPriority[t.Priority]
	}
	for _, l := range t.Labels {
		i.Labels = append(i.Labels, record.Label{Name: l.Title, Color: "#" + strings.TrimPrefix(l.HexColor, "#")})
	}
	for n := range t.Assignees {
		i.Assignees = append(i.Assignees, t.Assignees[n].person())
	}
	for _, c := range t.Comments {
		i.Comments = append(i.Comments, record.Comment{Key: strconv.FormatInt(c.ID, 10), Author: c.Author.person(),
			At: c.Created, Text: record.Text{Body: c.Comment, Form: record.HTML}})
	}
	for kind, others := range t.RelatedTasks {
		for _, o := range others {
			key := strconv.FormatInt(o.ID, 10)
			if kind == "parenttask" {
				i.Parent = key
			} else if as := vikunjaKinds[kind]; as != "" {
				i.Relations = append(i.Relations, record.Relation{Kind: as, Key: key})
			}
		}
	}
	sortRelations(i)
	if n := len(t.Attachments); n > 0 {
		i.Lost = append(i.Lost, strconv.Itoa(n)+" files")
	}
	if t.RepeatAfter > 0 {
		i.Lost = append(i.Lost, "it recurs")
	}
	return i
}
