package app

import (
	"errors"
	"fmt"
	"reflect"
	"strings"

	"filippo.io/age"
	"github.com/robfig/cron/v3"
)

// BackupConfig says when backups are made, where they are kept, for whom they are encrypted and how many stay.
type BackupConfig struct {
	Schedule            string   `toml:"schedule"`
	Folder              string   `toml:"folder"`
	S3Endpoint          string   `toml:"s3_endpoint"`
	S3Bucket            string   `toml:"s3_bucket"`
	S3Region            string   `toml:"s3_region"`
	S3AccessKey         string   `toml:"s3_access_key"`
	S3SecretKey         string   `toml:"s3_secret_key" secret:"yes"`
	S3TLS               bool     `toml:"s3_tls"`
	S3Prefix            string   `toml:"s3_prefix"`
	KeepDaily           int      `toml:"keep_daily"`
	KeepWeekly          int      `toml:"keep_weekly"`
	KeepMonthly         int      `toml:"keep_monthly"`
	BeforeMigration     bool     `toml:"before_migration"`
	KeepBeforeMigration int      `toml:"keep_before_migration"`
	AgeRecipients       []string `toml:"age_recipients"`
}

// Prefix is what the keys of backups in a bucket begin with: empty, or a path that ends with a slash.
func (b BackupConfig) Prefix() string {
	prefix := strings.Trim(b.S3Prefix, "/")
	if prefix == "" {
		return ""
	}
	return prefix + "/"
}

// InStorage says whether backups are kept in the bucket of [storage], below a prefix of their own.
func (b BackupConfig) InStorage() bool { return b.S3Bucket == "" && b.Prefix() != "" }

// Recipients are the public keys for which backups are encrypted; none: they are not.
func (b BackupConfig) Recipients() ([]age.Recipient, error) {
	var keys []age.Recipient
	for _, text := range b.AgeRecipients {
		key, err := age.ParseRecipients(strings.NewReader(text))
		if err != nil {
			return nil, errors.New("one of them is no public key of age, such as age1…") // not which: it may be a private one
		}
		keys = append(keys, key...)
	}
	for _, key := range keys {
		if reflect.TypeOf(key) != reflect.TypeOf(keys[0]) {
			return nil, errors.New("keys that resist quantum computers (age1pq…) and others can't stand beside each other")
		}
	}
	return keys, nil
}

// check returns the first key of the section that is of no use, and why.
func (b BackupConfig) check(storage StorageConfig) (key string, err error) {
	if b.Schedule != "" {
		if _, err := cron.ParseStandard(b.Schedule); err != nil {
			return "schedule", fmt.Errorf(`%q is not a time such as "30 2 * * *": minute hour day month weekday`, b.Schedule)
		}
	}
	if _, err := b.Recipients(); err != nil {
		return "age_recipients", err
	}
	switch {
	case b.Folder != "" && (b.S3Bucket != "" || b.S3Prefix != ""):
		return "folder", errors.New("backups go either to a folder or to a bucket: leave one of them empty")
	case b.S3Bucket != "" && b.S3Endpoint == "":
		return "s3_endpoint", errors.New("it must say where the bucket is, such as s3.example.org")
	case b.S3Bucket == "" && b.S3Endpoint != "":
		return "s3_bucket", errors.New("it must name the bucket at backup.s3_endpoint")
	case b.InStorage() && storage.S3Bucket == "":
		return "s3_prefix", errors.New("there is no bucket: name one in backup.s3_bucket or storage.s3_bucket")
	}
	for key, n := range map[string]int{"keep_daily": b.KeepDaily, "keep_weekly": b.KeepWeekly,
		"keep_monthly": b.KeepMonthly, "keep_before_migration": b.KeepBeforeMigration - 1} {
		if n < 0 {
			return key, errors.New("the number is too small")
		}
	}
	return "", nil
}
