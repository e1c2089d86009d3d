// Package plan counts the work items of cycles and modules: who has them, with which labels, and how they burn down.
// Its structs are both what the API shows and what a cycle keeps of itself when its work items are moved on.
package plan

import (
	"cmp"
	"slices"
	"time"

	"github.com/sailplane/sailplane/app"
	"github.com/sailplane/sailplane/store"
)

// Counts are numbers of work items.
type Counts struct {
	Total     int `json:"total_issues"`
	Completed int `json:"completed_issues"`
	Pending   int `json:"pending_issues"`
}

// Sums are points of work items; nil where none has any.
type Sums struct {
	Total     *float64 `json:"total_estimates"`
	Completed *float64 `json:"completed_estimates"`
	Pending   *float64 `json:"pending_estimates"`
}

// Person is who has work items; nil for those that nobody has.
type Person struct {
	DisplayName *string `json:"display_name"`
	AssigneeID  *string `json:"assignee_id"`
	AvatarURL   *string `json:"avatar_url"`
}

// NamedPerson is a Person by the full name.
type NamedPerson struct {
	FirstName *string `json:"first_name"`
	LastName  *string `json:"last_name"`
	Person
}

// Label is a label of work items; nil for those that have none.
type Label struct {
	Name  *string `json:"label_name"`
	Color *string `json:"color"`
	ID    *string `json:"label_id"`
}

// What each has.
type (
	PersonCounts struct {
		Person
		Counts
	}
	NamedPersonCounts struct {
		NamedPerson
		Counts
	}
	LabelCounts struct {
		Label
		Counts
	}
	PersonSums struct {
		Person
		Sums
	}
	NamedPersonSums struct {
		NamedPerson
		Sums
	}
	LabelSums struct {
		Label
		Sums
	}
)

// Distribution says who has the work items and with which labels, those of nobody and without labels last, and how
// many are left on each day.
type Distribution[P, L any] struct {
	Assignees []P   `json:"assignees"`
	Labels    []L   `json:"labels"`
	Chart     Chart `json:"completion_chart,omitzero"`
}

type personShare struct {
	NamedPerson
	store.Share
}

type labelShare struct {
	Label
	store.Share
}

// Shares is what was read of a plan's work items.
type Shares struct {
	people []personShare // by display name
	labels []labelShare
	items  []store.Planned
	now    time.Time
}

// Read reads who has the work items of a plan, and with which labels.
func Read(t *store.Tx, p store.Plan, id string, own store.OwnOnly) (*Shares, error) {
	people, err := readPeople(t, p, id, own)
	if err != nil {
		return nil, err
	}
	labels, err := readLabels(t, p, id, own)
	if err != nil {
		return nil, err
	}
	items, err := p.Planned(t, id, own)
	return &Shares{people, labels, items, t.Now}, err
}

func readPeople(t *store.Tx, p store.Plan, id string, own store.OwnOnly) ([]personShare, error) {
	shares, err := p.PeopleShares(t, id, own)
	if err != nil {
		return nil, err
	}
	users, err := store.Users.ByID(t, ids(shares))
	if err != nil {
		return nil, err
	}
	var people []personShare
	for who, share := range shares {
		one := personShare{Share: *share}
		if u := users[who]; u != nil {
			one.NamedPerson = NamedPerson{&u.FirstName, &u.LastName, Person{&u.DisplayName, &u.ID, avatar(u)}}
		}
		people = append(people, one)
	}
	slices.SortFunc(people, func(a, b personShare) int {
		return cmp.Or(byText(a.DisplayName, b.DisplayName), byText(a.AssigneeID, b.AssigneeID))
	})
	return people, nil
}

// avatar is empty, not nil, for a person without a picture.
func avatar(u *store.User) *string {
	if u.AvatarAssetID == nil {
		return &u.Avatar
	}
	return app.PictureURL(u.AvatarAssetID, &u.Avatar)
}

