package mail

import (
	"sync"

	"github.com/sailplane/sailplane/embed"
)

// Words are the texts of letters that are no files of their own, by their keys.
var Words = sync.OnceValue(func() embed.Texts { return embed.ReadTexts(embed.Mail, "mail/words.txt") })

// Say is one of Words; %s and %d in it are filled in.
func Say(key string, values ...any) string { return Words().Say(key, values...) }
