package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/release"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	releaseComments   = oneRelease + "comments/"
	oneReleaseComment = releaseComments + "{comment_id:uuid}/"
	releaseLinks      = oneRelease + "links/"
	oneReleaseLink    = releaseLinks + "{link_id:uuid}/"
)

const (
	releaseCommentExample = `{"id":"` + otherID + `",` + exampleMade + `,"comment":` + textExample +
		`,"comment_html":"<p>Faster</p>","is_hidden":false,"is_resolved":false,"parent":null,"edited_at":null,"release":"` +
		exampleID + `","workspace":"` + exampleID + `"}`
	releaseLinkExample = `{"id":"` + otherID + `",` + exampleMade + `,"title":"Notes","url":"https://acme.example/1.4",` +
		`"metadata":{},"release":"` + exampleID + `","workspace":"` + exampleID + `"}`
)

// releaseAround is what people put around releases.
var releaseAround = []web.Op{
	do("GET", releaseComments, team, 200, "List the comments on a release", listReleaseComments).
		Explained("Newest first, replies too.").Like("", examplePage(releaseCommentExample)),
	do("POST", releaseComments, team, 201, "Comment on a release", createReleaseComment).
		Explained("parent makes it a reply to a comment on the same release.").
		Like(`{"comment_html":"<p>Faster</p>"}`, releaseCommentExample),
	do("GET", oneReleaseComment, team, 200, "Read a comment on a release", getReleaseComment).
		Like("", releaseCommentExample),
	do("PATCH", oneReleaseComment, deletes("comment_id", "release_comments"), 200, "Change a comment on a release",
		changeReleaseComment).
		Explained("One's own, or as an administrator of the workspace. Another text marks it as edited.").
		Like(`{"comment_html":"<p>Faster</p>"}`, releaseCommentExample),
	do("DELETE", oneReleaseComment, deletes("comment_id", "release_comments"), 204, "Delete a comment on a release",
		deleteReleaseComment).
		Explained("One's own, or as an administrator of the workspace, with the replies to it."),

	do("GET", releaseLinks, team, 200, "List the links of a release", listReleaseLinks).
		Explained("Newest first.").Like("", examplePage(releaseLinkExample)),
	do("POST", releaseLinks, team, 201, "Link a release to an address", createReleaseLink).
		Explained("What the page behind it says of itself is in metadata some seconds later. An address is there once.").
		Like(`{"url":"https://acme.example/1.4","title":"Notes"}`, releaseLinkExample),
	do("GET", oneReleaseLink, team, 200, "Read a link of a release", getReleaseLink).Like("", releaseLinkExample),
	do("PATCH", oneReleaseLink, deletes("link_id", "release_links"), 200, "Change a link of a release", changeReleaseLink).
		Explained("One's own, or as an administrator of the workspace.").Like(`{"title":"Notes"}`, releaseLinkExample),
	do("DELETE", oneReleaseLink, deletes("link_id", "release_links"), 204, "Delete a link of a release", deleteReleaseLink).
		Explained("One's own, or as an administrator of the workspace."),
}

// ReleaseComment is a comment on a release.
type ReleaseComment struct {
	ID string `json:"id"`
	Made
	Comment     ReleaseText `json:"comment"`
	CommentHTML string      `json:"comment_html"`
	IsHidden    bool        `json:"is_hidden"` // never: nobody hides comments
	IsResolved  bool        `json:"is_resolved"`
	Parent      *string     `json:"parent"`
	EditedAt    *string     `json:"edited_at"`
	Release     Ref         `json:"release"`
	Workspace   Ref         `json:"workspace"`
}

func releaseComment(c *app.Call, m *store.ReleaseComment) ReleaseComment {
	return ReleaseComment{ID: m.ID, Made: made(c, &m.AuditFields),
		Comment: ReleaseText{m.CommentHTML, m.CommentStripped, m.CommentJSON}, CommentHTML: m.CommentHTML,
		IsResolved: m.IsResolved, Parent: m.ParentID, EditedAt: c.TimePtr(m.EditedAt), Release: ref(m.ReleaseID),
		Workspace: ref(m.WorkspaceID)}
}

func listReleaseComments(c *app.Call, in struct {
	releasePath
	ordered
}) (Page[ReleaseComment], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.ReleaseComment, int, error) {
		return release.ListComments(c, in.Release, s, in.OrderBy)
	}, releaseComment)
}

func createReleaseComment(c *app.Call, in struct {
	releasePath
	release.CommentInput
	Parent app.Opt[string] `json:"parent" check:"pk,null"`
}) (ReleaseComment, error) {
	m, err := release.CreateComment(c, in.Release, in.CommentInput, in.Parent.Ptr())
	return plain(c, m, err, releaseComment)
}

type releaseCommentPath struct {
	releasePath
	Comment string `path:"comment_id"`
}

func getReleaseComment(c *app.Call, in struct {
	releaseCommentPath
	View
}) (Shown[ReleaseComment], error) {
	m, err := release.GetComment(c, in.Release, in.Comment)
	return one(c, in.View, m, err, releaseComment)
}

func changeReleaseComment(c *app.Call, in struct {
	releaseCommentPath
	release.CommentInput
}) (ReleaseComment, error) {
	m, err := release.ChangeComment(c, in.Release, in.Comment, in.CommentInput)
	return plain(c, m, err, releaseComment)
}

func deleteReleaseComment(c *app.Call, in releaseCommentPath) (web.Nothing, error) {
	return web.Nothing{}, release.DeleteComment(c, in.Release, in.Comment)
}

// ReleaseLink is a link of a release.
type ReleaseLink struct {
	ID string `json:"id"`
	Made
	Title     *string    `json:"title"`
	URL       string     `json:"url"`
	Metadata  store.JSON `json:"metadata"`
	Release   Ref        `json:"release"`
	Workspace Ref        `json:"workspace"`
}

func releaseLink(c *app.Call, l *store.ReleaseLink) ReleaseLink {
	return ReleaseLink{ID: l.ID, Made: made(c, &l.AuditFields), Title: l.Title, URL: l.URL, Metadata: l.Metadata,
		Release: ref(l.ReleaseID), Workspace: ref(l.WorkspaceID)}
}

func listReleaseLinks(c *app.Call, in struct {
	releasePath
	ordered
}) (Page[ReleaseLink], error) {
	return list(c, in.listing, func(s store.ListPart) ([]store.ReleaseLink, int, error) {
		return release.ListLinks(c, in.Release, s, in.OrderBy)
	}, releaseLink)
}

func createReleaseLink(c *app.Call, in struct {
	releasePath
	release.LinkInput
}) (ReleaseLink, error) {
	l, err := release.CreateLink(c, in.Release, in.LinkInput)
	return plain(c, l, err, releaseLink)
}

type releaseLinkPath struct {
	releasePath
	Link string `path:"link_id"`
}

func getReleaseLink(c *app.Call, in struct {
	releaseLinkPath
	View
}) (Shown[ReleaseLink], error) {
	l, err := release.GetLink(c, in.Release, in.Link)
	return one(c, in.View, l, err, releaseLink)
}

func changeReleaseLink(c *app.Call, in struct {
	releaseLinkPath
	release.LinkInput
}) (ReleaseLink, error) {
	l, err := release.ChangeLink(c, in.Release, in.Link, in.LinkInput)
	return plain(c, l, err, releaseLink)
}

func deleteReleaseLink(c *app.Call, in releaseLinkPath) (web.Nothing, error) {
	return web.Nothing{}, release.DeleteLink(c, in.Release, in.Link)
}
