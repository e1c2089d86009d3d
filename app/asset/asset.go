// Package asset holds uploaded files: who may send and fetch which, what they belong to, and when they go.
package asset

import (
	"cmp"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"net/url"
	"path"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// What files can be. Plane: db/models/asset.py
const (
	IssueAttachment = "ISSUE_ATTACHMENT"
	UserAvatar      = "USER_AVATAR"
	UserCover       = "USER_COVER"
	WorkspaceLogo   = "WORKSPACE_LOGO"
	ProjectCover    = "PROJECT_COVER"

	issueDescription   = "ISSUE_DESCRIPTION"
	commentDescription = "COMMENT_DESCRIPTION"
	pageDescription    = "PAGE_DESCRIPTION"
	draftDescription   = "DRAFT_ISSUE_DESCRIPTION"
	draftAttachment    = "DRAFT_ISSUE_ATTACHMENT"
)

var kinds = []string{IssueAttachment, UserAvatar, UserCover, WorkspaceLogo, ProjectCover, issueDescription,
	commentDescription, pageDescription, draftDescription, draftAttachment}

// Static says whether everybody may see files of that kind: pictures of people, workspaces and projects.
func Static(kind string) bool {
	return slices.Contains([]string{UserAvatar, UserCover, WorkspaceLogo, ProjectCover}, kind)
}

// Input is what a request says of a file that is to come; what is not text counts as absent.
type Input struct {
	Name     any `json:"name" type:"text"`
	Type     any `json:"type" type:"text"`
	Size     any `json:"size" type:"integer"`
	Kind     any `json:"entity_type" type:"text"`
	EntityID any `json:"entity_identifier" type:"text"`
}

func (in *Input) kind() string { return asText(in.Kind) }

func asText(v any) string {
	s, _ := v.(string)
	return s
}

// FileName is the last part of a path, without what leads elsewhere or hides it; "unnamed" when nothing is left.
// Plane: utils/path_validator.py
func FileName(s string) string { return cmp.Or(bareName(s), "unnamed") }

func bareName(s string) string {
	s = strings.ReplaceAll(strings.ReplaceAll(s, "\x00", ""), `\`, "/")
	s = s[strings.LastIndexByte(s, '/')+1:]
	return strings.TrimSpace(strings.TrimLeft(strings.TrimSpace(strings.ReplaceAll(s, "..", "")), "."))
}

var pictures = []string{"image/jpeg", "image/png", "image/webp", "image/jpg", "image/gif"}

func refuse(text string) error {
	return &app.Error{Kind: app.Invalid, Code: "INVALID_ASSET", Text: text}
}

var (
	errKind    = refuse("Invalid entity type.")
	errType    = refuse("Invalid file type.")
	errPicture = refuse("Invalid file type. Only JPEG, PNG, WebP, JPG and GIF files are allowed.")
)

// size is how large the file may be: what the request says, but no more than the server's limit.
func (in *Input) size(limit int64) (int64, error) {
	n := float64(limit)
	switch v := in.Size.(type) {
	case nil:
	case float64:
		n = v
	case string:
		i, err := strconv.ParseInt(strings.TrimSpace(v), 10, 64)
		if err != nil {
			return 0, app.Field("size", "A valid integer is required.")
		}
		n = float64(i)
	default:
		return 0, app.Field("size", "A valid integer is required.")
	}
	return int64(min(max(n, 0), float64(limit))), nil
}

// Attributes are what is known of a file.
type Attributes struct {
	Name string `json:"name"`
	Type string `json:"type"`
	Size int64  `json:"size"`
}

// draft is the row of a file that is to come.
func (in *Input) draft(c *app.Call, kind, fileType, folder string) (*store.FileAsset, error) {
	size, err := in.size(c.Config.Limits.FileSize)
	if err != nil {
		return nil, err
	}
	name := FileName(asText(in.Name))
	a := &store.FileAsset{EntityType: &kind, Asset: path.Join(folder, newKey(name)), Size: float64(size),
		StorageMetadata: store.NullJSON("{}")}
	if c.Workspace != nil {
		a.WorkspaceID = &c.Workspace.ID
	}
	a.Attributes, _ = json.Marshal(Attributes{name, fileType, size}) // texts and numbers always encode
	return a, nil
}

// keyName is how many bytes of a file's name its key has: with what disks put around it, a name of a folder's entry may
// have no more than 255.
const keyName = 150

// newKey is where a file is kept: a number of its own, and its name for people, as far as it is long and readable.
func newKey(name string) string {
	var id [16]byte
	rand.Read(id[:])
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '_'
		}
		return r
	}, name)
	for len(name) > keyName {
		_, last := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-last]
	}
	return hex.EncodeToString(id[:]) + "-" + name
}

// Attrs reads what is known of a file, as far as it is of that shape.
func Attrs(a *store.FileAsset) Attributes {
	var at Attributes
	json.Unmarshal(a.Attributes, &at) //nolint:errcheck // clients may put anything there
	return at
}

// begin writes the row of a file and returns the form that it comes with.
func begin(c *app.Call, a *store.FileAsset) (*Form, error) {
	if err := c.Write(func(t *store.Tx) error { return store.FileAssets.Insert(t, a) }); err != nil {
		return nil, err
	}
	form := formFor(c, a.Asset, Attrs(a).Type, int64(a.Size))
	return &form, nil
}

// confirm notes that a file has arrived, and as what it was sent: its attributes are for clients to change.
func confirm(a *store.FileAsset) []string {
	cols := []string{"is_uploaded"}
	if at := Attrs(a); !a.IsUploaded || len(a.StorageMetadata) <= len("{}") {
		// always encodes
		a.StorageMetadata, _ = json.Marshal(map[string]any{"ContentType": at.Type, "ContentLength": at.Size})
		cols = append(cols, "storage_metadata")
	}
	a.IsUploaded = true
	return cols
}

// fileType is as what a file was sent.
func fileType(a *store.FileAsset) string {
	var kept struct{ ContentType string }
	if json.Unmarshal(a.StorageMetadata, &kept) == nil && kept.ContentType != "" {
		return kept.ContentType
	}
	return Attrs(a).Type
}

// Attached is the address from which a file is fetched to be kept, under its name.
func Attached(c *app.Call, a *store.FileAsset) string {
	name := Attrs(a).Name
	if name == "" {
		name = newKey("")[:32]
	}
	// what may stand in a header's parameter is less than in a path
	escaped := strings.ReplaceAll(url.QueryEscape(name), "+", "%20")
	return Download{a.Asset, fileType(a), "attachment; filename*=UTF-8''" + escaped}.URL(c)
}

// Shown is the address from which a picture is fetched to be shown.
func Shown(c *app.Call, a *store.FileAsset) string {
	return Download{a.Asset, fileType(a), "inline; filename*=UTF-8''" + newKey("")[:32]}.URL(c)
}

// URL is the address of a file in the API; nil for kinds that have none.
func URL(a *store.FileAsset, slug string) *string {
	project, issue := "None", "None"
	if a.ProjectID != nil {
		project = *a.ProjectID
	}
	if a.IssueID != nil {
		issue = *a.IssueID
	}
	in := "/api/assets/v2/workspaces/" + slug + "/projects/" + project + "/"
	kind := ""
	if a.EntityType != nil {
		kind = *a.EntityType
	}
	switch {
	case Static(kind):
		return new("/api/assets/v2/static/" + a.ID + "/")
	case kind == IssueAttachment:
		return new(in + "issues/" + issue + "/attachments/" + a.ID + "/")
	case slices.Contains([]string{issueDescription, commentDescription, pageDescription, draftDescription}, kind):
		return new(in + a.ID + "/")
	}
	return nil
}
