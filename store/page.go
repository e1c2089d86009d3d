package store

import (
	"time"

	"github.com/sailplane/sailplane/store/db"
)

// Page is a row of pages.
type Page struct {
	AuditFields
	Name                string  `db:"name"`
	DescriptionJSON     JSON    `db:"description_json"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionStripped *string `db:"description_stripped"`
	Access              int     `db:"access"`
	OwnedByID           string  `db:"owned_by_id"`
	WorkspaceID         string  `db:"workspace_id"`
	Color               string  `db:"color"`
	ArchivedAt          *Date   `db:"archived_at"`
	IsLocked            bool    `db:"is_locked"`
	ParentID            *string `db:"parent_id"`
	ViewProps           JSON    `db:"view_props"`
	LogoProps           JSON    `db:"logo_props"`
	DescriptionBinary   []byte  `db:"description_binary"`
	IsGlobal            bool    `db:"is_global"`
	MovedToPage         *string `db:"moved_to_page"`
	MovedToProject      *string `db:"moved_to_project"`
	ExternalID          *string `db:"external_id"`
	ExternalSource      *string `db:"external_source"`
	SortOrder           float64 `db:"sort_order"`
}

// Pages is the table of Page rows. What is written to one is told to those who follow it.
var Pages = NewTable("pages", func(p *Page) []string { return []string{PageKey(p.ID)} })

// PageKey is what is said to be forgotten when something of a page is written: its row, or its projects.
func PageKey(id string) string { return "page:" + id }

// PageLabel is a row of page_labels.
type PageLabel struct {
	AuditFields
	LabelID     string `db:"label_id"`
	PageID      string `db:"page_id"`
	WorkspaceID string `db:"workspace_id"`
}

// PageLabels is the table of PageLabel rows.
var PageLabels = NewTable[PageLabel]("page_labels")

// LabelsOfPages returns the labels of pages, by page. As in the reference those are among them that were taken off
// again, until what was deleted is purged.
func LabelsOfPages(t *Tx, pages []string) (map[string][]string, error) {
	var rows []PageLabel
	err := PageLabels.QueryAll(t).Select("page_id",
		"label_id").Distinct(true).AndWhere(In("page_id", pages)).OrderBy("label_id").All(&rows)
	labels := make(map[string][]string, len(pages))
	for _, l := range rows {
		labels[l.PageID] = append(labels[l.PageID], l.LabelID)
	}
	return labels, db.Mark(err)
}

// PageLog is a row of page_logs.
type PageLog struct {
	AuditFields
	Transaction      string  `db:"transaction"`
	EntityIdentifier *string `db:"entity_identifier"`
	EntityName       string  `db:"entity_name"`
	PageID           string  `db:"page_id"`
	WorkspaceID      string  `db:"workspace_id"`
	EntityType       *string `db:"entity_type"`
}

// PageLogs is the table of PageLog rows.
var PageLogs = NewTable[PageLog]("page_logs")

// PageVersion is a row of page_versions.
type PageVersion struct {
	AuditFields
	LastSavedAt         time.Time `db:"last_saved_at"`
	DescriptionBinary   []byte    `db:"description_binary"`
	DescriptionHTML     string    `db:"description_html"`
	DescriptionStripped *string   `db:"description_stripped"`
	DescriptionJSON     JSON      `db:"description_json"`
	OwnedByID           string    `db:"owned_by_id"`
	PageID              string    `db:"page_id"`
	WorkspaceID         string    `db:"workspace_id"`
	SubPagesData        JSON      `db:"sub_pages_data"`
}

// PageVersions is the table of PageVersion rows.
var PageVersions = NewTable[PageVersion]("page_versions")

// ProjectPage is a row of project_pages.
type ProjectPage struct {
	AuditFields
	PageID      string `db:"page_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ProjectPages is the table of ProjectPage rows.
var ProjectPages = NewTable("project_pages", func(l *ProjectPage) []string { return []string{PageKey(l.PageID)} })

// PageCopied is the payload of JobPageCopied, which gives the copy of a page pictures of its own.
type PageCopied struct {
	PageID string `json:"page_id"`
	UserID string `json:"user_id"` // who copied it
}

// JobPageCopied is the job whose payload is a PageCopied.
const JobPageCopied = "page.copied"
