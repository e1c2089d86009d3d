package api

import (
	"bytes"
	"encoding/json"
	"math"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// IssueRow is a work item in a list. Lists differ in a few keys: see rowForm.
type IssueRow struct {
	store.IssueValues
	ID              string      `json:"id"`
	Name            string      `json:"name"`
	StateID         *string     `json:"state_id"`
	CompletedAt     *string     `json:"completed_at"`
	EstimatePoint   *string     `json:"estimate_point"`
	SequenceID      int64       `json:"sequence_id"`
	ProjectID       string      `json:"project_id"`
	ParentID        *string     `json:"parent_id"`
	CycleID         *string     `json:"cycle_id"`
	CreatedAt       string      `json:"created_at"`
	UpdatedAt       string      `json:"updated_at"`
	CreatedBy       *string     `json:"created_by"`
	UpdatedBy       *string     `json:"updated_by"`
	IsDraft         bool        `json:"is_draft"`
	ArchivedAt      *store.Date `json:"archived_at"`
	SubIssuesCount  *int64      `json:"sub_issues_count"`
	AttachmentCount *int64      `json:"attachment_count"`
	LinkCount       *int64      `json:"link_count"`
	LabelIDs        []string    `json:"label_ids"`
	AssigneeIDs     []string    `json:"assignee_ids"`
	ModuleIDs       []string    `json:"module_ids"`
}

// rowForm says what a list shows besides.
type rowForm struct {
	zeros       bool           // counts are 0 instead of null
	group       string         // the key of the state's group; empty: not shown
	deleted     bool           // deleted_at is shown
	description bool           // description_html is shown
	zone        *time.Location // of created_at and updated_at
	zoned       bool           // completed_at is in that zone too
}

// appendRow writes a row without its closing brace, so that more keys may follow.
func (f rowForm) appendRow(b []byte, r *issuelist.Row, states issuelist.States) []byte {
	b = appendText(append(b, `{"id":`...), r.ID)
	b = appendText(append(b, `,"name":`...), r.Name)
	b = appendNull(append(b, `,"state_id":`...), r.StateID)
	b = appendFloat(append(b, `,"sort_order":`...), r.SortOrder)
	b = f.appendTime(append(b, `,"completed_at":`...), r.CompletedAt, f.zoned)
	b = appendNull(append(b, `,"estimate_point":`...), r.EstimatePoint)
	b = appendText(append(b, `,"priority":`...), r.Priority)
	b = appendNull(append(b, `,"start_date":`...), (*string)(r.StartDate))
	b = appendNull(append(b, `,"target_date":`...), (*string)(r.TargetDate))
	b = strconv.AppendInt(append(b, `,"sequence_id":`...), r.SequenceID, 10)
	b = appendText(append(b, `,"project_id":`...), r.ProjectID)
	b = appendNull(append(b, `,"parent_id":`...), r.ParentID)
	b = appendNull(append(b, `,"cycle_id":`...), r.CycleID)
	b = f.appendTime(append(b, `,"created_at":`...), r.CreatedAt, true)
	b = f.appendTime(append(b, `,"updated_at":`...), r.UpdatedAt, true)
	b = appendNull(append(b, `,"created_by":`...), r.CreatedBy)
	b = appendNull(append(b, `,"updated_by":`...), r.UpdatedBy)
	b = strconv.AppendBool(append(b, `,"is_draft":`...), r.IsDraft)
	b = appendNull(append(b, `,"archived_at":`...), (*string)(r.ArchivedAt))
	b = f.appendCount(append(b, `,"sub_issues_count":`...), r.SubIssues)
	b = f.appendCount(append(b, `,"attachment_count":`...), r.Attachments)
	b = f.appendCount(append(b, `,"link_count":`...), r.Links)
	b = appendTexts(append(b, `,"label_ids":`...), r.Labels)
	b = appendTexts(append(b, `,"assignee_ids":`...), r.Assignees)
	b = appendTexts(append(b, `,"module_ids":`...), r.Modules)
	if f.group != "" {
		b = append(append(append(b, `,"`...), f.group...), `":`...)
		if r.StateID == nil {
			b = append(b, "null"...)
		} else {
			b = appendText(b, states.Group(*r.StateID))
		}
	}
	if f.deleted {
		b = append(b, `,"deleted_at":null`...)
	}
	if f.description {
		b = appendText(append(b, `,"description_html":`...), r.DescriptionHTML)
	}
	return b
}

func (f rowForm) appendCount(b []byte, n int64) []byte {
	if n == 0 && !f.zeros {
		return append(b, "null"...)
	}
	return strconv.AppendInt(b, n, 10)
}

func (f rowForm) appendTime(b []byte, t issuelist.Time, zoned bool) []byte {
	if t.IsZero() {
		return append(b, "null"...)
	}
	b = append(b, '"')
	if zoned && f.zone != nil && f.zone != time.UTC {
		b = append(b, app.Time(t.Time(), f.zone)...)
	} else {
		b = t.AppendUTC(b)
	}
	return append(b, '"')
}

func appendNull(b []byte, s *string) []byte {
	if s == nil {
		return append(b, "null"...)
	}
	return appendText(b, *s)
}

func appendTexts(b []byte, list []string) []byte {
	b = append(b, '[')
	for n, s := range list {
		if n > 0 {
			b = append(b, ',')
		}
		b = appendText(b, s)
	}
	return append(b, ']')
}

// appendText writes a JSON string; what needs escapes is left to encoding/json.
func appendText(b []byte, s string) []byte {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c >= utf8.RuneSelf {
			return appendAny(b, s)
		}
	}
	b = append(b, '"')
	b = append(b, s...)
	return append(b, '"')
}

// appendFloat writes whole numbers itself, as all but a few are.
func appendFloat(b []byte, f float64) []byte {
	if f == math.Trunc(f) && math.Abs(f) < 1e15 {
		return strconv.AppendInt(b, int64(f), 10)
	}
	return appendAny(b, f)
}

// appendAny writes <, > and & as they are, as appendText and writeJSON do.
func appendAny(b []byte, v any) []byte {
	buf := bytes.NewBuffer(b)
	enc := json.NewEncoder(buf)
	enc.SetEscapeHTML(false)
	enc.Encode(v) //nolint:errcheck // texts, numbers and wire structs always encode
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
