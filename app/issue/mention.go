package issue

import (
	"slices"

	"github.com/google/uuid"
	"github.com/sailplane/sailplane/app/richtext"
)

func userMentions(html string) []string {
	var ids []string
	for _, m := range richtext.Mentions(html) {
		if m.Name == "user_mention" && uuid.Validate(m.Identifier) == nil {
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
