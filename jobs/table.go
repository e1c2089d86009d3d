package jobs

import "github.com/sailplane/sailplane/app/workspace"

// Handlers says who does which kind of job.
func Handlers() map[string]Handler {
	return map[string]Handler{
		workspace.JobDeleteContent: On(workspace.DeleteContent),
	}
}

// Entries are what is done by the clock.
func Entries() []Entry {
	return []Entry{
		{"hard-delete", "20 3 * * *", hardDelete},
	}
}
