package v1_test

import (
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/webtest"
)

// What comes with a new property as its options is held to what one that is added later is.
func TestOptionsOfNewPropertiesAreChecked(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		p := newPlace(s, "options")
		at := p.base + "work-item-properties/"
		its := at + p.property(map[string]any{"display_name": "Old", "property_type": "OPTION",
			"options": []any{map[string]any{"name": "first", "external_id": "1", "external_source": "x"}}}) + "/options/"
		for _, tt := range []struct {
			option string
			status int
		}{
			{`{"name":"   "}`, 400}, {`{}`, 400}, {`{"name":["a"]}`, 400}, {`null`, 400}, {`"a"`, 400},
			{`{"name":"a","external_id":"` + strings.Repeat("e", 256) + `"}`, 400},
			{`{"name":"a","sort_order":"first"}`, 400}, {`{"name":"a","parent":"x"}`, 400},
			{`{"name":"a","logo_props":{"icon":{"value":"javascript:alert(1)","url":"javascript:alert(1)"}}}`, 400},
			{`{"name":"a","external_id":"1","external_source":"x"}`, 409},
		} {
			news := `{"display_name":"New","property_type":"OPTION","options":[` +
				`{"name":"first","external_id":"1","external_source":"x"},` + tt.option + `]}`
			walk(t, []step{{p.key, "POST", its, tt.option, tt.status, ""}, {p.key, "POST", at, news, tt.status, ""}})
		}
		walk(t, []step{{p.key, "POST", at, `{"display_name":"New","property_type":"OPTION","options":[{"name":"a"},{}]}`, 400,
			`{"options":[{},{"name":["This field is required."]}]}`}})
	})
}
