package main

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/sailplane/sailplane/app"
)

// healthTime is how long a server may take to say that it is ready.
const healthTime = 5 * time.Second

func (c *command) health() *cobra.Command {
	var addr string
	cmd := &cobra.Command{Use: "health", Short: "Ask the running server whether it is ready",
		Long: "Asks the server at server.http, or at --http, for /readyz. The exit status is 0 when it is ready, 1 when it is not:\n" +
			"what a container's HEALTHCHECK wants.",
		Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error {
			cfg, err := c.load()
			if err != nil {
				return err
			}
			server := cfg.Server
			if addr != "" {
				server.HTTP = addr
			}
			return c.askHealth(cmd.Context(), &server)
		}}
	cmd.Flags().StringVar(&addr, "http", "", "ask at this address (server.http)")
	return cmd
}

func (c *command) askHealth(ctx context.Context, server *app.ServerConfig) error {
	base, client, err := reachable(server)
	if err != nil {
		return misuse{err}
	}
	ctx, cancel := context.WithTimeout(ctx, healthTime)
	defer cancel()
	ask, err := http.NewRequestWithContext(ctx, http.MethodGet, base+"/readyz", nil)
	if err != nil {
		return misuse{err}
	}
	answer, err := client.Do(ask)
	if err != nil {
		return fmt.Errorf("no server answers at %s: %w (if it was started with --http, say the same --http here)", base,
			errors.Unwrap(err))
	}
	defer answer.Body.Close()
	var said struct {
		Status string `json:"status"`
	}
	raw, err := io.ReadAll(io.LimitReader(answer.Body, 1<<16))
	if err == nil {
		err = json.Unmarshal(raw, &said)
	}
	if err != nil {
		return fmt.Errorf("what answers at %s is no sailplane: %w", base, err)
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("the server at %s is not ready: %s", base, said.Status)
	}
	return c.say(map[string]string{"status": said.Status, "url": base}, "The server at %s is ready.", base)
}

// reachable is where a server is asked from the same machine, and by whom.
func reachable(server *app.ServerConfig) (base string, client *http.Client, err error) {
	transport := &http.Transport{}
	client = &http.Client{Transport: transport}
	if socket, ok := strings.CutPrefix(server.HTTP, app.UnixSocket); ok {
		transport.DialContext = func(ctx context.Context, _, _ string) (net.Conn, error) {
			return new(net.Dialer).DialContext(ctx, "unix", socket)
		}
		return "http://socket", client, nil
	}
	scheme, listen := "http://", server.HTTP
	if listen == "" {
		scheme, listen = "https://", server.HTTPS
		transport.TLSClientConfig = &tls.Config{ServerName: server.Domain,
			InsecureSkipVerify: true} //nolint:gosec // it is this machine, and nothing is told it
	}
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return "", nil, fmt.Errorf("%q is not an address with a port", listen)
	}
	if ip, err := netip.ParseAddr(host); host == "" || err == nil && ip.IsUnspecified() {
		host = "127.0.0.1"
	}
	return scheme + net.JoinHostPort(host, port), client, nil
}
