package store

// IssueRelation is a row of issue_relations.
type IssueRelation struct {
	Meta
	RelationType   string `db:"relation_type"`
	IssueID        string `db:"issue_id"`
	ProjectID      string `db:"project_id"`
	RelatedIssueID string `db:"related_issue_id"`
	WorkspaceID    string `db:"workspace_id"`
}

// IssueRelations is the table of IssueRelation rows.
var IssueRelations = NewTable[IssueRelation]("issue_relations")
