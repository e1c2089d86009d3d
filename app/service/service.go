// Package service asks others over the network for what people want beside their work: words of a language model,
// pictures. Without the keys that administrators set there is none of it.
package service

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

var client = &http.Client{Timeout: 60 * time.Second}

const largest = 8 << 20 // bytes of an answer

// exchange sends a request and reads its JSON answer.
func exchange(ctx context.Context, r *http.Request, answer any) error {
	res, err := client.Do(r.WithContext(ctx))
	if err != nil {
		return fmt.Errorf("ask %s: %w", r.URL.Host, err)
	}
	defer res.Body.Close()
	raw, err := io.ReadAll(io.LimitReader(res.Body, largest))
	if err != nil {
		return fmt.Errorf("ask %s: %w", r.URL.Host, err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("ask %s: it answers %s", r.URL.Host, res.Status)
	}
	if err := json.Unmarshal(raw, answer); err != nil {
		return fmt.Errorf("ask %s: %w", r.URL.Host, err)
	}
	return nil
}
