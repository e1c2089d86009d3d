package store

import (
	"fmt"
	"time"
)

// Module is a row of modules.
type Module struct {
	AuditFields
	Name            string     `db:"name"`
	Description     string     `db:"description"`
	DescriptionText NullJSON   `db:"description_text"`
	DescriptionHTML NullJSON   `db:"description_html"`
	StartDate       *Date      `db:"start_date"`
	TargetDate      *Date      `db:"target_date"`
	Status          string     `db:"status"`
	LeadID          *string    `db:"lead_id"`
	ProjectID       string     `db:"project_id"`
	WorkspaceID     string     `db:"workspace_id"`
	ViewProps       JSON       `db:"view_props"`
	SortOrder       float64    `db:"sort_order"`
	ExternalID      *string    `db:"external_id"`
	ExternalSource  *string    `db:"external_source"`
	ArchivedAt      *time.Time `db:"archived_at"`
	LogoProps       JSON       `db:"logo_props"`
}

// Modules is the table of Module rows.
var Modules = NewTable[Module]("modules")

// ModuleIssue is a row of module_issues.
type ModuleIssue struct {
	AuditFields
	IssueID     string `db:"issue_id"`
	ModuleID    string `db:"module_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ModuleIssues is the table of ModuleIssue rows.
var ModuleIssues = NewTable[ModuleIssue]("module_issues")

// ModuleLink is a row of module_links.
type ModuleLink struct {
	AuditFields
	Title       *string `db:"title"`
	URL         string  `db:"url"`
	ModuleID    string  `db:"module_id"`
	ProjectID   string  `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
	Metadata    JSON    `db:"metadata"`
}

// ModuleLinks is the table of ModuleLink rows.
var ModuleLinks = NewTable[ModuleLink]("module_links")

// ModuleMember is a row of module_members.
type ModuleMember struct {
	AuditFields
	MemberID    string `db:"member_id"`
	ModuleID    string `db:"module_id"`
	ProjectID   string `db:"project_id"`
	WorkspaceID string `db:"workspace_id"`
}

// ModuleMembers is the table of ModuleMember rows.
var ModuleMembers = NewTable[ModuleMember]("module_members")

// ModuleUserProperties is a row of module_user_properties.
type ModuleUserProperties struct {
	AuditFields
	Filters           JSON   `db:"filters"`
	DisplayFilters    JSON   `db:"display_filters"`
	DisplayProperties JSON   `db:"display_properties"`
	ModuleID          string `db:"module_id"`
	ProjectID         string `db:"project_id"`
	UserID            string `db:"user_id"`
	WorkspaceID       string `db:"workspace_id"`
	RichFilters       JSON   `db:"rich_filters"`
}

// ModuleUserPropertiesRows is the table of ModuleUserProperties rows.
var ModuleUserPropertiesRows = NewTable[ModuleUserProperties]("module_user_properties")

// ModulePeople returns who is a member of modules or ever was, newest people first, once for each time. That is what
// the reference shows to programs.
func ModulePeople(t *Tx, ids []string) (map[string][]string, error) {
	in, arg := t.In("m.module_id", ids)
	rows, err := t.Rows("SELECT m.module_id, m.member_id FROM module_members m JOIN users u ON u.id = m.member_id WHERE "+
		in+
		" ORDER BY u.created_at DESC, u.id DESC, m.id", arg)
	if err != nil {
		return nil, fmt.Errorf("list people of modules: %w", err)
	}
	defer rows.Close()
	all := map[string][]string{}
	for rows.Next() {
		var module, user string
		if err := rows.Scan(&module, &user); err != nil {
			return nil, fmt.Errorf("list people of modules: %w", err)
		}
		all[module] = append(all[module], user)
	}
	return all, rows.Err()
}
