package app_test

import (
	"testing"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/apptest"
	"github.com/sailplane/sailplane/store/storetest"
)

// BenchmarkLogAPI is what the log of requests by key costs a request.
func BenchmarkLogAPI(b *testing.B) {
	a := apptest.New(b, storetest.SQLite(b))
	for b.Loop() {
		a.LogAPI(&app.APIRequest{Token: "t", User: "u", Method: "GET", Path: "/api/v1/workspaces/ws/projects/", Query: "per_page=100&cursor=100:0:0",
			Status: 200, IP: "10.0.0.1", UserAgent: "curl/8"})
	}
}
