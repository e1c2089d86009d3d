package app

import "github.com/sailplane/sailplane/store"

// Config is every setting of the server. The names in the tags are those of config.toml; the environment has them as
// SAILPLANE_<SECTION>_<KEY>. config.example.toml says what each one does.
type Config struct {
	Server    ServerConfig    `toml:"server"`
	Database  DatabaseConfig  `toml:"database"`
	Limits    LimitsConfig    `toml:"limits"`
	SignIn    SignInConfig    `toml:"sign_in"`
	Mail      MailConfig      `toml:"mail"`
	Webhooks  WebhooksConfig  `toml:"webhooks"`
	Workspace WorkspaceConfig `toml:"workspace"`
	Web       WebConfig       `toml:"web"`
	Live      LiveConfig      `toml:"live"`
	Storage   StorageConfig   `toml:"storage"`
	Backup    BackupConfig    `toml:"backup"`
	Jobs      JobsConfig      `toml:"jobs"`
	Retention RetentionConfig `toml:"retention"`
	Sessions  SessionsConfig  `toml:"sessions"`
	Keys      KeysConfig      `toml:"keys"`
	Audit     AuditConfig     `toml:"audit"`
	Log       LogConfig       `toml:"log"`
	Metrics   MetricsConfig   `toml:"metrics"`

	Notifications NotificationsConfig `toml:"notifications"`
}

// ServerConfig is where the server listens, what it is called from outside, and whom it believes. HTTP may be empty; so
// may HTTPS and Redirect, which count only where there are certificates. WaitSeconds is how long a start waits for a
// database, or a bucket, that is not up yet.
type ServerConfig struct {
	HTTP           string   `toml:"http"`
	SocketMode     string   `toml:"socket_mode"`
	Domain         string   `toml:"domain"`
	HTTPS          string   `toml:"https"`
	Redirect       string   `toml:"redirect"`
	ACMEEmail      string   `toml:"acme_email"`
	ACMEDirectory  string   `toml:"acme_directory"`
	ACMECAFile     string   `toml:"acme_ca_file"`
	TLSCertificate string   `toml:"tls_certificate"`
	TLSKey         string   `toml:"tls_key"`
	Secret         string   `toml:"secret" secret:"yes"`
	TrustedProxies []string `toml:"trusted_proxies"`
	CORSOrigins    []string `toml:"cors_origins"`
	MaxBody        int64    `toml:"max_body"`
	WaitSeconds    int      `toml:"wait_seconds"`
}

// DatabaseConfig names the database; an empty URL is SQLite in the data folder. ListenURL is Postgres itself where URL
// leads through a pooler. Connections is how many connections to Postgres a node has at a time, and the seconds bound
// what happens there. OutlineItems is how many work items of large projects are kept in memory, in short. Durability is
// whether a write on SQLite waits for the disk.
type DatabaseConfig struct {
	URL          string `toml:"url" secret:"yes"`
	ListenURL    string `toml:"listen_url" secret:"yes"`
	Connections  int    `toml:"connections"`
	OutlineItems int    `toml:"outline_items"`
	Durability   string `toml:"durability"`

	ConnectSeconds   int `toml:"connect_seconds"`
	StatementSeconds int `toml:"statement_seconds"`
	LockSeconds      int `toml:"lock_seconds"`
	IdleSeconds      int `toml:"idle_seconds"`
}

// What database.durability may be.
const (
	DurabilityFull   = "full"
	DurabilityNormal = "normal"
)

// LimitsConfig bounds what one client may ask; 0 is no limit.
type LimitsConfig struct {
	AuthPerMinute         int   `toml:"auth_per_minute"`
	PasswordMisses        int   `toml:"password_misses"`
	APIKeyPerMinute       int   `toml:"api_key_per_minute"`
	ServicePerMinute      int   `toml:"service_per_minute"`
	FileSize              int64 `toml:"file_size"`
	ImportSize            int64 `toml:"import_size"`
	BodyMemory            int64 `toml:"body_memory"`
	RequestSeconds        int   `toml:"request_seconds"`
	Invitations           int   `toml:"invitations"`
	InvitationsPerRequest int   `toml:"invitations_per_request"`
	Workspaces            int   `toml:"workspaces"`
	APIKeys               int   `toml:"api_keys"`
	ServiceAccounts       int   `toml:"service_accounts"`
	Webhooks              int   `toml:"webhooks"`
	BoardPerMinute        int   `toml:"board_per_minute"`
	Streams               int   `toml:"streams"`
}

// WebhooksConfig bounds where webhooks may go.
type WebhooksConfig struct {
	AllowNetworks []string `toml:"allow_networks"`
}

