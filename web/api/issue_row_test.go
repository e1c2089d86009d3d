package api

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
)

// What is written by hand is what encoding/json would write.
func TestRowIsEncodedAsJSON(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.Custom(func(t *rapid.T) string { return rapid.String().Draw(t, "text") })
		may := rapid.Ptr(text, true)
		r := issuelist.Row{IssueValues: rapid.Make[store.IssueValues]().Draw(t, "values"),
			ID: text.Draw(t, "id"), Name: text.Draw(t, "name"), EstimatePoint: may.Draw(t, "estimate"),
			ProjectID: text.Draw(t, "project"), StateID: may.Draw(t, "state"), ParentID: may.Draw(t, "parent"),
			CreatedBy: may.Draw(t, "maker"), UpdatedBy: may.Draw(t, "changer"),
			ArchivedAt: (*store.Date)(may.Draw(t, "archived")), CycleID: may.Draw(t, "cycle"),
			SequenceID: rapid.Int64().Draw(t, "number"), IsDraft: rapid.Bool().Draw(t, "draft"),
			Labels: rapid.SliceOfN(text, 0, 3).Draw(t, "labels"), Links: int64(rapid.IntRange(0, 3).Draw(t, "links"))}
		at := time.UnixMicro(rapid.Int64Range(0, 4e15).Draw(t, "at")).UTC()
		if err := r.CreatedAt.Scan(at.Format("2006-01-02 15:04:05.999999999-07:00")); err != nil {
			t.Fatal(err)
		}
		if err := r.UpdatedAt.Scan(at); err != nil {
			t.Fatal(err)
		}
		var links *int64
		if r.Links > 0 {
			links = &r.Links
		}
		layout := "2006-01-02T15:04:05.000000Z"
		if at.Nanosecond() == 0 {
			layout = "2006-01-02T15:04:05Z"
		}
		want, err := json.Marshal(IssueRow{IssueValues: r.IssueValues, ID: r.ID, Name: r.Name, ProjectID: r.ProjectID,
			StateID: r.StateID, ParentID: r.ParentID, CycleID: r.CycleID, EstimatePoint: r.EstimatePoint,
			CreatedBy: r.CreatedBy, UpdatedBy: r.UpdatedBy, ArchivedAt: r.ArchivedAt,
			SequenceID: r.SequenceID, IsDraft: r.IsDraft, LinkCount: links, CreatedAt: at.Format(layout),
			UpdatedAt: at.Format(layout),
			LabelIDs:  append([]string{}, r.Labels...), AssigneeIDs: []string{}, ModuleIDs: []string{}})
		if err != nil {
			t.Fatal(err)
		}
		got := append(rowForm{}.appendRow(nil, &r, nil), '}')
		if diff := cmp.Diff(decoded(t, want), decoded(t, got)); diff != "" {
			t.Fatal(diff)
		}
	})
}

func decoded(t *rapid.T, raw []byte) (v any) {
	if err := json.Unmarshal(raw, &v); err != nil {
		t.Fatalf("%s: %v", raw, err)
	}
	return v
}
