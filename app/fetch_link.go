package app

import "github.com/sailplane/sailplane/store"

// JobFetchLink is the job that finds out what the page behind a link says of itself; its payload is a FetchLink.
const JobFetchLink = "link.fetch"

// FetchLink is the payload of JobFetchLink.
type FetchLink struct {
	LinkID  string `json:"link_id"`
	URL     string `json:"url"`
	Release bool   `json:"release,omitempty"` // of a release, and not of a work item
}

var _ store.OrderedJob = FetchLink{}

// Order is the host's: it is asked for one page at a time.
func (f FetchLink) Order() store.JobOrder {
	host := HostOf(f.URL)
	return store.JobOrder{Line: "link " + host, Host: host}
}
