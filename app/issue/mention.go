package issue

import (
	"slices"

	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

func userMentions(html string) []string {
	var ids []string
	for _, m := range richtext.Mentions(html) {
		if m.Name == "user_mention" && store.IsID(m.Identifier) {
			ids = append(ids, m.Identifier)
		}
	}
	return ids
}

func distinct(lists ...[]string) []string {
	var ids []string
	for _, list := range lists {
		for _, id := range list {
			if id != "" && !slices.Contains(ids, id) {
				ids = append(ids, id)
			}
		}
	}
	return ids
}
