package store

import (
	"time"

	"github.com/pocketbase/dbx"
)

// APIToken is a row of api_tokens.
type APIToken struct {
	AuditFields
	Token            string     `db:"token"`
	Label            string     `db:"label"`
	UserType         int        `db:"user_type"`
	UserID           string     `db:"user_id"`
	WorkspaceID      *string    `db:"workspace_id"`
	Description      string     `db:"description"`
	ExpiredAt        *time.Time `db:"expired_at"`
	IsActive         bool       `db:"is_active"`
	LastUsed         *time.Time `db:"last_used"`
	IsService        bool       `db:"is_service"`
	AllowedRateLimit string     `db:"allowed_rate_limit"`

	// Ours: what it may not do beside what its owner may not (nil: no limit), and who used it last.
	ReadOnly        bool    `db:"read_only"`
	Scopes          Texts   `db:"scopes"` // see app.KeyGroups
	OnlyWorkspaceID *string `db:"only_workspace_id"`
	OnlyProjects    Texts   `db:"only_projects"`
	LastAddress     string  `db:"last_address"`
	LastAgent       string  `db:"last_agent"`
}

// Limited says whether the key may less than its owner.
func (k *APIToken) Limited() bool {
	return k.ReadOnly || k.Scopes != nil || k.OnlyWorkspaceID != nil || k.OnlyProjects != nil
}

// APITokens is the table of APIToken rows.
var APITokens = NewTable("api_tokens", func(k *APIToken) []string { return []string{TokenKey(k.Token)} })

// EndTokens ends all API keys of a person.
func EndTokens(t *Tx, user string) error {
	keys, err := APITokens.List(t, dbx.HashExp{"user_id": user})
	if err != nil {
		return err
	}
	for i := range keys {
		if err := APITokens.Delete(t, &keys[i]); err != nil {
			return err
		}
	}
	return nil
}

// TokenKey is where the cache keeps an API token; hash is the row's token.
func TokenKey(hash string) string { return "token:" + hash }

// APIActivityLog is a row of api_activity_logs.
type APIActivityLog struct {
	AuditFields
	TokenIdentifier string  `db:"token_identifier"`
	Path            string  `db:"path"`
	Method          string  `db:"method"`
	QueryParams     *string `db:"query_params"`
	Headers         *string `db:"headers"`
	Body            *string `db:"body"`
	ResponseCode    int     `db:"response_code"`
	ResponseBody    *string `db:"response_body"`
	IPAddress       *string `db:"ip_address"`
	UserAgent       *string `db:"user_agent"`
}

// APIActivityLogs is the table of APIActivityLog rows.
var APIActivityLogs = NewTable[APIActivityLog]("api_activity_logs")
