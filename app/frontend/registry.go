package frontend

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/errdef"
	"oras.land/oras-go/v2/registry/remote"
	"oras.land/oras-go/v2/registry/remote/auth"
	"oras.land/oras-go/v2/registry/remote/credentials"
	"oras.land/oras-go/v2/registry/remote/errcode"
	"oras.land/oras-go/v2/registry/remote/retry"

	"github.com/sailplane/sailplane/app"
)

// registry is a server of images, and the path that the names of the three begin with.
type registry struct {
	prefix string
	plain  bool // without TLS
	client *auth.Client
	close_ func()
}

// newRegistry reads an address such as docker.io/makeplane; a scheme may stand before it.
func newRegistry(from string, o *Options) (*registry, error) {
	scheme, prefix, named := strings.Cut(from, "://")
	if !named {
		scheme, prefix = "", from
	}
	prefix = strings.TrimSuffix(prefix, "/")
	host, _, _ := strings.Cut(prefix, "/")
	r := &registry{prefix: prefix, plain: scheme == "http" || scheme == "" && (o.Insecure || loopback(host))}
	switch {
	case scheme != "" && scheme != "http" && scheme != "https":
		return nil, app.Refuse(app.Invalid, fmt.Sprintf("%q: a registry's address begins with https://, or with its name",
			from))
	case r.plain && !o.Insecure && !loopback(host):
		return nil, app.Refuse(app.Invalid, fmt.Sprintf("%q: without TLS anybody on the way can put other files in place; "+
			"use https://, or --insecure on the command line if that network is your own", from))
	}
	for _, p := range parts {
		if _, err := remote.NewRepository(r.name(p)); err != nil || host != "localhost" && !strings.ContainsAny(host, ".:") {
			return nil, app.Refuse(app.Invalid, fmt.Sprintf("%.200q is neither a registry such as %s, nor a file or a folder "+
				"that is there", from, Registry))
		}
	}
	return r, r.connect(o)
}

func (r *registry) text() string { return r.prefix }

func (r *registry) name(p part) string { return r.prefix + "/" + p.image }

func (r *registry) close() error {
	r.close_()
	return nil
}

// loopback says whether a host, with or without a port, is this machine.
func loopback(host string) bool {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	addr, err := netip.ParseAddr(strings.Trim(host, "[]"))
	return host == "localhost" || err == nil && addr.IsLoopback()
}

// patience is how long a registry may take to connect, and to begin an answer. How long an answer takes is bounded by
// stall.
const patience = 30 * time.Second

// connect makes the client that asks the registry. Faults of the server are waited for a few times.
func (r *registry) connect(o *Options) error {
	dialer := &net.Dialer{Timeout: patience, Control: o.Control}
	transport := &http.Transport{
		DialContext: dialer.DialContext, TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience,
		MaxResponseHeaderBytes: 64 << 10, MaxIdleConns: 4, IdleConnTimeout: patience, ForceAttemptHTTP2: true,
		DisableCompression: true, Proxy: http.ProxyFromEnvironment,
		TLSClientConfig: &tls.Config{InsecureSkipVerify: o.Insecure}, //nolint:gosec // that is what the person asks for
	}
	if o.Control != nil {
		transport.Proxy = nil // the address of a proxy would be looked at, not the registry's
	}
	again := retry.NewTransport(encrypted{transport, o.Insecure})
	again.Policy = func() retry.Policy { return retries }
	r.close_ = transport.CloseIdleConnections
	r.client = &auth.Client{Client: &http.Client{Transport: again}, Cache: auth.NewCache()}
	r.client.SetUserAgent("sailplane")
	if o.Credentials {
		// What docker login has kept, helpers included; the library brings that along.
		kept, err := credentials.NewStoreFromDocker(credentials.StoreOptions{})
		if err != nil {
			return fmt.Errorf("read the credentials that docker keeps: %w", err)
		}
		r.client.Credential = credentials.Credential(kept)
	}
	return nil
}

// retries says how often, and when, a request is sent again that a server has failed.
var retries retry.Policy = retry.DefaultPolicy

// encrypted refuses to be led from TLS to plain HTTP: by a redirect, or to a server that gives tokens.
type encrypted struct {
	http.RoundTripper
	insecure bool
}

// RoundTrip sends a request.
func (e encrypted) RoundTrip(r *http.Request) (*http.Response, error) {
	if r.URL.Scheme != "https" && !e.insecure && !loopback(r.URL.Host) {
		return nil, fmt.Errorf("the registry leads to %s://%s, which is not encrypted", r.URL.Scheme, r.URL.Host)
	}
	return e.RoundTripper.RoundTrip(r)
}

