package richtext

import "strings"

// The lists are those of Plane: utils/content_validator.py, on top of what nh3 0.2.18 allows by itself.
var (
	allowedTags = set(`a abbr acronym area article aside b bdi bdo blockquote br caption center cite code col colgroup
		data dd del details dfn div dl dt em figcaption figure footer h1 h2 h3 h4 h5 h6 header hgroup hr i img ins kbd li
		map mark nav ol p pre q rp rt rtc ruby s samp small span strike strong sub summary sup table tbody td th thead time
		tr tt u ul var wbr mention-component label input image-component`)

	globalAttrs = set(`class id title role aria-label aria-hidden style start type xmlns data-tight data-node-type data-type
		data-checked data-background-color data-text-color data-name data-id data-icon-name data-icon-color data-background
		data-emoji-unicode data-emoji-url data-logo-in-use data-block-type`)

	tagAttrs = map[string]map[string]bool{
		"a":                 set("href target"),
		"image-component":   set("width height aspectratio src alignment status"),
		"img":               set("width height aspectratio alignment src alt"),
		"mention-component": set("entity_identifier entity_name"),
		"th":                set("colspan rowspan colwidth background"),
		"td":                set("colspan rowspan colwidth background textcolor"),
		"tr":                set("background textcolor"),
		"pre":               set("language"),
		"code":              set("language spellcheck"),
		"input":             set("checked"),
	}

	schemes = set("http https mailto tel")

	// voidTags are written without an end tag.
	voidTags = set("area br col hr img input wbr")
)

func set(words string) map[string]bool {
	m := map[string]bool{}
	for w := range strings.FieldsSeq(words) {
		m[w] = true
	}
	return m
}
