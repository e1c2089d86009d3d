// Package release is the releases of a workspace: what they bring, the versions that they have, and what is said of
// them. All members of the workspace but guests see them.
package release

import (
	"html"

	"github.com/pocketbase/dbx"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/richtext"
	"github.com/sailplane/sailplane/store"
)

// Input is what a request may say of a release.
type Input struct {
	Name            app.Opt[string]     `json:"name" check:"required,max=255"`
	Description     app.Opt[string]     `json:"description" check:"max=1000000,blank,raw"` // without tags
	DescriptionHTML app.Opt[string]     `json:"description_html" check:"blank"`
	DescriptionJSON app.Opt[store.JSON] `json:"description_json"`
	Status          app.Opt[string]     `json:"status" check:"choice=unreleased|released|cancelled"`
	StartDate       app.Opt[store.Date] `json:"start_date" check:"date,null"`
	TargetDate      app.Opt[store.Date] `json:"target_date" check:"date,null"`
	ReleaseDate     app.Opt[store.Date] `json:"release_date" check:"date,null"`
	LeadID          app.Opt[string]     `json:"lead" check:"pk,null"`
	TagID           app.Opt[string]     `json:"tag" check:"pk,null"`
	IsPrerelease    app.Opt[bool]       `json:"is_prerelease"`
	LogoProps       app.Opt[store.JSON] `json:"logo_props" check:"logo"`
	app.ExternalRef

	Faults app.Fields `body:"faults"`
}

// clean makes the text harmless, before anything is locked. A text without tags is one paragraph.
func (in *Input) clean() error {
	if in.Description.Set && !in.DescriptionHTML.Set {
		in.DescriptionHTML = app.Some("<p>" + html.EscapeString(in.Description.V) + "</p>")
	}
	if err := cleanText(&in.DescriptionHTML); err != nil {
		in.Faults.Add("description_html", err.Error())
	}
	return in.Faults.Err()
}

func cleanText(text *app.Opt[string]) (err error) {
	text.V, err = richtext.Clean(text.V)
	return err
}

// putText writes a text in its three forms, and returns those of the columns that it changed. A document that does not
// come with the HTML would say something else, and goes.
func putText(html app.Opt[string], doc app.Opt[store.JSON], name string, text, stripped *string,
	kept *store.JSON) (cols []string) {
	if html.Set {
		*text, *stripped, *kept = html.V, richtext.Text(html.V), nil
		cols = append(cols, name+"_html", name+"_stripped", name+"_json")
	}
	app.Change(&cols, name+"_json", doc, kept)
	return cols
}

func (in *Input) put(r *store.Release) []string {
	cols := putText(in.DescriptionHTML, in.DescriptionJSON, "description", &r.DescriptionHTML, &r.DescriptionStripped,
		&r.DescriptionJSON)
	app.Change(&cols, "name", in.Name, &r.Name)
	app.Change(&cols, "status", in.Status, &r.Status)
	app.ChangePtr(&cols, "start_date", in.StartDate, &r.StartDate)
	app.ChangePtr(&cols, "target_date", in.TargetDate, &r.TargetDate)
	app.ChangePtr(&cols, "release_date", in.ReleaseDate, &r.ReleaseDate)
	app.ChangePtr(&cols, "lead_id", in.LeadID, &r.LeadID)
	app.ChangePtr(&cols, "tag_id", in.TagID, &r.TagID)
	app.Change(&cols, "is_prerelease", in.IsPrerelease, &r.IsPrerelease)
	app.Change(&cols, "logo_props", in.LogoProps, &r.LogoProps)
	in.ExternalRef.Put(&cols, &r.ExternalID, &r.ExternalSource)
	return cols
}

// check refuses a lead who is not of the workspace, a tag of another one, and an origin that another release has.
func (in *Input) check(c *app.Call, t *store.Tx, r *store.Release) error {
	if lead := in.LeadID.V; lead != "" {
		people, err := store.WorkspacePeople(t, c.Workspace.ID, []string{lead})
		if err != nil {
			return err
		}
		if !people[lead] {
			return app.Field("lead", app.NoObject(lead))
		}
	}
	if tag := in.TagID.V; tag != "" {
		if err := t.LockRows("release_tags", tag); err != nil { // it is not deleted meanwhile
			return err
		}
		there, err := store.ReleaseTags.Exists(t, dbx.HashExp{"id": tag, "workspace_id": c.Workspace.ID})
		if err != nil {
			return err
		}
		if !there {
			return app.Field("tag", app.NoObject(tag))
		}
	}
	return app.CheckOrigin(t, "releases", "Release", c.Workspace.ID, r.ID, r.ExternalID, r.ExternalSource)
}

