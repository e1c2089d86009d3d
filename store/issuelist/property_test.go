package issuelist_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	gocmp "github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/store/issuelist"
	"github.com/sailplane/sailplane/store/storetest"
)

// propertied is a world whose work items have properties: a number, a text, several options, a person.
type propertied struct {
	*remembered
	number, text, option, person issuelist.Property
	options, types               []string
}

var (
	someTexts = []string{"a", "b", "é", "customer a", "customer b", "Customer", "x|y;z",
		strings.Repeat("long ", 12) + "tail", // those from here on, outlines do not know whole

		strings.Repeat("long ", 12) + "other", strings.Repeat("ö", 64), strings.Repeat("ö", 65)}
	someNumbers = []float64{0, 1, -1, 0.1, 0.1 + 0.2, 1e300, 1780444800, 12345678901234567}
)

func propertiesOf(t *testing.T, db *store.DB) *propertied {
	w := &propertied{remembered: remember(t, db)}
	err := db.Write(t.Context(), "", func(tx *store.Tx) error {
		add := func(kind, relation string, of issuelist.PropertyKind) issuelist.Property {
			p := &store.ItemProperty{Name: "p", PropertyType: kind, IsActive: true, WorkspaceID: w.f.Workspace.ID}
			if relation != "" {
				p.RelationType = &relation
			}
			if err := store.ItemProperties.Insert(tx, p); err != nil {
				t.Fatal(err)
			}
			return issuelist.Property{ID: p.ID, Kind: of}
		}
		w.number = add(store.PropertyDecimal, "", issuelist.Numbers)
		w.text = add(store.PropertyText, "", issuelist.Texts)
		w.option = add(store.PropertyOption, "", issuelist.Options)
		w.person = add(store.PropertyRelation, store.ToUser, issuelist.People)
		for _, name := range []string{"o1", "o2", "o3"} {
			o := &store.PropertyOptionRow{Name: name, PropertyID: w.option.ID, WorkspaceID: w.f.Workspace.ID}
			y := &store.IssueType{Name: name, WorkspaceID: w.f.Workspace.ID}
			if err := store.PropertyOptions.Insert(tx, o); err != nil {
				return err
			}
			if err := store.IssueTypes.Insert(tx, y); err != nil {
				return err
			}
			w.options, w.types = append(w.options, o.ID), append(w.types, y.ID)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// value gives a work item a value, or takes some away.
func (w *propertied) value(t *store.Tx, r *rand.Rand) error {
	issue := w.issues[r.IntN(len(w.issues))]
	v := &store.PropertyValue{IssueID: issue, WorkspaceID: w.f.Workspace.ID}
	if err := t.One("SELECT project_id FROM issues WHERE id = ?", []any{issue}, &v.ProjectID); err != nil {
		return err
	}
	switch r.IntN(7) {
	case 0:
		_, err := t.Exec("UPDATE issue_property_values SET deleted_at = ? WHERE issue_id = ?", t.Now, issue)
		return err
	case 1:
		_, err := t.Exec("UPDATE issues SET type_id = ? WHERE id = ?", w.types[r.IntN(len(w.types))], issue)
		return err
	case 2:
		v.PropertyID, v.Number = w.number.ID, &someNumbers[r.IntN(len(someNumbers))]
	case 3:
		v.PropertyID, v.Text = w.text.ID, &someTexts[r.IntN(len(someTexts))]
	case 4, 5:
		v.PropertyID, v.OptionID = w.option.ID, &w.options[r.IntN(len(w.options))]
	case 6:
		v.PropertyID, v.UserID = w.person.ID, &w.people[r.IntN(len(w.people))]
	}
	return store.PropertyValues.Insert(t, v)
}

func (w *propertied) changeValues(t *rapid.T) {
	r := rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 2))
	err := w.db.Write(t.Context(), "", func(tx *store.Tx) error {
		for range rapid.IntRange(0, 40).Draw(t, "changes") {
			if err := w.value(tx, r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *propertied) condition(t *rapid.T) issuelist.Filter {
	some := func(list []string) []string { return rapid.SliceOfN(rapid.SampledFrom(list), 1, 3).Draw(t, "values") }
	switch rapid.IntRange(0, 6).Draw(t, "condition") {
	case 0:
		end := func(name string) *float64 {
			if rapid.Bool().Draw(t, name+" is there") {
				return nil
			}
			return new(rapid.SampledFrom(someNumbers).Draw(t, name))
		}
		return issuelist.Valued{Property: w.number, Span: &issuelist.Span{From: end("from"), To: end("to"),
			After: rapid.Bool().Draw(t, "after"), Through: rapid.Bool().Draw(t, "through")}}
	case 1:
		return issuelist.Valued{Property: w.text, Values: some(someTexts[:6])}
	case 2:
		return issuelist.Valued{Property: w.option, Values: some(w.options)}
	case 3:
		return issuelist.Valued{Property: w.person, Values: some(w.people)}
	case 4:
		return issuelist.Not{Filter: issuelist.Valued{Property: rapid.SampledFrom([]issuelist.Property{w.number, w.text,
			w.option, w.person}).Draw(t, "property")}}
	case 5:
		return issuelist.Any{w.condition(t), issuelist.In{Field: issuelist.Type, Values: some(w.types)}}
	}
	return issuelist.All{w.condition(t), w.filter(t, 1)}
}

// What lists ask of properties, outlines answer as the database does: conditions, orders and groups.
func TestPropertiesAreRecalled(t *testing.T) {
	storetest.Each(t, func(t *testing.T, db *store.DB) {
		w := propertiesOf(t, db)
		rapid.Check(t, func(rt *rapid.T) {
			w.changeValues(rt)
			tx := db.Read(t.Context())
			q := issuelist.Query{
				States: w.states,
				Scope:  issuelist.Scope{Workspace: w.f.Workspace.ID, Projects: w.projects},
			}
			for range rapid.IntRange(0, 2).Draw(rt, "filters") {
				q.Filters = append(q.Filters, w.condition(rt))
			}
			q.Order, _ = issuelist.ByProperty(
				rapid.SampledFrom([]issuelist.Property{w.number, w.text, w.option}).Draw(rt, "order"),
				w.options,
				rapid.Bool().Draw(rt, "desc"),
			)
			offset, limit := rapid.IntRange(0, 20).Draw(rt, "offset"), rapid.IntRange(1, 100).Draw(rt, "limit")
			ids, total, found, err := q.FromIndex(tx, offset, limit)
			if err != nil || !found {
				rt.Fatalf("recalled: %v, %v", found, err)
			}
			wanted, count, err := q.FindStored(tx, offset, limit)
			if err != nil {
				rt.Fatal(err)
			}
			if diff := gocmp.Diff(wanted, append([]string{}, ids...)); diff != "" || total != count {
				rt.Fatalf("%d in all, want %d: %s", total, count, diff)
			}
			groups := []issuelist.GroupField{
				issuelist.GroupByProperty("o", w.option),
				issuelist.GroupByProperty("p", w.person),
				issuelist.GroupByProperty("n", w.number),
				issuelist.ByType,
			}
			n := rapid.IntRange(0, len(groups)-1).Draw(rt, "group")
			stored, recalled, found, err := q.Tallies(tx, []issuelist.GroupField{groups[n], groups[(n+1)%len(groups)]})
			if err != nil || !found {
				rt.Fatalf("counted: %v, %v", found, err)
			}
			if diff := gocmp.Diff(stored, recalled); diff != "" {
				rt.Fatalf("counted by the database (-) and over outlines (+):\n%s", diff)
			}
		})
	})
}