func readLabels(t *store.Tx, p store.Plan, id string, own store.OwnOnly) ([]labelShare, error) {
	shares, err := p.LabelShares(t, id, own)
	if err != nil {
		return nil, err
	}
	rows, err := store.Labels.ByID(t, ids(shares))
	if err != nil {
		return nil, err
	}
	var labels []labelShare
	for which, share := range shares {
		one := labelShare{Share: *share}
		if l := rows[which]; l != nil {
			one.Label = Label{&l.Name, &l.Color, &l.ID}
		}
		labels = append(labels, one)
	}
	slices.SortFunc(labels, func(a, b labelShare) int { return cmp.Or(byText(a.Name, b.Name), byText(a.ID, b.ID)) })
	return labels, nil
}

func ids(shares map[string]*store.Share) []string {
	var all []string
	for id := range shares {
		if id != "" {
			all = append(all, id)
		}
	}
	return all
}

// byText puts nothing behind every text.
func byText(a, b *string) int {
	switch {
	case a == nil && b == nil:
		return 0
	case a == nil:
		return 1
	case b == nil:
		return -1
	}
	return cmp.Compare(*a, *b)
}

// byName orders people by their full names.
func (s *Shares) byName() []personShare {
	return slices.SortedStableFunc(slices.Values(s.people), func(a, b personShare) int {
		return cmp.Or(byText(a.FirstName, b.FirstName), byText(a.LastName, b.LastName))
	})
}

func counts(s store.Share) Counts { return Counts{s.Total, s.Completed, s.Total - s.Completed} }

func sums(s store.Share) Sums { return Sums{s.TotalPoints, s.CompletedPoints, s.PendingPoints} }

func mapped[A, B any](rows []A, f func(A) B) []B {
	out := make([]B, len(rows))
	for i, r := range rows {
		out[i] = f(r)
	}
	return out
}

func (s *Shares) labelCounts() []LabelCounts {
	return mapped(s.labels, func(l labelShare) LabelCounts { return LabelCounts{l.Label, counts(l.Share)} })
}

func (s *Shares) labelSums() []LabelSums {
	return mapped(s.labels, func(l labelShare) LabelSums { return LabelSums{l.Label, sums(l.Share)} })
}

// Counts distributes the work items among people by their display names.
func (s *Shares) Counts(days Days) Distribution[PersonCounts, LabelCounts] {
	people := mapped(s.people, func(p personShare) PersonCounts { return PersonCounts{p.Person, counts(p.Share)} })
	return Distribution[PersonCounts, LabelCounts]{people, s.labelCounts(), s.countChart(days)}
}

// Sums distributes the points among people by their display names.
func (s *Shares) Sums(days Days) Distribution[PersonSums, LabelSums] {
	people := mapped(s.people, func(p personShare) PersonSums { return PersonSums{p.Person, sums(p.Share)} })
	return Distribution[PersonSums, LabelSums]{people, s.labelSums(), s.sumChart(days)}
}

// Detail is the distribution that one module, or one archived cycle, is shown with: people by their full names. Points
// are only told, and a Detail's second part is {} without them, where the project counts in points.
type Detail struct {
	Sums   any                                          `json:"estimate_distribution"`
	Counts Distribution[NamedPersonCounts, LabelCounts] `json:"distribution"`
}

// Detail distributes the work items among people by their full names, and their points if they count.
func (s *Shares) Detail(days Days, points bool) Detail {
	people := s.byName()
	counted := mapped(people,
		func(p personShare) NamedPersonCounts { return NamedPersonCounts{p.NamedPerson, counts(p.Share)} })
	d := Detail{struct{}{}, Distribution[NamedPersonCounts, LabelCounts]{counted, s.labelCounts(), s.countChart(days)}}
	if points {
		summed := mapped(people, func(p personShare) NamedPersonSums { return NamedPersonSums{p.NamedPerson, sums(p.Share)} })
		sum := Distribution[NamedPersonSums, LabelSums]{summed, s.labelSums(), nil}
		if len(days) > 0 {
			sum.Chart = s.sumChart(days)
		}
		d.Sums = sum
	}
	return d
}

// CountsPoints says whether the call's project estimates in points.
func CountsPoints(c *app.Call, t *store.Tx) (bool, error) {
	p, err := store.Projects.Find(t, c.ProjectID)
	if err != nil || p.EstimateID == nil {
		return false, err
	}
	e, err := store.Estimates.Find(t, *p.EstimateID)
	return err == nil && e.Type == "points", err
}
