package console

import (
	"context"
	"strconv"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/app/queue"
	"github.com/sailplane/sailplane/app/webhook"
	"github.com/sailplane/sailplane/store"
	"github.com/sailplane/sailplane/web"
)

const jobsPath = Home + "jobs/"

// queues is the page of the background work.
var queues = []web.Op{
	page("jobs/", admin, showJobs),
	action("jobs/retry/", admin, "Try jobs again at once", changeJobs(queue.Retry, "done.retried"), jobsAgain),
	action("jobs/drop/", admin, "Forget jobs that have failed for good", changeJobs(queue.Drop, "done.dropped"), jobsAgain),
}

// mostJobs is how many jobs the page lists.
const mostJobs = 100

type jobsPage struct {
	Kinds    []kind
	Jobs     []job
	Dead     int
	Webhooks []webhook.Known
}

// kind is how many jobs of a kind there are.
type kind struct{ Name, Lane, Text string }

// job is one of the queue.
type job struct {
	store.Job

	State string
}

func showJobs(c *app.Call, _ web.Nothing) (screen, error) {
	counts, now, err := queue.Backlogs(c, c.App)
	if err != nil {
		return screen{}, err
	}
	p := jobsPage{}
	for _, b := range counts {
		p.Dead += b.Dead
		p.Kinds = append(p.Kinds, kind{Name: b.Kind, Lane: c.Lanes[b.Kind], Text: queue.Tell(b, now)})
	}
	list, err := queue.List(c, c.App, mostJobs)
	if err != nil {
		return screen{}, err
	}
	for i := range list {
		p.Jobs = append(p.Jobs, job{list[i], queue.State(&list[i], c.DB.Now(), now)})
	}
	p.Webhooks, err = webhook.ListKnown(c, mostJobs)
	return screen{Page: "jobs", Body: p.body}, err
}

// jobForm names a job, or all of them.
type jobForm struct {
	ID string `json:"id" check:"blank,max=20"`
}

func jobsAgain(c *app.Call, _ jobForm) (screen, error) { return showJobs(c, web.Nothing{}) }

// change is what is done with one job, or with all that it can be done with; it returns with how many.
type change func(ctx context.Context, a *app.App, which store.JobChoice) (int64, error)

func changeJobs(do change, said string) func(*app.Call, jobForm) (outcome, error) {
	return func(c *app.Call, in jobForm) (outcome, error) {
		var which store.JobChoice
		if in.ID != "all" {
			n, err := strconv.ParseInt(in.ID, 10, 64)
			if err != nil || n < 1 {
				return outcome{}, app.Refuse(app.Invalid, say("fault.no-job"))
			}
			which.ID = n
		}
		n, err := do(c, c.App, which)
		if err == nil && n == 0 {
			return outcome{}, app.Refuse(app.Invalid, say("fault.job-gone"))
		}
		return outcome{To: jobsPath, Done: said}, err
	}
}
