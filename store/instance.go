package store

import (
	"fmt"
	"time"

	"github.com/pocketbase/dbx"
)

// Instance is a row of instances.
type Instance struct {
	AuditFields
	InstanceName               string    `db:"instance_name"`
	WhitelistEmails            *string   `db:"whitelist_emails"`
	InstanceID                 string    `db:"instance_id"`
	CurrentVersion             string    `db:"current_version"`
	LastCheckedAt              time.Time `db:"last_checked_at"`
	Namespace                  *string   `db:"namespace"`
	IsTelemetryEnabled         bool      `db:"is_telemetry_enabled"`
	IsSupportRequired          bool      `db:"is_support_required"`
	IsSetupDone                bool      `db:"is_setup_done"`
	IsSignupScreenVisited      bool      `db:"is_signup_screen_visited"`
	IsVerified                 bool      `db:"is_verified"`
	Domain                     string    `db:"domain"`
	LatestVersion              *string   `db:"latest_version"`
	Edition                    string    `db:"edition"`
	IsTest                     bool      `db:"is_test"`
	IsCurrentVersionDeprecated bool      `db:"is_current_version_deprecated"`
	// ours: where an administrator's browser found the app; see app.LearnAddress
	BaseURL string `db:"base_url"`
}

// Instances is the table of Instance rows.
var Instances = NewTable("instances", func(*Instance) []string { return []string{InstanceKey} })

// Where the cache keeps the installation's row and its settings.
const (
	InstanceKey = "instance"
	SettingsKey = "settings"
)

// InstanceAdmin is a row of instance_admins.
type InstanceAdmin struct {
	AuditFields
	Role       int     `db:"role"`
	IsVerified bool    `db:"is_verified"`
	InstanceID string  `db:"instance_id"`
	UserID     *string `db:"user_id"`
}

// InstanceAdmins is the table of InstanceAdmin rows.
var InstanceAdmins = NewTable[InstanceAdmin]("instance_admins")

// InstanceConfiguration is a row of instance_configurations.
type InstanceConfiguration struct {
	AuditFields
	Key         string  `db:"key"`
	Value       *string `db:"value"`
	Category    string  `db:"category"`
	IsEncrypted bool    `db:"is_encrypted"`
}

// InstanceConfigurations is the table of InstanceConfiguration rows.
var InstanceConfigurations = NewTable("instance_configurations",
	func(*InstanceConfiguration) []string { return []string{SettingsKey} })

// IsInstanceAdmin says whether a person administers the installation.
func IsInstanceAdmin(t *Tx, user string) (bool, error) {
	return InstanceAdmins.Exists(t, dbx.NewExp("[[user_id]] = {:u} AND [[role]] >= 15", dbx.Params{"u": user}))
}

// OtherAdministrators says whether anybody who can sign in administers the installation beside the one of that row.
func OtherAdministrators(t *Tx, but string) (bool, error) {
	return InstanceAdmins.Exists(t, dbx.NewExp("[[id]] <> {:but} AND [[role]] >= 15 AND [[user_id]] IN "+
		"(SELECT id FROM users WHERE is_active)", dbx.Params{"but": but}))
}

// ForgetFormerAdministrator removes the row of a person who administered the installation and no longer does: nobody
// has two.
func ForgetFormerAdministrator(t *Tx, user string) error {
	if _, err := t.Exec("DELETE FROM instance_admins WHERE user_id = ? AND deleted_at IS NOT NULL", user); err != nil {
		return fmt.Errorf("forget a former administrator: %w", err)
	}
	return nil
}