// open fetches all layers of the three images.
func (r *registry) open(ctx context.Context, o *Options) ([]supply, error) {
	version := o.Version
	if version == "" {
		version = Version
	}
	fetched := &downloads{folder: filepath.Join(o.Folder, downloadName)}
	var supplies []supply
	var wanted []download
	for _, p := range parts {
		o.Progress(Progress{Step: "asking for", Part: p.name})
		repo, d, err := r.ask(ctx, p, version)
		if err != nil {
			return nil, fmt.Errorf("ask for %s:%s: %w", r.name(p), version, plainly(err))
		}
		s := supply{part: p, version: version, about: Part{
			Image: r.name(p) + ":" + version, Digest: d.digest.String(), Platform: d.platform,
		}}
		im := &image{name: s.about.Image}
		for _, l := range d.layers {
			wanted = append(wanted, download{repo: repo, desc: l})
			im.layers = append(im.layers, layer{
				digest: l.Digest,
				open:   func(context.Context) (io.ReadCloser, error) { return os.Open(fetched.name(l)) },
			})
		}
		s.unpack = func(ctx context.Context, t *tree) error { return im.files(ctx, p.source, t.write) }
		supplies = append(supplies, s)
	}
	return supplies, r.fetch(ctx, o, fetched, wanted)
}

// download is a layer that is wanted.
type download struct {
	repo *remote.Repository
	desc ocispec.Descriptor
}

// ask returns what the registry says of an image.
func (r *registry) ask(ctx context.Context, p part, version string) (*remote.Repository, *described, error) {
	repo, err := remote.NewRepository(r.name(p))
	if err != nil {
		return nil, nil, err
	}
	repo.Client, repo.PlainHTTP, repo.MaxMetadataBytes = r.client, r.plain, mostDocument
	desc, err := repo.Resolve(ctx, version)
	if err != nil {
		return nil, nil, err
	}
	d, err := describe(ctx, repo, desc)
	return repo, d, err
}

// fetch makes sure that all layers are there; those that images share are fetched once.
func (r *registry) fetch(ctx context.Context, o *Options, fetched *downloads, wanted []download) error {
	p := Progress{Step: "fetching"}
	once := map[string]bool{}
	var todo []download
	for _, w := range wanted {
		if name := fetched.name(w.desc); !once[name] {
			once[name], once[name+partly] = true, true
			todo = append(todo, w)
			p.Total += w.desc.Size
		}
	}
	if err := os.MkdirAll(fetched.folder, 0o700); err != nil {
		return fmt.Errorf("make the folder for downloads: %w", err)
	}
	kept, err := os.ReadDir(fetched.folder)
	if err != nil {
		return err
	}
	missing := p.Total
	for _, e := range kept { // of another version: nobody will ask for it
		name := filepath.Join(fetched.folder, e.Name())
		if info, err := e.Info(); err == nil && once[name] {
			missing -= info.Size()
			continue
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	if err := room(o.Folder, missing); err != nil {
		return err
	}
	fetched.came = func(bytes int64) {
		p.Done += bytes
		o.Progress(p)
	}
	for _, w := range todo {
		if err := fetched.fetch(ctx, w.repo.Blobs(), w.desc); err != nil {
			return fmt.Errorf("fetch a layer from %s: %w; what has come is kept: run the command again to go on", r.prefix,
				plainly(err))
		}
	}
	return nil
}

// plainly says what a registry's refusal means.
func plainly(err error) error {
	var refused *errcode.ErrorResponse
	var broken *net.OpError
	switch {
	case errors.As(err, &broken) && broken.Op == "dial":
		return fmt.Errorf("the registry cannot be reached from here; what docker save writes on a machine that reaches it "+
			"can be taken with --from FILE: %w", err)
	case errors.Is(err, errdef.ErrNotFound):
		return fmt.Errorf("the registry has no such image; is the version right? %w", err)
	case errors.As(err, &refused) && (refused.StatusCode == http.StatusUnauthorized ||
		refused.StatusCode == http.StatusForbidden):
		return fmt.Errorf("the registry lets nobody in without signing in, or has no such image; docker login lets this "+
			"command in too: %w", err)
	case errors.As(err, &refused) && refused.StatusCode == http.StatusTooManyRequests:
		return fmt.Errorf("the registry has had enough for now; wait, or sign in with docker login: %w", err)
	}
	return err
}
