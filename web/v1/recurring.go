package v1

import (
	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/issue"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const (
	allRecurring = inProject + "recurring-work-items/"
	oneRecurring = allRecurring + "{pk:uuid}/"
)

const (
	recurringExample = `{"id":"` + exampleID + `",` + exampleMade + `,"name":"Read the logs","description_html":"<p></p>",` +
		`"priority":"low","state":null,"parent":null,"type_id":null,"estimate_point":null,"assignees":["` + otherID + `"],` +
		`"labels":[],"rule":"FREQ=WEEKLY;BYDAY=MO,TH","start_date":"2026-05-04","end_date":null,"time":"09:00",` +
		`"due_in_days":1,"is_active":true,"next_dates":["2026-05-07","2026-05-11"],"next_at":"2026-05-07T09:00:00Z",` +
		`"last_date":"2026-05-04","last_work_item":"` + otherID + `","made":1,"fault":"","project":"` + exampleID +
		`","workspace":"` + exampleID + `"}`
	newRecurringExample = `{"name":"Read the logs","priority":"low","rule":"FREQ=WEEKLY;BYDAY=MO,TH","start_date":` +
		`"2026-05-04","time":"09:00","due_in_days":1,"assignees":["` + otherID + `"]}`
	ruleExplained = "The rule is one of RFC 5545, with FREQ (DAILY, WEEKLY, MONTHLY, YEARLY), INTERVAL, COUNT, BYDAY," +
		" BYMONTHDAY, BYMONTH, BYSETPOS and WKST; it begins at start_date, and ends with the day end_date, if there is one." +
		" On each of its days, at the time in the project's zone, one work item is made: with that day as its start date, and" +
		" due due_in_days later, if that is said. next_dates are the next five."
	makerExplained = " It is made in the name of whoever made the recurring work item, and by the robot of automations when" +
		" they may write in the project no more. What the work items were to have and is there no more is left out."
	missedExplained = " After a time without a server only the last day that was missed is made up for; while the project is" +
		" archived none is made."
)

var recurring = []web.Op{
	do("GET", allRecurring, writers, 200, "List recurring work items", listRecurring).
		Explained("The oldest first. "+ruleExplained).Like("", examplePage(recurringExample)),
	do("POST", allRecurring, writers, 201, "Make a recurring work item", createRecurring).
		Explained(ruleExplained+makerExplained+missedExplained+" Days before now are not made up for. A project has at"+
			" most 200.").Like(newRecurringExample, recurringExample),
	do("GET", oneRecurring, writers, 200, "Read a recurring work item", getRecurring).
		Explained("fault says why the last one could not be made, if so.").Like("", recurringExample),
	do("PATCH", oneRecurring, changes("recurring_issues"), 200, "Change a recurring work item", changeRecurring).
		Explained("Only the keys that are sent change; work items that were made stay as they are. is_active=false stops"+
			" it. One's own, or as an administrator of the project.").Like(`{"is_active":true}`, recurringExample),
	do("DELETE", oneRecurring, changes("recurring_issues"), 204, "Delete a recurring work item", deleteRecurring).
		Explained("Work items that it made stay. One's own, or as an administrator of the project."),
}

// RecurringIssue is a work item that is made again and again.
type RecurringIssue struct {
	ID string `json:"id"`
	Made
	Name            string       `json:"name"`
	DescriptionHTML string       `json:"description_html"`
	Priority        string       `json:"priority"`
	State           *string      `json:"state"`
	Parent          *string      `json:"parent"`
	TypeID          *string      `json:"type_id"`
	EstimatePoint   *string      `json:"estimate_point"`
	Assignees       []string     `json:"assignees"`
	Labels          []string     `json:"labels"`
	Rule            string       `json:"rule"`
	StartDate       store.Date   `json:"start_date"`
	EndDate         *store.Date  `json:"end_date"`
	Clock           string       `json:"time"` // HH:MM
	DueInDays       *int         `json:"due_in_days"`
	IsActive        bool         `json:"is_active"`
	NextDates       []store.Date `json:"next_dates"`
	NextAt          *string      `json:"next_at"`
	LastDate        *store.Date  `json:"last_date"`
	LastIssue       *string      `json:"last_work_item"`
	Count           int          `json:"made"`
	Fault           string       `json:"fault"`
	Project         string       `json:"project"`
	Workspace       string       `json:"workspace"`
}

func recurringOf(c *app.Call, r *issue.Recurring) RecurringIssue {
	b := r.Begins
	return RecurringIssue{ID: r.ID, Made: made(c, &r.AuditFields), Name: r.Name, DescriptionHTML: b.DescriptionHTML,
		Priority: b.Priority, State: b.State, Parent: b.Parent, TypeID: b.Type, EstimatePoint: b.EstimatePoint,
		Assignees: append([]string{}, b.Assignees...), Labels: append([]string{}, b.Labels...), Rule: r.Rule,
		StartDate: r.StartDate, EndDate: r.EndDate, Clock: r.Clock, DueInDays: r.DueInDays, IsActive: r.IsActive,
		NextDates: append([]store.Date{}, r.Days...), NextAt: c.TimePtr(r.NextAt), LastDate: r.LastDay,
		LastIssue: r.LastIssueID, Count: r.RecurringIssue.Made, Fault: r.Fault, Project: r.ProjectID,
		Workspace: r.WorkspaceID}
}

func listRecurring(c *app.Call, in listing) (Page[RecurringIssue], error) {
	return list(c, in, func(s store.ListPart) ([]issue.Recurring, int, error) {
		return issue.ListRecurring(c, s)
	}, recurringOf)
}

func createRecurring(c *app.Call, in issue.RecurringInput) (RecurringIssue, error) {
	r, err := issue.CreateRecurring(c, in)
	return plain(c, r, err, recurringOf)
}

func getRecurring(c *app.Call, in struct {
	byID
	View
}) (Shown[RecurringIssue], error) {
	r, err := issue.GetRecurring(c, in.PK)
	return one(c, in.View, r, err, recurringOf)
}

func changeRecurring(c *app.Call, in struct {
	byID
	issue.RecurringInput
}) (RecurringIssue, error) {
	r, err := issue.ChangeRecurring(c, in.PK, in.RecurringInput)
	return plain(c, r, err, recurringOf)
}

func deleteRecurring(c *app.Call, in byID) (web.Nothing, error) {
	return web.Nothing{}, issue.DeleteRecurring(c, in.PK)
}
