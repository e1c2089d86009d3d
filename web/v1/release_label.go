package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/release"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allReleaseTags    = allReleases + "tags/"
	oneReleaseTag     = allReleaseTags + "{tag_id:uuid}/"
	allReleaseLabels  = allReleases + "labels/"
	oneReleaseLabel   = allReleaseLabels + "{label_id:uuid}/"
	labelsOfRelease   = oneRelease + "labels/"
	oneLabelOfRelease = labelsOfRelease + "{label_id:uuid}/"
)

const (
	releaseTagExample = `{"id":"` + exampleID + `",` + exampleMade + `,"version":"1.4.0","name":"1.4.0","description":"",` +
		`"commit_hash":"9f2c1ab","git_tag":"v1.4.0","color":null,"workspace":"` + exampleID + `"}`
	releaseLabelExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Security","color":"#112233",` +
		`"sort_order":65535,"workspace":"` + exampleID + `"}`
	labelsExample = `{"label_ids":["` + exampleID + `"]}`
)

var releaseLabels = []web.Op{
	do("GET", allReleaseTags, team, 200, "List release tags", listReleaseTags).
		Explained("Newest first.").Like("", examplePage(releaseTagExample)),
	do("POST", allReleaseTags, team, 201, "Make a release tag", createReleaseTag).
		Explained("A version is one tag's in a workspace. name is another word for it.").
		Like(`{"version":"1.4.0","commit_hash":"9f2c1ab","git_tag":"v1.4.0"}`, releaseTagExample),
	do("GET", oneReleaseTag, team, 200, "Read a release tag", getReleaseTag).Like("", releaseTagExample),
	do("PATCH", oneReleaseTag, team, 200, "Change a release tag", changeReleaseTag).
		Explained("Only the keys that are sent change.").Like(`{"git_tag":"v1.4.0"}`, releaseTagExample),
	do("DELETE", oneReleaseTag, deletes("tag_id", "release_tags"), 204, "Delete a release tag", deleteReleaseTag).
		Explained("One's own, or as an administrator of the workspace. Releases that have it have none then."),

	do("GET", allReleaseLabels, team, 200, "List release labels", listReleaseLabels).
		Explained("In their own order.").Like("", examplePage(releaseLabelExample)),
	do("POST", allReleaseLabels, team, 201, "Make a release label", createReleaseLabel).
		Explained("A name is one label's in a workspace.").Like(`{"name":"Security","color":"#112233"}`, releaseLabelExample),
	do("GET", oneReleaseLabel, team, 200, "Read a release label", getReleaseLabel).Like("", releaseLabelExample),
	do("PATCH", oneReleaseLabel, team, 200, "Change a release label", changeReleaseLabel).
		Explained("Only the keys that are sent change.").Like(`{"name":"Security"}`, releaseLabelExample),
	do("DELETE", oneReleaseLabel, deletes("label_id", "release_labels"), 204, "Delete a release label", deleteReleaseLabel).
		Explained("One's own, or as an administrator of the workspace. It is taken off all releases."),

	do("GET", labelsOfRelease, team, 200, "List the labels of a release", listLabelsOfRelease).
		Explained("In their own order.").Like("", examplePage(releaseLabelExample)),
	do("POST", labelsOfRelease, team, 201, "Label a release", addLabelsOfRelease).
		Explained("With release labels of the workspace; all or none.").Like(labelsExample, "["+releaseLabelExample+"]"),
	do("DELETE", labelsOfRelease, team, 204, "Take labels off a release", removeLabelsOfRelease).
		Explained("The labels stay; those that it has not are passed over.").Like(labelsExample, ""),
	do("DELETE", oneLabelOfRelease, team, 204, "Take a label off a release", removeLabelOfRelease).
		Explained("The label stays."),
}

// ReleaseTag is a version of what is released.
type ReleaseTag struct {
	ID string `json:"id"`
	Made
	Version     string  `json:"version"`
	Name        string  `json:"name"` // the version
	Description string  `json:"description"`
	CommitHash  *string `json:"commit_hash"`
	GitTag      *string `json:"git_tag"`
	Color       *string `json:"color"`
	Workspace   Ref     `json:"workspace"`
}

