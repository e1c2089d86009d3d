package frontend

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"

	"github.com/opencontainers/go-digest"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
)

// Registries and archives describe images in the same documents: an index names a manifest for each platform, a
// manifest names the layers. oras-go is the client library: with it the program grows by 0.4 MB, with
// google/go-containerregistry by 1.1; it also asks for the rest of what was cut short.

// The types that Docker gives to what has others in the specification of OCI.
const (
	dockerIndex    = "application/vnd.docker.distribution.manifest.list.v2+json"
	dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
)

// What documents may say at most.
const (
	mostDocument = 4 << 20
	mostLayers   = 256
	mostPacked   = 2 << 30 // of an image, compressed
)

// described is what manifests say of an image.
type described struct {
	digest   digest.Digest
	platform string
	layers   []ocispec.Descriptor
}

// describe reads the documents of an image, from its manifest or the index of its platforms.
func describe(ctx context.Context, from content.Fetcher, desc ocispec.Descriptor) (*described, error) {
	d := &described{digest: desc.Digest}
	text, err := document(ctx, from, desc)
	if err != nil {
		return nil, err
	}
	switch typeOf(text, desc.MediaType) {
	case ocispec.MediaTypeImageIndex, dockerIndex:
		var index ocispec.Index
		if err := json.Unmarshal(text, &index); err != nil {
			return nil, fmt.Errorf("read the index of the platforms: %w", err)
		}
		chosen, err := choose(index.Manifests)
		if err != nil {
			return nil, err
		}
		d.platform = chosen.Platform.OS + "/" + chosen.Platform.Architecture
		if text, err = document(ctx, from, *chosen); err != nil {
			return nil, err
		}
		if kind := typeOf(text, chosen.MediaType); kind != ocispec.MediaTypeImageManifest && kind != dockerManifest {
			return nil, fmt.Errorf("the image for %s is described in a way that is not known: %q", d.platform, kind)
		}
	case ocispec.MediaTypeImageManifest, dockerManifest:
	default:
		return nil, fmt.Errorf("it is no image: %q", desc.MediaType)
	}
	var m ocispec.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		return nil, fmt.Errorf("read the image's manifest: %w", err)
	}
	d.layers = m.Layers
	return d, sizes(m.Layers)
}

// sizes refuses what no image of the reference is like.
func sizes(layers []ocispec.Descriptor) error {
	var sum int64
	for _, l := range layers {
		if err := l.Digest.Validate(); err != nil {
			return fmt.Errorf("the digest of a layer, %.100q: %w", l.Digest, err)
		}
		if sum += l.Size; l.Size < 0 || l.Size > mostPacked || sum > mostPacked {
			return fmt.Errorf("the layers are larger than %d MiB", mostPacked>>20)
		}
	}
	if len(layers) == 0 || len(layers) > mostLayers {
		return fmt.Errorf("the image has %d layers", len(layers))
	}
	return nil
}

// typeOf is the type that a document gives itself, else the one that it was named with.
func typeOf(text []byte, named string) string {
	var d struct {
		MediaType string `json:"mediaType"`
	}
	if json.Unmarshal(text, &d) == nil && d.MediaType != "" {
		return d.MediaType
	}
	return named
}

// document reads a short text and checks it against its digest.
func document(ctx context.Context, from content.Fetcher, desc ocispec.Descriptor) ([]byte, error) {
	if err := desc.Digest.Validate(); err != nil {
		return nil, fmt.Errorf("the digest of a manifest, %.100q: %w", desc.Digest, err)
	}
	if desc.Size < 0 || desc.Size > mostDocument {
		return nil, fmt.Errorf("a manifest of %d bytes is too long", desc.Size)
	}
	rc, err := from.Fetch(ctx, desc)
	if err != nil {
		return nil, err
	}
	text, err := content.ReadAll(rc, desc)
	if err = errors.Join(err, rc.Close()); err != nil {
		return nil, fmt.Errorf("read a manifest: %w", err)
	}
	return text, nil
}

// choose returns the manifest for this machine's processor, else the one for the most usual, else any: files for
// browsers are the same in all. What is no image, as proofs of where it was built, has no platform.
func choose(manifests []ocispec.Descriptor) (*ocispec.Descriptor, error) {
	var found *ocispec.Descriptor
	rank := 0
	for i := range manifests {
		p := manifests[i].Platform
		if p == nil || p.OS != "linux" {
			continue
		}
		r := 1
		if p.Architecture == "amd64" {
			r = 2
		}
		if p.Architecture == runtime.GOARCH {
			r = 3
		}
		if r > rank {
			found, rank = &manifests[i], r
		}
	}
	if found == nil {
		return nil, errors.New("the image is for no platform that is known")
	}
	return found, nil
}
