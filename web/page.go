package web

import (
	"strconv"
	"strings"
)

// Paging is the part of a list that a request asks for.
type Paging struct {
	Size   int // rows a page, at least 1
	Number int // from 0
}

// Offset is how many rows come before the page.
func (p Paging) Offset() int { return p.Size * p.Number }

const (
	maxPageSize   = 1000
	maxPageNumber = 1 << 20
)

// Pages are the parameters of a list in pages; embedded in the In of its operation.
type Pages struct {
	PerPage *string `query:"per_page" type:"integer 1..1000"`
	Cursor  *string `query:"cursor" type:"cursor"`
}

// Whole says whether page and size are not both named: some lists are in one piece then.
func (q Pages) Whole() bool {
	return q.PerPage == nil || *q.PerPage == "" || q.Cursor == nil || *q.Cursor == ""
}

// Paging reads the parameters (the cursor is "size:number:0"; the size in it is ignored). Plane: utils/paginator.py
func (q Pages) Paging(size int) (Paging, error) {
	p := Paging{Size: size}
	if q.PerPage != nil {
		n, err := strconv.Atoi(*q.PerPage)
		switch {
		case err != nil || n < 1:
			return p, Detail(400, "Invalid per_page parameter.")
		case n > maxPageSize:
			return p, Detail(400, "Invalid per_page value. Cannot exceed "+strconv.Itoa(maxPageSize)+".")
		}
		p.Size = n
	}
	if q.Cursor == nil {
		return p, nil
	}
	bits := strings.Split(*q.Cursor, ":")
	if len(bits) != 3 {
		return p, Detail(400, "Invalid cursor parameter.")
	}
	_, err1 := strconv.ParseFloat(bits[0], 64)
	number, err2 := strconv.Atoi(bits[1])
	_, err3 := strconv.Atoi(bits[2])
	if err1 != nil || err2 != nil || err3 != nil {
		return p, Detail(400, "Invalid cursor parameter.")
	}
	if number < 0 || number > maxPageNumber {
		return p, Detail(400, "Error in parsing")
	}
	p.Number = number
	return p, nil
}

// Envelope is what surrounds the rows of a list on the wire.
type Envelope struct {
	GroupedBy       *string `json:"grouped_by"`
	SubGroupedBy    *string `json:"sub_grouped_by"`
	TotalCount      int     `json:"total_count"`
	NextCursor      string  `json:"next_cursor"`
	PrevCursor      string  `json:"prev_cursor"`
	NextPageResults bool    `json:"next_page_results"`
	PrevPageResults bool    `json:"prev_page_results"`
	Count           int     `json:"count"`
	TotalPages      int     `json:"total_pages"`
	TotalResults    int     `json:"total_results"`
	ExtraStats      *string `json:"extra_stats"`
}

// Envelope is that of a page with count rows, of a list with total.
func (p Paging) Envelope(count, total int) Envelope {
	cursor := func(number, back int) string {
		return strconv.Itoa(p.Size) + ":" + strconv.Itoa(number) + ":" + strconv.Itoa(back)
	}
	return Envelope{TotalCount: total, NextCursor: cursor(p.Number+1, 0), PrevCursor: cursor(p.Number-1, 1),
		NextPageResults: total > p.Offset()+p.Size, PrevPageResults: p.Number > 0, Count: count,
		TotalPages: (total + p.Size - 1) / p.Size, TotalResults: total}
}

// Page is one page of a list as the wire has it.
type Page[T any] struct {
	Envelope
	Results []T `json:"results"`
}

// Paged puts a page of a list together; total is the length of the whole list.
func Paged[T any](p Paging, total int, results []T) Page[T] {
	return Page[T]{p.Envelope(len(results), total), results}
}
