package main

import (
	"bytes"
	"os"
	"strings"
	"testing"
)

// README says what there is: its table is what routes --compare prints. All that the open edition has is here.
func TestComparisonInREADME(t *testing.T) {
	list := compareRoutes()
	if list[0].Subject != openEdition || list[0].Here != list[0].Open || list[0].Open < 100 {
		t.Errorf("of the open edition: %+v", list[0])
	}
	var table bytes.Buffer
	if err := writeComparison(&table, list); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(readme), table.String()) {
		t.Errorf("README has another table than\n%s", table.String())
	}
}
