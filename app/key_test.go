package app

import (
	"testing"

	"github.com/sailplane/sailplane/store"
)

// What keys have of scopes.
func TestHasScope(t *testing.T) {
	for _, tt := range []struct {
		has   store.Texts
		scope string
		want  bool
	}{
		{nil, "pages:write", true},
		{store.Texts{"pages:read"}, "pages:read", true},
		{store.Texts{"pages:read"}, "pages:write", false},
		{store.Texts{"pages:write"}, "pages:read", false},
		{store.Texts{"pages:*"}, "pages:write", true},
		{store.Texts{"pages:*"}, "page:write", false},
		{store.Texts{"*:read"}, "cycles:read", true},
		{store.Texts{"*:read"}, "cycles:write", false},
		{store.Texts{}, "cycles:read", false},
		{store.Texts{"pages:*"}, "", false},
		{store.Texts{"*:read"}, "", false},
	} {
		if got := HasScope(&store.APIToken{Scopes: tt.has}, tt.scope); got != tt.want {
			t.Errorf("%v for %q: %v", tt.has, tt.scope, got)
		}
	}
}

// What a request pays for what its key is bound to, and for being bound to nothing.
func BenchmarkKeys(b *testing.B) {
	ws := store.NewID()
	access := &Access{Workspace: Admin, Projects: map[string]Role{"a": Admin, "b": Admin, "c": Member}}
	for name, k := range map[string]store.APIToken{"unlimited": {},
		"scoped":  {Scopes: store.Texts{"cycles:*", "pages:*", "work_items:read"}},
		"project": {OnlyWorkspaceID: &ws, OnlyProjects: store.Texts{"a"}}} {
		c := &Call{Token: &k, Workspace: &store.Workspace{AuditFields: store.AuditFields{ID: ws}}, ProjectID: "a"}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if c.KeyAllows("work_items:read", false) != nil || c.ofKey(access, ws) == nil {
					b.Fatal("refused")
				}
			}
		})
	}
}
