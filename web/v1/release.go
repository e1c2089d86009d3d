package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/release"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allReleases  = inWorkspace + "releases/"
	oneRelease   = allReleases + "{release_id:uuid}/"
	releaseItems = oneRelease + "work-items/"
	changelog    = oneRelease + "changelog/"
)

const (
	textExample    = `{"description_html":"<p>Faster</p>","description_stripped":"Faster","description_json":{}}`
	releaseExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Spring","description":` + textExample +
		`,"status":"unreleased","start_date":null,"target_date":"2026-05-08","release_date":null,"lead":null,"tag":"` +
		otherID + `","is_latest":false,"is_prerelease":false,"logo_props":{},"external_source":null,"external_id":null,` +
		`"workspace":"` + exampleID + `"}`
	changelogExample = `{"id":"` + otherID + `",` + exampleMade + `,"changelog":` + textExample + `,"release":"` + exampleID +
		`","workspace":"` + exampleID + `"}`
)

var releases = []web.Op{
	do("GET", allReleases, team, 200, "List releases", listReleases).
		Explained("Newest first. is_latest is true of the one that came out last.").Like("", examplePage(releaseExample)),
	do("POST", allReleases, team, 201, "Make a release", createRelease).
		Explained("Its text is sent as description_html, and returned in description. lead is somebody of the workspace,"+
			" tag one of its release tags.").
		Like(`{"name":"Spring","description_html":"<p>Faster</p>","target_date":"2026-05-08","tag":"`+otherID+`"}`,
			releaseExample),
	do("GET", oneRelease, team, 200, "Read a release", getRelease).Like("", releaseExample),
	do("PATCH", oneRelease, team, 200, "Change a release", changeRelease).
		Explained("Only the keys that are sent change.").Like(`{"name":"Spring"}`, releaseExample),
	do("DELETE", oneRelease, deletes("release_id", "releases"), 204, "Delete a release", deleteRelease).
		Explained("One's own, or as an administrator of the workspace. What is said of it goes with it; labels, tags and" +
			" work items stay."),

	do("GET", changelog, team, 200, "Read the changelog of a release", getChangelog).
		Explained("Every release has one, which is empty at first.").Like("", changelogExample),
	do("PATCH", changelog, team, 200, "Write the changelog of a release", changeChangelog).
		Like(`{"description_html":"<p>Faster</p>"}`, changelogExample),

	do("GET", releaseItems, team, 200, "List the work items that a release brings", listReleaseItems).
		Explained("Those that the caller may see, the newest first.").Like("", examplePage(tiedExample)),
	do("POST", releaseItems, team, 201, "Say which work items a release brings", addReleaseItems).
		Explained("Of any project in which the caller may write; all or none.").
		Like(`{"work_item_ids":["`+otherID+`"]}`, "["+tiedNowExample+"]"),
	do("DELETE", releaseItems, team, 204, "Say which work items a release does not bring", removeReleaseItems).
		Explained("Of any project in which the caller may write; the others stay.").
		Like(`{"work_item_ids":["`+otherID+`"]}`, ""),
}

// ReleaseText is what is said of a release, in its three forms.
type ReleaseText struct {
	DescriptionHTML     string     `json:"description_html"`
	DescriptionStripped string     `json:"description_stripped"`
	DescriptionJSON     store.JSON `json:"description_json"` // as it was sent
}

// Release is a release of a workspace.
type Release struct {
	ID string `json:"id"`
	Made
	Name           string      `json:"name"`
	Description    ReleaseText `json:"description"`
	Status         string      `json:"status"`
	StartDate      *store.Date `json:"start_date"`
	TargetDate     *store.Date `json:"target_date"`
	ReleaseDate    *store.Date `json:"release_date"`
	Lead           *string     `json:"lead"`
	Tag            *string     `json:"tag"`
	IsLatest       bool        `json:"is_latest"`
	IsPrerelease   bool        `json:"is_prerelease"`
	LogoProps      store.JSON  `json:"logo_props"`
	ExternalSource *string     `json:"external_source"`
	ExternalID     *string     `json:"external_id"`
	Workspace      Ref         `json:"workspace"`
}

func releaseOf(c *app.Call, r *release.Shown) Release {
	return Release{ID: r.ID, Made: made(c, &r.AuditFields), Name: r.Name,
		Description: ReleaseText{r.DescriptionHTML, r.DescriptionStripped, r.DescriptionJSON}, Status: r.Status,
		StartDate: r.StartDate, TargetDate: r.TargetDate, ReleaseDate: r.ReleaseDate, Lead: r.LeadID, Tag: r.TagID,
		IsLatest: r.Latest, IsPrerelease: r.IsPrerelease, LogoProps: r.LogoProps, ExternalSource: r.ExternalSource,
		ExternalID: r.ExternalID, Workspace: ref(r.WorkspaceID)}
}

func listReleases(c *app.Call, in ordered) (Page[Release], error) {
	return list(c, in.listing, func(s store.ListPart) ([]release.Shown, int, error) {
		return release.List(c, s, in.OrderBy)
	}, releaseOf)
}

func createRelease(c *app.Call, in release.Input) (Release, error) {
	r, err := release.Create(c, in)
	return plain(c, r, err, releaseOf)
}

type releasePath struct {
	Release string `path:"release_id"`
}

func getRelease(c *app.Call, in struct {
	releasePath
	View
}) (Shown[Release], error) {
	r, err := release.Get(c, in.Release)
	return one(c, in.View, r, err, releaseOf)
}

func changeRelease(c *app.Call, in struct {
	releasePath
	release.Input
}) (Release, error) {
	r, err := release.Change(c, in.Release, in.Input)
	return plain(c, r, err, releaseOf)
}

func deleteRelease(c *app.Call, in releasePath) (web.Nothing, error) {
	return web.Nothing{}, release.Delete(c, in.Release)
}

// Changelog is what has changed with a release.
type Changelog struct {
	ID string `json:"id"`
	Made
	Changelog ReleaseText `json:"changelog"`
	Release   Ref         `json:"release"`
	Workspace Ref         `json:"workspace"`
}

func changelogOf(c *app.Call, l *store.ReleaseChangelog) Changelog {
	return Changelog{ID: l.ID, Made: made(c, &l.AuditFields), Release: ref(l.ReleaseID), Workspace: ref(l.WorkspaceID),
		Changelog: ReleaseText{l.DescriptionHTML, l.DescriptionStripped, l.DescriptionJSON}}
}

func getChangelog(c *app.Call, in releasePath) (Changelog, error) {
	l, err := release.Changelog(c, in.Release)
	return plain(c, l, err, changelogOf)
}

func changeChangelog(c *app.Call, in struct {
	releasePath
	release.ChangelogInput
}) (Changelog, error) {
	l, err := release.SetChangelog(c, in.Release, in.ChangelogInput)
	return plain(c, l, err, changelogOf)
}

func listReleaseItems(c *app.Call, in struct {
	releasePath
	listing
}) (Page[TiedItem], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.TiedIssue, int, error) {
		return release.Items(c, in.Release, s)
	}, tiedItem)
}

type releaseItemsInput struct {
	releasePath
	IDs []string `json:"work_item_ids" check:"required,pk"`
}

func addReleaseItems(c *app.Call, in releaseItemsInput) ([]TiedNow, error) {
	items, err := release.AddItems(c, in.Release, in.IDs)
	return web.Map(items, tiedNow), err
}

func removeReleaseItems(c *app.Call, in releaseItemsInput) (web.Nothing, error) {
	return web.Nothing{}, release.RemoveItems(c, in.Release, in.IDs)
}