// Shown is a release, and whether it is the last that came out.
type Shown struct {
	store.Release
	Latest bool
}

var orders = map[string]string{"name": "name", "status": "status", "target_date": "target_date",
	"release_date": "release_date", "created_at": "created_at", "updated_at": "updated_at", "id": "id"}

func mine(c *app.Call) dbx.HashExp { return dbx.HashExp{"workspace_id": c.Workspace.ID} }

// List returns a part of the releases of the call's workspace, by name or -name (empty: newest first), and how many
// there are in all.
func List(c *app.Call, s store.ListPart, by string) ([]Shown, int, error) {
	order, err := app.Orders(by, orders, "created_at DESC", "id DESC")
	if err != nil {
		return nil, 0, err
	}
	t := c.Read()
	rows, total, err := store.Releases.Page(t, mine(c), s, order...)
	if err != nil {
		return nil, 0, err
	}
	all, err := shown(c, t, rows...)
	return all, total, err
}

func shown(c *app.Call, t *store.Tx, rows ...store.Release) ([]Shown, error) {
	latest, err := store.LatestRelease(t, c.Workspace.ID)
	all := make([]Shown, len(rows))
	for i := range rows {
		all[i] = Shown{rows[i], rows[i].ID == latest}
	}
	return all, err
}

// Get returns a release of the call's workspace, or store.ErrNotFound.
func Get(c *app.Call, id string) (*Shown, error) {
	t := c.Read()
	r, err := find(c, t, id)
	if err != nil {
		return nil, err
	}
	all, err := shown(c, t, *r)
	return &all[0], err
}

func find(c *app.Call, t *store.Tx, id string) (*store.Release, error) {
	return store.Releases.Get(t, dbx.HashExp{"id": id, "workspace_id": c.Workspace.ID})
}

// hold is find for what is written beside a release, which is not deleted meanwhile.
func hold(c *app.Call, t *store.Tx, id string) (*store.Release, error) {
	r, err := find(c, t, id)
	if err != nil {
		return nil, err
	}
	return r, t.LockRow("releases", r.ID)
}

// Create makes a release with an empty changelog.
func Create(c *app.Call, in Input) (*Shown, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	var r *store.Release
	err := c.Write(func(t *store.Tx) error {
		r = &store.Release{DescriptionHTML: "<p></p>", Status: "unreleased", WorkspaceID: c.Workspace.ID}
		in.put(r)
		if err := t.Lock("releases in " + c.Workspace.ID); err != nil { // an origin is there once
			return err
		}
		if err := in.check(c, t, r); err != nil {
			return err
		}
		if err := store.Releases.Insert(t, r); err != nil {
			return err
		}
		return store.ReleaseChangelogs.Insert(t, &store.ReleaseChangelog{DescriptionHTML: "<p></p>", ReleaseID: r.ID,
			WorkspaceID: r.WorkspaceID})
	})
	if err != nil {
		return nil, err
	}
	return Get(c, r.ID)
}

// Change writes what a request says of a release.
func Change(c *app.Call, id string, in Input) (*Shown, error) {
	if err := in.clean(); err != nil {
		return nil, err
	}
	err := c.Write(func(t *store.Tx) error {
		r, err := find(c, t, id)
		if err != nil {
			return err
		}
		if err := t.Lock("releases in " + c.Workspace.ID); err != nil {
			return err
		}
		cols := in.put(r)
		if err := in.check(c, t, r); err != nil {
			return err
		}
		return store.Releases.Update(t, r, cols...)
	})
	if err != nil {
		return nil, err
	}
	return Get(c, id)
}

// Delete deletes a release with all that is said of it. Its labels, its tag and the work items stay.
func Delete(c *app.Call, id string) error {
	return c.Write(func(t *store.Tx) error {
		r, err := hold(c, t, id)
		if err != nil {
			return err
		}
		of := dbx.HashExp{"release_id": r.ID}
		if err := untie(c, t, r.ID, of); err != nil {
			return err
		}
		for _, drop := range []func(*store.Tx, dbx.Expression) (int64, error){store.ReleaseChangelogs.DeleteWhere,
			store.ReleaseComments.DeleteWhere, store.ReleaseLinks.DeleteWhere, store.ReleaseItemLabels.DeleteWhere} {
			if _, err := drop(t, of); err != nil {
				return err
			}
		}
		return store.Releases.Delete(t, r)
	})
}
