package user

// The kinds of the jobs that write to somebody about the account.
const (
	MailAccountOpened = "user.mail-opened"
	MailAccountClosed = "user.mail-closed"
)

// AccountMail is the payload of those jobs.
type AccountMail struct {
	UserID string `json:"user_id"`
	URL    string `json:"url"` // of the app
}
