package app

import "sync/atomic"

// Counts are what the application has done since it began, for who watches it.
type Counts struct {
	LettersSent, LettersFailed        atomic.Int64 // tries; a letter that fails is tried again
	WebhooksDelivered, WebhooksFailed atomic.Int64 // tries; delivered is what was answered
	KeptOut                           atomic.Int64 // tries to get in that failed
}
