package webhook

import (
	"reflect"
	"strings"
	"testing"

	"github.com/sailplane/sailplane/store"
)

// Webhooks are told of every column of a work item.
func TestWebhooksAreToldOfEveryColumn(t *testing.T) {
	told := issueFields(&store.Issue{}, nil, nil, nil)
	for _, f := range reflect.VisibleFields(reflect.TypeFor[store.Issue]()) {
		column := f.Tag.Get("db")
		if column == "" {
			continue
		}
		_, whole := told[column]
		if _, short := told[strings.TrimSuffix(column, "_id")]; !whole && !short {
			t.Errorf("nobody is told of %s", column)
		}
	}
}
