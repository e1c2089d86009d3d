package schema_test

import (
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"

	"github.com/sailplane/sailplane/web/routes"
	"github.com/sailplane/sailplane/web/webtest"
)

func TestDescriptionIsValidAndComplete(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		a := s.Stranger().Must("GET", "/api/schema/", nil)
		doc, err := libopenapi.NewDocument(a.Raw)
		if err != nil {
			t.Fatal(err)
		}
		v, errs := validator.NewValidator(doc)
		if errs != nil {
			t.Fatal(errs)
		}
		if ok, faults := v.ValidateDocument(); !ok {
			for _, f := range faults {
				t.Errorf("%s: %s %v", f.Message, f.Reason, f.SchemaValidationErrors)
			}
		}
		paths, _ := a.At("paths").(map[string]any)
		for _, op := range routes.All("test") {
			methods, _ := paths[strings.ReplaceAll(op.Path, ":uuid}", "}")].(map[string]any)
			if methods[strings.ToLower(op.Method)] == nil {
				t.Errorf("%s %s is not described", op.Method, op.Path)
			}
			if op.Summary == "" {
				t.Errorf("%s %s has no summary", op.Method, op.Path)
			}
		}
	})
}

func TestDescriptionAsYAMLAndAsAPage(t *testing.T) {
	webtest.Each(t, func(t *testing.T, s *webtest.Server) {
		if a := s.Stranger().Must("GET", "/api/schema/?format=yaml", nil); !strings.Contains(string(a.Raw),
			"openapi: 3.1.0") {
			t.Errorf("not YAML: %.80s", a.Raw)
		}
		page := s.Stranger().Must("GET", "/api/schema/swagger-ui/", nil)
		if !strings.Contains(string(page.Raw), "swagger-ui-bundle.js") {
			t.Errorf("no viewer: %.200s", page.Raw)
		}
		if a := s.Stranger().Must("GET", "/api/schema/swagger-ui/swagger-ui-bundle.js", nil); len(a.Raw) < 100_000 {
			t.Errorf("the viewer's script has %d bytes", len(a.Raw))
		}
	})
}
