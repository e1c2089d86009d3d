package issue

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/pocketbase/dbx"
	"golang.org/x/net/html"
	"golang.org/x/net/html/charset"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/embed"
	"github.com/sailplane/sailplane/store"
)

const (
	pageSize = 1 << 20   // most of a page that is read
	iconSize = 128 << 10 // largest icon that is kept
)

// linkIcon stands for pages without an icon: the one that clients know from the reference.
var linkIcon = "data:image/svg+xml;base64," + base64.StdEncoding.EncodeToString(embed.LinkIcon)

// PageInfo is what the page behind a link says of itself, as the link's metadata has it.
type PageInfo struct {
	Title      *string `json:"title"`
	Favicon    string  `json:"favicon"` // a data: URI
	URL        string  `json:"url"`
	FaviconURL *string `json:"favicon_url"`
}

// unknownPage is what is known of a page that nobody has asked yet, or that does not answer.
func unknownPage(url string) store.JSON {
	doc, _ := json.Marshal(PageInfo{Favicon: linkIcon, URL: url}) // texts always encode
	return doc
}

// FetchPage finds out what the page behind a link says of itself and keeps that with the link. A page that does not
// answer, or is not to be asked (see app.OutsideClient), has no title. Plane: bgtasks/work_item_link_task.py
func FetchPage(ctx context.Context, a *app.App, job app.FetchLink) error {
	info := &PageInfo{Favicon: linkIcon, URL: job.URL}
	client, err := a.SafeHTTPClient()
	if err != nil {
		return err
	}
	defer client.CloseIdleConnections()
	if base, icon, ok := readPage(ctx, client, job.URL, info); ok {
		if icon == "" {
			icon = "/favicon.ico"
		}
		if at, err := base.Parse(icon); err == nil {
			readIcon(ctx, client, at.String(), info)
		}
	}
	if err := ctx.Err(); err != nil {
		return err // the page was not asked to the end
	}
	doc, err := json.Marshal(info)
	if err != nil {
		return err
	}
	keep := store.IssueLinks.SetWhere
	if job.Release {
		keep = store.ReleaseLinks.SetWhere
	}
	return a.DB.Write(ctx, "", func(t *store.Tx) error { // unless it was deleted or changed since
		return keep(t, dbx.Params{"metadata": store.JSON(doc)}, dbx.HashExp{"id": job.LinkID, "url": job.URL})
	})
}

func get(ctx context.Context, client *http.Client, address string) (*http.Response, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("User-Agent", "Mozilla/5.0 (compatible; Sailplane)")
	return client.Do(req)
}

// readPage reads the title of a page and the address of its icon; base is where the page was in the end.
func readPage(ctx context.Context, client *http.Client, address string, info *PageInfo) (base *url.URL, icon string,
	ok bool) {
	res, err := get(ctx, client, address)
	if err != nil {
		return nil, "", false
	}
	defer res.Body.Close()
	body, err := charset.NewReader(io.LimitReader(res.Body, pageSize), res.Header.Get("Content-Type"))
	if err != nil {
		return nil, "", false
	}
	title, icon := pageHead(body)
	if title != "" {
		info.Title = &title
	}
	return res.Request.URL, icon, true
}

// pageHead finds a page's title and the address of its icon.
func pageHead(page io.Reader) (title, icon string) {
	z := html.NewTokenizer(page)
	for {
		switch z.Next() {
		case html.ErrorToken:
			return title, icon
		case html.StartTagToken, html.SelfClosingTagToken:
			switch t := z.Token(); t.Data {
			case "title":
				if title == "" && z.Next() == html.TextToken {
					title = strings.TrimSpace(string(z.Text()))
				}
			case "link":
				if icon == "" {
					icon = iconOf(t)
				}
			case "body":
				return title, icon
			}
		}
	}
}

func iconOf(t html.Token) string {
	rel, href := "", ""
	for _, a := range t.Attr {
		switch a.Key {
		case "rel":
			rel = strings.ToLower(a.Val)
		case "href":
			href = a.Val
		}
	}
	switch rel {
	case "icon", "shortcut icon", "apple-touch-icon", "apple-touch-icon-precomposed":
		return href
	}
	return ""
}

func readIcon(ctx context.Context, client *http.Client, address string, info *PageInfo) {
	res, err := get(ctx, client, address)
	if err != nil {
		return
	}
	defer res.Body.Close()
	kind, _, err := mime.ParseMediaType(res.Header.Get("Content-Type"))
	if err != nil || res.StatusCode != http.StatusOK || !strings.HasPrefix(kind, "image/") {
		return
	}
	icon, err := io.ReadAll(io.LimitReader(res.Body, iconSize+1))
	if err != nil || len(icon) > iconSize || len(icon) == 0 {
		return
	}
	info.Favicon, info.FaviconURL = "data:"+kind+";base64,"+base64.StdEncoding.EncodeToString(icon), &address
}
