package store

// DeployBoard is a row of deploy_boards.
type DeployBoard struct {
	AuditFields
	EntityIdentifier   *string `db:"entity_identifier"`
	EntityName         *string `db:"entity_name"`
	Anchor             string  `db:"anchor"`
	IsCommentsEnabled  bool    `db:"is_comments_enabled"`
	IsReactionsEnabled bool    `db:"is_reactions_enabled"`
	IsVotesEnabled     bool    `db:"is_votes_enabled"`
	ViewProps          JSON    `db:"view_props"`
	IntakeID           *string `db:"intake_id"`
	ProjectID          *string `db:"project_id"`
	WorkspaceID        string  `db:"workspace_id"`
	IsActivityEnabled  bool    `db:"is_activity_enabled"`
	IsDisabled         bool    `db:"is_disabled"`
}

// DeployBoards is the table of DeployBoard rows.
var DeployBoards = NewTable[DeployBoard]("deploy_boards")
