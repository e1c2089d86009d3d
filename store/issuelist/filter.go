// Package issuelist finds work items: one engine behind every list of them. A list is a place (Scope), filters (a tree
// of the nodes here), an order and, if wanted, groups; it is compiled to SQL for either database. Names that reach SQL
// are constants of this package; what clients send reaches it only as parameters.
package issuelist

// Filter is a condition on a work item: a node of a tree.
type Filter interface {
	// write compiles the node to SQL. below says that some Not is above it.
	write(b *builder, below bool)
	// match compiles the node to what decides over outlines as the SQL does; false when outlines don't know what it asks.
	// What has no value fits nothing, so that NULL needs no value of its own.
	match(m *matcher, below bool) (cond, bool)
}

// Field is a column of a work item that can be filtered by.
type Field string

// The fields.
const (
	Priority      Field = "i.priority"
	State         Field = "i.state_id"
	Parent        Field = "i.parent_id"
	Project       Field = "i.project_id"
	CreatedBy     Field = "i.created_by_id"
	EstimatePoint Field = "i.estimate_point_id"
	StartDate     Field = "i.start_date"
	TargetDate    Field = "i.target_date"
	CreatedAt     Field = "i.created_at"
	UpdatedAt     Field = "i.updated_at"
	CompletedAt   Field = "i.completed_at"
	ArchivedAt    Field = "i.archived_at"
	IsDraft       Field = "i.is_draft"
	Name          Field = "i.name"
	ID            Field = "i.id"
	Type          Field = "i.type_id"

	DescriptionText Field = "i.description_stripped" // which outlines do not know, nor the two that follow
	ExternalID      Field = "i.external_id"
	ExternalSource  Field = "i.external_source"
)

// Relation is a table that ties values to work items.
type Relation struct{ table, column string }

// The relations.
var (
	Labels      = Relation{"issue_labels", "label_id"}
	Assignees   = Relation{"issue_assignees", "assignee_id"}
	Modules     = Relation{"module_issues", "module_id"}
	Cycles      = Relation{"cycle_issues", "cycle_id"}
	Mentions    = Relation{"issue_mentions", "mention_id"}
	Subscribers = Relation{"issue_subscribers", "subscriber_id"}
	Milestones  = Relation{"milestone_issues", "milestone_id"}
	Intake      = Relation{"intake_issues", "status"}
)
