package room

import (
	"encoding/base64"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/document"
	"github.com/sailplane/sailplane/app/ydoc"
	"github.com/sailplane/sailplane/store"
)

// Converted is a text in the forms that editors keep.
type Converted struct {
	JSON   store.JSON `json:"description_json"`
	Binary string     `json:"description_binary"` // in base64
}

// Convert makes them of HTML, as one of the two editors would.
func Convert(_ *app.Call, html, variant string) (*Converted, error) {
	text, err := document.Variant(variant).FromHTML(html)
	if err != nil {
		return nil, app.Field("description_html", err.Error())
	}
	doc := ydoc.New()
	if _, err := doc.Replace(document.Body, text.Yjs(), client()); err != nil {
		return nil, app.Field("description_html", err.Error())
	}
	all, err := doc.Diff(nil)
	if err != nil {
		return nil, err
	}
	raw, err := asJSON(text)
	return &Converted{JSON: raw, Binary: base64.StdEncoding.EncodeToString(all)}, err
}
