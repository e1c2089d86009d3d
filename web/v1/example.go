package v1

// What examples of answers have in common.
const (
	exampleID   = "0192f0c1-8a4e-7c31-9d52-3f6b1a7e4c90"
	otherID     = "0192f0c1-b7d2-7f08-a1c4-52d9e8b06f13"
	exampleMade = `"created_at":"2026-05-04T09:30:00Z","updated_at":"2026-05-04T09:30:00Z","deleted_at":null,` +
		`"created_by":"` + exampleID + `","updated_by":"` + exampleID + `"`
	exampleIn = exampleMade + `,"project":"` + exampleID + `","workspace":"` + exampleID + `"`
)

// examplePage is an example of a page with one row.
func examplePage(row string) string {
	return `{"grouped_by":null,"sub_grouped_by":null,"total_count":1,"next_cursor":"1000:1:0","prev_cursor":"1000:-1:1",` +
		`"next_page_results":false,"prev_page_results":false,"count":1,"total_pages":1,"total_results":1,` +
		`"extra_stats":null,"results":[` + row + `]}`
}