// NotificationsConfig says what people are told of: APIWrites is whether also of what programs write by key.
type NotificationsConfig struct {
	APIWrites bool `toml:"api_writes"`
}

// WorkspaceConfig says what new workspaces begin with.
type WorkspaceConfig struct {
	DemoProject bool `toml:"demo_project"`
}

// WebConfig says where the frontends are.
type WebConfig struct {
	Frontend  string `toml:"frontend"`
	AppURL    string `toml:"app_url"`
	AdminURL  string `toml:"admin_url"`
	AdminPath string `toml:"admin_path"`
	SpaceURL  string `toml:"space_url"`
	SpacePath string `toml:"space_path"`
	Live      string `toml:"live"`
}

// LiveConfig is about writing on a page together. DocumentSize bounds a page's document, in bytes, and SocketsPerPerson
// what one person has open; 0 is no limit.
type LiveConfig struct {
	Enabled          bool  `toml:"enabled"`
	DocumentSize     int64 `toml:"document_size"`
	SocketsPerPerson int   `toml:"sockets_per_person"`
}

// StorageConfig says where files are kept; without a bucket, in the data folder.
type StorageConfig struct {
	S3Endpoint  string `toml:"s3_endpoint"`
	S3Bucket    string `toml:"s3_bucket"`
	S3Region    string `toml:"s3_region"`
	S3AccessKey string `toml:"s3_access_key"`
	S3SecretKey string `toml:"s3_secret_key" secret:"yes"`
	S3TLS       bool   `toml:"s3_tls"`
}

// JobsConfig bounds the background work: how many jobs of each lane are done at a time.
type JobsConfig struct {
	Mail    int `toml:"mail"`
	Inside  int `toml:"inside"`
	Outside int `toml:"outside"`
	Long    int `toml:"long"`
}

// LogConfig says what is logged and how.
type LogConfig struct {
	Level  string `toml:"level"`
	Format string `toml:"format"`
}

// MetricsConfig is where figures are shown to who watches the server; without an address, nowhere.
type MetricsConfig struct {
	HTTP  string `toml:"http"`
	Token string `toml:"token" secret:"yes"`
	Open  bool   `toml:"open"`
}

// Defaults are the settings of a server without any.
func Defaults() *Config {
	return &Config{
		Server: ServerConfig{HTTP: "127.0.0.1:8080", SocketMode: "0660", HTTPS: ":443", Redirect: ":80",
			ACMEDirectory: "https://acme-v02.api.letsencrypt.org/directory", MaxBody: 10 << 20, WaitSeconds: 60},
		Database: DatabaseConfig{Connections: store.DefaultConnections,
			OutlineItems: store.DefaultOutlineItems, Durability: DurabilityFull,
			ConnectSeconds: int(store.DefaultPatience.Seconds()), StatementSeconds: 600, LockSeconds: 30, IdleSeconds: 600},
		Limits: LimitsConfig{AuthPerMinute: 30, PasswordMisses: 20, APIKeyPerMinute: 60, ServicePerMinute: 300,
			FileSize: 5242880, ImportSize: 256 << 20, BodyMemory: 192 << 20, RequestSeconds: 30, Invitations: 1000,
			InvitationsPerRequest: 100, Workspaces: 100, APIKeys: 200, ServiceAccounts: 100, Webhooks: 100,
			BoardPerMinute: 60, Streams: 1000},
		SignIn:    SignInConfig{Page: PageAuto, LDAP: DefaultLDAP()},
		Mail:      MailConfig{TLS: MailStartTLS},
		Workspace: WorkspaceConfig{DemoProject: true},
		Web:       WebConfig{AdminPath: "/god-mode/", SpacePath: "/spaces/"},
		Live:      LiveConfig{Enabled: true, DocumentSize: 10 << 20, SocketsPerPerson: 100},
		Storage:   StorageConfig{S3Region: "us-east-1", S3TLS: true},
		Backup: BackupConfig{S3Region: "us-east-1", S3TLS: true, KeepDaily: 7, KeepWeekly: 4, KeepMonthly: 6,
			BeforeMigration: true, KeepBeforeMigration: 3},
		Jobs:      JobsConfig{Mail: 4, Inside: 2, Outside: 16, Long: 2},
		Retention: defaultRetention(),
		Sessions:  SessionsConfig{LifetimeHours: 7 * 24, NewDeviceMail: true},
		Keys:      KeysConfig{Endless: true},
		Log:       LogConfig{Level: "info", Format: "text"},

		Notifications: NotificationsConfig{APIWrites: true},
	}
}
