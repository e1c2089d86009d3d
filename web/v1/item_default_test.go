package v1_test

import (
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/sailplane/sailplane/web/webtest"
)

// Defaults are what values are: harmless, no more than a work item can have, and one where a property has one.
func TestDefaultsOfPropertiesFit(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "defaults")
		at := p.base + "work-item-properties/"
		var many []string
		for n := range 101 {
			many = append(many, fmt.Sprint("t", n))
		}
		text := map[string]any{"display_name": "T", "property_type": "TEXT", "is_multi": true}
		texts := p.property(text)
		text["default_value"] = many
		options := p.key.Must("POST", at, map[string]any{"display_name": "O", "property_type": "OPTION", "is_multi": true,
			"options": []any{map[string]any{"name": "a", "is_default": true}, map[string]any{"name": "b", "is_default": true}}})
		first := options.At("options").([]any)[0].(map[string]any)["id"].(string)
		single := func(defaults ...string) map[string]any {
			body := map[string]any{"is_multi": false}
			if defaults != nil {
				body["default_value"] = defaults
			}
			return body
		}
		walk(t, []step{
			{p.key, "POST", at, text, 400, `{"default_value":["Ensure this field has no more than 100 elements."]}`},
			{p.key, "PATCH", at + texts + "/", map[string]any{"default_value": many[:2]}, 200, `"default_value":["t0",`},
			{p.key, "PATCH", at + texts + "/", single(), 400, `"is_multi"`},
			{p.key, "PATCH", at + texts + "/", single("t1"), 200, `"default_value":["t1"]`},
			{p.key, "PATCH", at + options.ID() + "/", single(), 400, `"is_multi"`},
			{p.key, "PATCH", at + options.ID() + "/", single(first), 200, `"default_value":["` + first + `"]`},
			{p.key, "POST", at, `{"display_name":"V","property_type":"URL","validation_rules":[1]}`, 400, `"validation_rules"`},
		})
		rich := p.key.Must("POST", at, `{"display_name":"R","property_type":"RELATION","relation_type":"RICH_TEXT",`+
			`"default_value":["<p>x</p><script>alert(1)</script>"]}`)
		if d := cmp.Diff([]any{"<p>x</p>"}, rich.At("default_value")); d != "" {
			t.Errorf("default of a rich text (-want +got):\n%s", d)
		}
	})
}
