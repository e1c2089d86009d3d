// Package api is the API below /api/ that the web frontend uses, with sessions.
package api

import (
	"slices"

	"github.com/sailplane/sailplane/web"
)

const (
	inWorkspace = "/api/workspaces/{slug}/"
	inProject   = inWorkspace + "projects/{project_id:uuid}/"
)

// Ops are the operations of this API, a table a resource.
func Ops() []web.Op {
	return slices.Concat(
		health,
		labels,
		issueLists,
		issues,
		issueArchive,
		issueHistory,
		issueVersions,
		issueDrafts,
		users,
		profiles,
		accounts,
		roots,
		tokens,
		workspaces,
		workspaceMembers,
		workspaceInvitations,
		workspacePreferences,
		workspaceThemes,
		workspaceVocabulary,
		quickLinks,
		favorites,
		notifications,
		notificationPreferences,
		webhooks,
		services,
		workspacePeople,
		activityFeeds,
		dashboards,
		analytics, figures, exports,
		projectStats,
		timezones,
		recentVisits,
		stickies,
		projects,
		projectMembers,
		projectIdentifiers,
		states,
		cycles,
		cycleDetails,
		modules,
		moduleLinkOps,
		estimates,
		views,
		pages,
		planProperties,
		deployBoards,
		intake,
		issueComments,
		reactions,
		issueLinks,
		issueRelations,
		subItems,
		issueSubscribers,
		searches,
		issueAttachments,
		assets,
		olderAssets,
		uploads,
	)
}
