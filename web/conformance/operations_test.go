package conformance_test

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/web/routes"
)

// parameter is a part of a path that is not fixed: <uuid:id> in the reference, {id} here.
var parameter = regexp.MustCompile(`<[^<>]*>|\{[^{}]*\}`)

// TestOperations holds the reference's operations (testdata/operations, METHOD PATH a line) against the route tables.
// Those that are not served stand there with a reason after a #.
func TestOperations(t *testing.T) {
	served := map[string]bool{}
	for _, op := range routes.All("test") {
		served[op.Method+" "+parameter.ReplaceAllString(op.Path, "*")] = true
	}
	raw, err := os.ReadFile("testdata/operations")
	if err != nil {
		t.Fatal(err)
	}
	count := 0
	for line := range strings.Lines(string(raw)) {
		operation, reason, missing := strings.Cut(strings.TrimSpace(line), " # ")
		if operation == "" || operation[0] == '#' {
			continue
		}
		count++
		switch there := served[parameter.ReplaceAllString(operation, "*")]; {
		case !there && !missing:
			t.Errorf("%s is not served", operation)
		case there && missing:
			t.Errorf("%s is listed as missing (%s) and is served", operation, reason)
		}
	}
	if count == 0 {
		t.Error("no operations are listed")
	}
}
