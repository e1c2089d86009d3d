package service

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"

	"github.com/sailplane/sailplane/app"
)

const unsplash = "https://api.unsplash.com"

// Pictures returns what Unsplash offers, as it comes: a list, or with a query an object. Without a key there is
// nothing.
func Pictures(c *app.Call, query, page, size string) (json.RawMessage, error) {
	s, err := c.Settings(c)
	if err != nil {
		return nil, err
	}
	key := s["UNSPLASH_ACCESS_KEY"]
	if key == "" {
		return json.RawMessage("[]"), nil
	}
	path, params := "/photos/", url.Values{"page": {page}, "per_page": {size}}
	if query != "" {
		path = "/search/photos/"
		params.Set("query", query)
	}
	r, err := http.NewRequest(http.MethodGet, unsplash+path+"?"+params.Encode(), nil)
	if err != nil {
		return nil, fmt.Errorf("look for pictures: %w", err)
	}
	r.Header.Set("Authorization", "Client-ID "+key)
	var answer json.RawMessage
	if err := exchange(c, r, &answer); err != nil {
		return nil, &app.Error{Kind: app.Unreachable, Text: "Unsplash did not answer.", Cause: err}
	}
	return answer, nil
}
