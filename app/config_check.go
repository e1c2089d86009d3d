package app

import (
	"errors"
	"fmt"
	"strings"
)

// checkPlaces returns the first setting that names a place where nothing can be, and why.
func (c *Config) checkPlaces() (name string, err error) {
	if name, err := c.Storage.check(); err != nil {
		return "storage." + name, err
	}
	if key, err := c.Mail.check(); err != nil {
		return "mail." + key, err
	}
	if key, err := c.SignIn.check(); err != nil {
		return "sign_in." + key, err
	}
	if c.Server.WaitSeconds < 0 {
		return "server.wait_seconds", errors.New("the number is too small")
	}
	if key, err := c.Database.check(); err != nil {
		return "database." + key, err
	}
	return "", nil
}

// check returns the key of a setting by which no database can be worked with, and why.
func (d DatabaseConfig) check() (key string, err error) {
	switch {
	case d.Connections < 4:
		return "connections", errors.New("it must be at least 4")
	case d.ConnectSeconds < 1:
		return "connect_seconds", errors.New("it must be at least 1")
	case d.ListenURL != "" && d.URL == "":
		return "listen_url", errors.New("database.url is empty: SQLite needs none")
	case d.ListenURL != "" && !isPostgres(d.ListenURL):
		return "listen_url", errors.New("it must begin with postgres://")
	}
	for key, n := range map[string]int{"statement_seconds": d.StatementSeconds, "lock_seconds": d.LockSeconds,
		"idle_seconds": d.IdleSeconds} {
		if n < 0 {
			return key, errors.New("the number is too small")
		}
	}
	return "", nil
}

func isPostgres(url string) bool {
	return strings.HasPrefix(url, "postgres://") || strings.HasPrefix(url, "postgresql://")
}

// check returns the key of a setting that keeps files from being kept in a bucket, and why.
func (s StorageConfig) check() (key string, err error) {
	switch {
	case strings.Contains(s.S3Endpoint, "://"):
		scheme, host, _ := strings.Cut(s.S3Endpoint, "://")
		return "s3_endpoint", fmt.Errorf("it must be a host alone, without %s:// (%q); s3_tls says whether it is https", scheme,
			strings.Trim(host, "/"))
	case strings.Contains(s.S3Endpoint, "/"):
		return "s3_endpoint", errors.New("it must be a host alone, without a path; the bucket is s3_bucket")
	case s.S3Bucket != "" && s.S3Endpoint == "":
		return "s3_endpoint", errors.New("s3_bucket is set, and this is empty: name the host of the store, such as s3.example.org")
	case s.S3Bucket == "" && s.S3Endpoint != "":
		return "s3_bucket", errors.New("s3_endpoint is set, and this is empty: files would be kept in the data folder")
	case s.S3Bucket != "" && (s.S3AccessKey == "") != (s.S3SecretKey == ""):
		return "s3_access_key", errors.New("s3_access_key and s3_secret_key go together")
	}
	return "", nil
}
