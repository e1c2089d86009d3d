package v1_test

import (
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// A project that takes over a type called as one of its own has both, and may change either but for such a name; a type
// has a property once, however often it is given.
func TestTypesOfOneName(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "same")
		at := p.base + "work-item-types/"
		bug := map[string]any{"name": "Bug"}
		own, shared := p.key.Must("POST", at, bug).ID(), p.key.Must("POST", p.workspace+"work-item-types/", bug).ID()
		p.key.Must("POST", p.base+"import-work-item-types/", map[string]any{"work_item_types": []string{shared}})
		first := p.property(map[string]any{"display_name": "1", "property_type": "URL"})
		second := p.property(map[string]any{"display_name": "2", "property_type": "URL"})
		walk(t, []step{
			{p.key, "PATCH", at + own + "/", map[string]any{"description": "d"}, 200, `"description":"d"`},
			{p.key, "PATCH", at + own + "/", bug, 409, shared},
			{p.key, "POST", at + own + "/properties/", map[string]any{"properties": []string{first}}, 200, first},
			{p.key, "POST", at + own + "/properties/", map[string]any{"properties": []string{second, first, second}}, 200, ""},
			{p.key, "POST", at + own + "/properties/", map[string]any{"properties": []string{}}, 200, ""},
		})
		if listed := p.key.Must("GET", at+own+"/work-item-properties/", nil).JSON().([]any); len(listed) != 2 {
			t.Errorf("the type has %d properties, want 2", len(listed))
		}
	})
}
