package store

// Theme is a row of workspace_themes.
type Theme struct {
	AuditFields
	Name        string `db:"name"`
	Colors      JSON   `db:"colors"`
	ActorID     string `db:"actor_id"`
	WorkspaceID string `db:"workspace_id"`
}

// Themes is the table of Theme rows.
var Themes = NewTable[Theme]("workspace_themes")

// QuickLink is a row of workspace_user_links.
type QuickLink struct {
	AuditFields
	Title       *string `db:"title"`
	URL         string  `db:"url"`
	Metadata    JSON    `db:"metadata"`
	OwnerID     string  `db:"owner_id"`
	ProjectID   *string `db:"project_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// QuickLinks is the table of QuickLink rows.
var QuickLinks = NewTable[QuickLink]("workspace_user_links")

// SidebarPreference is a row of workspace_user_preferences.
type SidebarPreference struct {
	AuditFields
	Key         string  `db:"key"`
	IsPinned    bool    `db:"is_pinned"`
	SortOrder   float64 `db:"sort_order"`
	UserID      string  `db:"user_id"`
	WorkspaceID string  `db:"workspace_id"`
}

// SidebarPreferences is the table of SidebarPreference rows.
var SidebarPreferences = NewTable[SidebarPreference]("workspace_user_preferences")

// WorkspaceUserProperties is a row of workspace_user_properties.
type WorkspaceUserProperties struct {
	AuditFields
	Filters                     JSON   `db:"filters"`
	DisplayFilters              JSON   `db:"display_filters"`
	DisplayProperties           JSON   `db:"display_properties"`
	UserID                      string `db:"user_id"`
	WorkspaceID                 string `db:"workspace_id"`
	RichFilters                 JSON   `db:"rich_filters"`
	NavigationControlPreference string `db:"navigation_control_preference"`
	NavigationProjectLimit      int    `db:"navigation_project_limit"`
}

// WorkspaceUserPropertiesRows is the table of WorkspaceUserProperties rows.
var WorkspaceUserPropertiesRows = NewTable[WorkspaceUserProperties]("workspace_user_properties")

// HomePreference is a row of workspace_home_preferences.
type HomePreference struct {
	AuditFields
	Key         string  `db:"key"`
	IsEnabled   bool    `db:"is_enabled"`
	Config      JSON    `db:"config"`
	UserID      string  `db:"user_id"`
	WorkspaceID string  `db:"workspace_id"`
	SortOrder   float64 `db:"sort_order"`
}

// HomePreferences is the table of HomePreference rows.
var HomePreferences = NewTable[HomePreference]("workspace_home_preferences")

// Sticky is a row of stickies.
type Sticky struct {
	AuditFields
	Name                *string `db:"name"`
	Description         JSON    `db:"description"`
	DescriptionHTML     string  `db:"description_html"`
	DescriptionStripped *string `db:"description_stripped"`
	DescriptionBinary   []byte  `db:"description_binary"`
	LogoProps           JSON    `db:"logo_props"`
	Color               *string `db:"color"`
	BackgroundColor     *string `db:"background_color"`
	OwnerID             string  `db:"owner_id"`
	WorkspaceID         string  `db:"workspace_id"`
	SortOrder           float64 `db:"sort_order"`
}

// Stickies is the table of Sticky rows.
var Stickies = NewTable[Sticky]("stickies")
