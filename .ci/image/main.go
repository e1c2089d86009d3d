// Command image writes the container image of Sailplane as an OCI layout, without a container daemon: from scratch, a
// layer a platform, with the binary, an empty data folder and an empty /tmp.
//
//	go run . -version v1.0.0 -created 1796003457 -out LAYOUT linux/amd64=BINARY linux/arm64=BINARY
//
// It is a module of its own so that what builds the image is never part of the product. go-containerregistry does the
// work: a well-kept library, the one below crane and ko.
package main

import (
	"archive/tar"
	"bytes"
	"flag"
	"fmt"
	"io"
	"log"
	"os"
	"strings"
	"time"

	v1 "github.com/google/go-containerregistry/pkg/v1"
	"github.com/google/go-containerregistry/pkg/v1/empty"
	"github.com/google/go-containerregistry/pkg/v1/layout"
	"github.com/google/go-containerregistry/pkg/v1/mutate"
	"github.com/google/go-containerregistry/pkg/v1/tarball"
	"github.com/google/go-containerregistry/pkg/v1/types"
)

// The one who runs in the container; nobody in particular, and the usual number for that.
const user = 65532

func main() {
	version := flag.String("version", "dev", "the version, which is also the tag")
	created := flag.Int64("created", 0, "when it was made, in seconds since 1970: that of the commit, so that it can be made again")
	out := flag.String("out", "", "the folder to write the OCI layout to")
	flag.Parse()
	if err := write(*out, *version, time.Unix(*created, 0).UTC(), flag.Args()); err != nil {
		log.Fatal(err)
	}
}

func write(out, version string, created time.Time, platforms []string) error {
	var images []mutate.IndexAddendum
	for _, p := range platforms {
		name, binary, ok := strings.Cut(p, "=")
		system, arch, slash := strings.Cut(name, "/")
		if !ok || !slash {
			return fmt.Errorf("%q is no OS/ARCH=BINARY", p)
		}
		platform := v1.Platform{OS: system, Architecture: arch}
		img, err := image(platform, binary, version, created)
		if err != nil {
			return fmt.Errorf("image of %s: %w", name, err)
		}
		images = append(images, mutate.IndexAddendum{Add: img, Descriptor: v1.Descriptor{Platform: &platform}})
	}
	index := mutate.IndexMediaType(mutate.AppendManifests(empty.Index, images...), types.OCIImageIndex)
	path, err := layout.Write(out, empty.Index)
	if err != nil {
		return err
	}
	return path.AppendIndex(index, layout.WithAnnotations(map[string]string{
		"org.opencontainers.image.ref.name": version, "io.containerd.image.name": "sailplane:" + version}))
}

func image(platform v1.Platform, binary, version string, created time.Time) (v1.Image, error) {
	content, err := layer(binary, created)
	if err != nil {
		return nil, err
	}
	l, err := tarball.LayerFromOpener(func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(content)), nil },
		tarball.WithMediaType(types.OCILayer))
	if err != nil {
		return nil, err
	}
	img := mutate.ConfigMediaType(mutate.MediaType(empty.Image, types.OCIManifestSchema1), types.OCIConfigJSON)
	if img, err = mutate.Append(img, mutate.Addendum{Layer: l,
		History: v1.History{Created: v1.Time{Time: created}, CreatedBy: "sailplane " + version}}); err != nil {
		return nil, err
	}
	file, err := img.ConfigFile()
	if err != nil {
		return nil, err
	}
	file = file.DeepCopy()
	file.OS, file.Architecture, file.Created = platform.OS, platform.Architecture, v1.Time{Time: created}
	file.Config = v1.Config{
		User:         fmt.Sprint(user),
		Entrypoint:   []string{"/sailplane"},
		Cmd:          []string{"serve"},
		Env:          []string{"SAILPLANE_DIR=/data", "SAILPLANE_SERVER_HTTP=0.0.0.0:8080"},
		WorkingDir:   "/data",
		Volumes:      map[string]struct{}{"/data": {}},
		ExposedPorts: map[string]struct{}{"8080/tcp": {}},
		StopSignal:   "SIGTERM",
		Healthcheck: &v1.HealthConfig{Test: []string{"CMD", "/sailplane", "health"}, Interval: 30 * time.Second,
			Timeout: 5 * time.Second, StartPeriod: 10 * time.Second, Retries: 3},
		Labels: map[string]string{
			"org.opencontainers.image.title":    "Sailplane",
			"org.opencontainers.image.version":  version,
			"org.opencontainers.image.licenses": "AGPL-3.0-only",
		},
	}
	return mutate.ConfigFile(img, file)
}

// layer makes the tar of the one layer.
func layer(binary string, created time.Time) ([]byte, error) {
	program, err := os.ReadFile(binary)
	if err != nil {
		return nil, err
	}
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for _, h := range []tar.Header{
		{Name: "data/", Typeflag: tar.TypeDir, Mode: 0o700, Uid: user, Gid: user},
		{Name: "sailplane", Typeflag: tar.TypeReg, Mode: 0o755, Size: int64(len(program))},
		{Name: "tmp/", Typeflag: tar.TypeDir, Mode: 0o1777},
	} {
		h.ModTime = created
		if err := w.WriteHeader(&h); err != nil {
			return nil, err
		}
		if h.Typeflag == tar.TypeReg {
			if _, err := w.Write(program); err != nil {
				return nil, err
			}
		}
	}
	return b.Bytes(), w.Close()
}
