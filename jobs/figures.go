package jobs

// Figures are what a lane does on this node: jobs that are being done, and those that went well and that failed since
// the start.
type Figures struct {
	Lane                  Lane
	Running, Done, Failed int64
}

// Figures are those of all lanes. Whoever may ask at any time.
func (r *Runner) Figures() []Figures {
	all := make([]Figures, len(r.lanes))
	for i, l := range r.lanes {
		all[i] = Figures{Lane: l.name, Running: l.running.Load(), Done: l.done.Load(), Failed: l.failed.Load()}
	}
	return all
}

// count notes how a job ended; one that is given back because the server stops counts as failed.
func (l *lane) count(well bool) {
	if well {
		l.done.Add(1)
	} else {
		l.failed.Add(1)
	}
}
