package store

// IssueLink is a row of issue_links.
type IssueLink struct {
	Meta
	Title       *string `db:"title"`
	URL         string  `db:"url"`
	IssueID     string  `db:"issue_id"`
	ProjectID   string  `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
	Metadata    JSON    `db:"metadata"`
}

// IssueLinks is the table of IssueLink rows.
var IssueLinks = NewTable[IssueLink]("issue_links")