func releaseTag(c *app.Call, g *store.ReleaseTag) ReleaseTag {
	return ReleaseTag{ID: g.ID, Made: made(c, &g.AuditFields), Version: g.Version, Name: g.Version,
		Description: g.Description, CommitHash: g.CommitHash, GitTag: g.GitTag, Color: g.Color,
		Workspace: ref(g.WorkspaceID)}
}

func listReleaseTags(c *app.Call, in ordered) (Page[ReleaseTag], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.ReleaseTag, int, error) {
		return release.ListTags(c, s, in.OrderBy)
	}, releaseTag)
}

func createReleaseTag(c *app.Call, in release.TagInput) (ReleaseTag, error) {
	g, err := release.CreateTag(c, in)
	return plain(c, g, err, releaseTag)
}

type releaseTagPath struct {
	Tag string `path:"tag_id"`
}

func getReleaseTag(c *app.Call, in struct {
	releaseTagPath
	View
}) (Shown[ReleaseTag], error) {
	g, err := release.GetTag(c, in.Tag)
	return one(c, in.View, g, err, releaseTag)
}

func changeReleaseTag(c *app.Call, in struct {
	releaseTagPath
	release.TagInput
}) (ReleaseTag, error) {
	g, err := release.ChangeTag(c, in.Tag, in.TagInput)
	return plain(c, g, err, releaseTag)
}

func deleteReleaseTag(c *app.Call, in releaseTagPath) (web.Nothing, error) {
	return web.Nothing{}, release.DeleteTag(c, in.Tag)
}

// ReleaseLabel is a label that releases may have.
type ReleaseLabel struct {
	ID string `json:"id"`
	Made
	Name      string  `json:"name"`
	Color     string  `json:"color"`
	SortOrder float64 `json:"sort_order"`
	Workspace Ref     `json:"workspace"`
}

func releaseLabel(c *app.Call, l *store.ReleaseLabel) ReleaseLabel {
	return ReleaseLabel{ID: l.ID, Made: made(c, &l.AuditFields), Name: l.Name, Color: l.Color, SortOrder: l.SortOrder,
		Workspace: ref(l.WorkspaceID)}
}

func listReleaseLabels(c *app.Call, in ordered) (Page[ReleaseLabel], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.ReleaseLabel, int, error) {
		return release.ListLabels(c, "", s, in.OrderBy)
	}, releaseLabel)
}

func createReleaseLabel(c *app.Call, in release.LabelInput) (ReleaseLabel, error) {
	l, err := release.CreateLabel(c, in)
	return plain(c, l, err, releaseLabel)
}

type releaseLabelPath struct {
	Label string `path:"label_id"`
}

func getReleaseLabel(c *app.Call, in struct {
	releaseLabelPath
	View
}) (Shown[ReleaseLabel], error) {
	l, err := release.GetLabel(c, in.Label)
	return one(c, in.View, l, err, releaseLabel)
}

func changeReleaseLabel(c *app.Call, in struct {
	releaseLabelPath
	release.LabelInput
}) (ReleaseLabel, error) {
	l, err := release.ChangeLabel(c, in.Label, in.LabelInput)
	return plain(c, l, err, releaseLabel)
}

func deleteReleaseLabel(c *app.Call, in releaseLabelPath) (web.Nothing, error) {
	return web.Nothing{}, release.DeleteLabel(c, in.Label)
}

func listLabelsOfRelease(c *app.Call, in struct {
	releasePath
	ordered
}) (Page[ReleaseLabel], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.ReleaseLabel, int, error) {
		return release.ListLabels(c, in.Release, s, in.OrderBy)
	}, releaseLabel)
}

type labelsInput struct {
	releasePath
	IDs []string `json:"label_ids" check:"required,pk"`
}

func addLabelsOfRelease(c *app.Call, in labelsInput) ([]ReleaseLabel, error) {
	labels, err := release.AddLabels(c, in.Release, in.IDs)
	return web.Map(labels, func(l store.ReleaseLabel) ReleaseLabel { return releaseLabel(c, &l) }), err
}

func removeLabelsOfRelease(c *app.Call, in labelsInput) (web.Nothing, error) {
	return web.Nothing{}, release.RemoveLabels(c, in.Release, in.IDs)
}

func removeLabelOfRelease(c *app.Call, in struct {
	releasePath
	releaseLabelPath
}) (web.Nothing, error) {
	return web.Nothing{}, release.RemoveLabel(c, in.Release, in.Label)
}
