package api_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/xuri/excelize/v2"

	"github.com/sailplane/sailplane/web/webtest"
)

// What work items have of properties is in exports in words, in every format.
func TestExportsOfProperties(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		g := newTeam(t, s)
		key, v1 := g.ann.WithKey(), strings.Replace(g.at, "/api/", "/api/v1/", 1)
		ids := map[string]string{}
		options := map[string]string{}
		for _, p := range []map[string]any{
			{"display_name": "Severity", "property_type": "OPTION", "options": named("Minor", "Major")},
			{"display_name": "On", "property_type": "OPTION", "is_multi": true, "options": named("web", "iOS")},
			{"display_name": "Cost", "property_type": "DECIMAL"}, {"display_name": "Paid", "property_type": "BOOLEAN"},
			{"display_name": "name", "property_type": "TEXT"}, {"display_name": "=1+1", "property_type": "DATETIME"},
			{"display_name": "Owner", "property_type": "RELATION", "relation_type": "USER"},
			{"display_name": "After", "property_type": "RELATION", "relation_type": "ISSUE"},
		} {
			made := key.Must("POST", v1+"work-item-properties/", p)
			ids[p["display_name"].(string)] = made.ID()
			for _, o := range made.At("options").([]any) {
				options[o.(map[string]any)["name"].(string)] = o.(map[string]any)["id"].(string)
			}
		}
		bare := g.item(map[string]any{"name": "bare"})
		full := key.Must("POST", v1+"work-items/", map[string]any{"name": "full", "properties": map[string]any{
			ids["Severity"]: options["Major"], ids["On"]: []string{options["web"], options["iOS"]}, ids["Cost"]: 1200000.5,
			ids["Paid"]: true, ids["name"]: "words", ids["=1+1"]: "2026-05-31", ids["Owner"]: g.ann.User.ID,
			ids["After"]: bare}}).ID()
		project := strings.Split(g.at, "/")[5]
		read := func(provider string) []byte {
			return only(t, files(t, s, g.ann, map[string]any{"provider": provider, "project": []string{project}}))
		}
		number := key.Must("GET", v1+"work-items/"+bare+"/", nil).At("sequence_id").(float64)
		rows, err := csv.NewReader(bytes.NewReader(read("csv"))).ReadAll()
		if err != nil || len(rows) != 3 {
			t.Fatalf("csv: %v, %v", rows, err)
		}
		first := len(rows[0]) - 8
		head := []string{"Severity", "On", "Cost", "Paid", "name (property)", "'=1+1", "Owner", "After"}
		after := rows[1][len(rows[1])-1]
		want := []string{"Major", rows[1][first+1], "1200000.5", "True", "words", "2026-05-31", rows[1][first+6], after}
		if d := cmp.Diff([][]string{head, want}, [][]string{rows[0][first:], rows[1][first:]}); d != "" {
			t.Errorf("csv (-want +got):\n%s", d)
		}
		if on := rows[1][first+1]; !strings.Contains(on, "web") || !strings.Contains(on, "iOS") || rows[1][first+6] == "" ||
			!strings.HasSuffix(after, "-"+strings.TrimSuffix(jsonOf(number), ".0")) || strings.Join(rows[2][first:], "") != "[]" {
			t.Errorf("csv: %v", rows)
		}
		var docs []map[string]any
		if err := json.Unmarshal(read("json"), &docs); err != nil || len(docs) != 2 {
			t.Fatalf("json: %v, %v", docs, err)
		}
		got := docs[0]["properties"].(map[string]any)
		if got["Severity"] != "Major" || got["Cost"] != 1200000.5 || got["Paid"] != true || got["After"] != after ||
			len(got["On"].([]any)) != 2 || docs[1]["properties"].(map[string]any)["Severity"] != nil {
			t.Errorf("json: %v", docs)
		}
		book, err := excelize.OpenReader(bytes.NewReader(read("xlsx")))
		if err != nil {
			t.Fatal(err)
		}
		sheet, err := book.GetRows(book.GetSheetList()[0])
		if err != nil || len(sheet) != 3 || sheet[0][first] != "Severity" || sheet[1][first] != "Major" ||
			sheet[1][first+2] != "1200000.5" {
			t.Errorf("xlsx: %v, %v", sheet, err)
		}
		key.Must("PATCH", v1+"work-item-properties/"+ids["Cost"]+"/", map[string]any{"is_active": false})
		key.Must("DELETE", v1+"work-items/"+full+"/", nil)
		if text := string(read("csv")); strings.Contains(text, "Cost") || !strings.Contains(text, "Severity") {
			t.Errorf("what is switched off: %s", text)
		}
	})
}

// named are options of those names.
func named(names ...string) (options []map[string]any) {
	for _, name := range names {
		options = append(options, map[string]any{"name": name})
	}
	return options
}

func jsonOf(v any) string {
	doc, _ := json.Marshal(v)
	return string(doc)
}
