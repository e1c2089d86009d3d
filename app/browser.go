package app

import "strings"

// browsers and systems are what user agents say of themselves, the one first that others pretend to be, too.
var (
	browsers = [][2]string{{"Edg", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrom", "Chrome"},
		{"Safari/", "Safari"}, {"curl/", "curl"}}
	systems = [][2]string{{"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Android", "Android"}, {"Windows", "Windows"},
		{"Mac OS X", "Mac"}, {"Linux", "Linux"}}
)

// Browser is what people call the browser that sends a user agent, and what it runs on; empty for what nobody knows.
func Browser(agent string) (name, system string) {
	return known(browsers, agent), known(systems, agent)
}

func known(all [][2]string, agent string) string {
	for _, one := range all {
		if strings.Contains(agent, one[0]) {
			return one[1]
		}
	}
	return ""
}
