package release

import (
	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// ChangelogInput is what a request may say of a changelog.
type ChangelogInput struct {
	HTML app.Opt[string]     `json:"description_html" check:"blank"`
	JSON app.Opt[store.JSON] `json:"description_json"`
}

// Changelog returns the changelog of a release.
func Changelog(c *app.Call, release string) (*store.ReleaseChangelog, error) {
	return findChangelog(c, c.Read(), release)
}

func findChangelog(c *app.Call, t *store.Tx, release string) (*store.ReleaseChangelog, error) {
	return store.ReleaseChangelogs.Get(t, dbx.HashExp{"release_id": release, "workspace_id": c.Workspace.ID})
}

// SetChangelog writes what a request says into the changelog of a release.
func SetChangelog(c *app.Call, release string, in ChangelogInput) (*store.ReleaseChangelog, error) {
	if err := cleanText(&in.HTML); err != nil {
		return nil, app.Field("description_html", err.Error())
	}
	var l *store.ReleaseChangelog
	err := c.Write(func(t *store.Tx) (err error) {
		if l, err = findChangelog(c, t, release); err != nil {
			return err
		}
		cols := putText(in.HTML, in.JSON, "description", &l.DescriptionHTML, &l.DescriptionStripped, &l.DescriptionJSON)
		return store.ReleaseChangelogs.Update(t, l, cols...)
	})
	return l, err
}
