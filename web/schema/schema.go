// Package schema serves the description of the API, and a page to read it.
package schema

import (
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	"github.com/swaggest/swgui/v5/static"
	"github.com/vearutop/statigz"
	"go.yaml.in/yaml/v3"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/web"
)

const (
	path   = "/api/schema/"
	viewer = path + "swagger-ui/"
)

// Ops describe the given operations and themselves. The document is made, in either form, when it is first
// asked for.
func Ops(described []web.Op, version string) []web.Op {
	var ops []web.Op
	document := sync.OnceValues(func() ([]byte,
		error) {
		return json.Marshal(web.Document(append(described, ops...), version))
	})
	inYAML := sync.OnceValues(func() ([]byte, error) {
		doc, err := document()
		if err != nil {
			return nil, err
		}
		var v any
		if err := json.Unmarshal(doc, &v); err != nil {
			return nil, err
		}
		return yaml.Marshal(v)
	})
	// Swagger UI, embedded: nothing is loaded from elsewhere. The page itself is ours: the module's is a template, and to
	// execute one makes the binary 7 MB larger.
	parts := http.StripPrefix(viewer, statigz.FileServer(static.FS))
	show := func(*app.Call, web.Nothing) (web.Reply, error) {
		return web.Reply{Stream: func(w http.ResponseWriter, r *http.Request) error {
			w.Header().Set("Content-Security-Policy",
				"default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; img-src 'self' data:")
			if r.URL.Path == viewer {
				w.Header().Set("Content-Type", "text/html; charset=utf-8")
				_, err := w.Write(embed.APIPage)
				return err
			}
			p := &part{ResponseWriter: w}
			parts.ServeHTTP(p, r)
			if p.missing {
				return app.ErrNoPage
			}
			return nil
		}}, nil
	}
	ops = []web.Op{
		web.Do("GET", path, web.Public(), 200, "Describe the API (format=json or yaml)", func(c *app.Call, in struct {
			Format string `query:"format" type:"json|yaml"`
		}) (web.Reply, error) {
			if strings.EqualFold(in.Format, "yaml") {
				doc, err := inYAML()
				return write(doc, "application/yaml"), err
			}
			doc, err := document()
			return write(doc, "application/json"), err
		}).Sends("application/json", "application/yaml"),
		web.Do("GET", viewer, web.Public(), 200, "Read the description of the API", show).Sends("text/html"),
		web.Do("GET", viewer+"{asset}", web.Public(), 200, "Parts of that page", show).Sends("*/*"),
	}
	return ops
}

// part is a part of the page; what is not there is refused in the API's words.
type part struct {
	http.ResponseWriter
	missing bool
}

// WriteHeader notes what is not there.
func (p *part) WriteHeader(status int) {
	if p.missing = status == http.StatusNotFound; !p.missing {
		p.ResponseWriter.WriteHeader(status)
	}
}

// Write sends a part of what is there.
func (p *part) Write(b []byte) (int, error) {
	if p.missing {
		return len(b), nil
	}
	return p.ResponseWriter.Write(b)
}

func write(doc []byte, kind string) web.Reply {
	return web.Reply{Stream: func(w http.ResponseWriter, _ *http.Request) error {
		w.Header().Set("Content-Type", kind)
		_, err := w.Write(doc)
		return err
	}}
}
