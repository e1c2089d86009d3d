package issue

import (
	"math"
	"strconv"
	"strings"

	"github.com/sailplane/sailplane/app"
)

// Paging is which page of a list is asked for (Plane: utils/paginator.py).
type Paging struct {
	Limit int     // per_page
	Page  int     // the cursor's second number
	Size  float64 // the cursor's first: the size of pages in groups
}

const (
	maxPerPage = 1000
	maxOffset  = 1 << 40
)

// Cursor is the cursor of the page so many pages on, or back (negative).
func (p Paging) Cursor(on int) string {
	back := ":0"
	if on < 0 {
		back = ":1"
	}
	return strconv.Itoa(p.Limit) + ":" + strconv.Itoa(p.Page+on) + back
}

func (a PageQuery) paging(grouped bool) (Paging, error) {
	p := Paging{Limit: maxPerPage}
	if a.PerPage != nil {
		n, err := strconv.Atoi(strings.TrimSpace(*a.PerPage))
		if err != nil || n < 0 || n == 0 && !grouped {
			return p, app.BadParam("per_page", "Invalid per_page parameter.")
		}
		if n > maxPerPage {
			return p, app.BadParam("per_page", "Invalid per_page value. Cannot exceed 1000.")
		}
		p.Limit = n
	}
	p.Size = float64(p.Limit)
	if a.Cursor == nil {
		return p, nil
	}
	back, ok := p.read(*a.Cursor)
	if !ok || back && !grouped && p.Size != float64(p.Limit) { // the reference can't turn such pages round: 5xx
		return p, app.BadParam("cursor", "Invalid cursor parameter.")
	}
	if grouped && float64(p.Page)*p.Size < 0 || !grouped && p.Page < 0 {
		return p, app.BadParam("cursor", "Error in parsing")
	}
	return p, nil
}

// read takes a cursor apart: size:page:back.
func (p *Paging) read(cursor string) (back, ok bool) {
	parts := strings.Split(cursor, ":")
	if len(parts) != 3 {
		return false, false
	}
	var errs [3]error
	var direction int
	p.Size, errs[0] = strconv.ParseFloat(parts[0], 64)
	p.Page, errs[1] = strconv.Atoi(parts[1])
	direction, errs[2] = strconv.Atoi(parts[2])
	for _, err := range errs {
		if err != nil {
			return false, false
		}
	}
	largest := max(math.Abs(p.Size), maxPerPage) * (math.Abs(float64(p.Page)) + 1)
	return direction != 0, largest < maxOffset // NaN is not
}
