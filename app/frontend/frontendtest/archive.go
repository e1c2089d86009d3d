package frontendtest

import (
	"encoding/json"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/opencontainers/go-digest"
	"github.com/opencontainers/image-spec/specs-go"
	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
)

// Layout writes images as a layout of OCI into a folder, without names: as tools do that copy one image at a time.
func Layout(dir, tag string, images map[string][][]byte) {
	g := NewRegistry()
	index := ocispec.Index{Versioned: specs.Versioned{SchemaVersion: 2}, MediaType: ocispec.MediaTypeImageIndex}
	for _, name := range slices.Sorted(maps.Keys(images)) {
		d := g.Manifest(ocispec.Platform{OS: "linux", Architecture: "amd64"}, images[name]...)
		d.Annotations = map[string]string{ocispec.AnnotationRefName: tag}
		index.Manifests = append(index.Manifests, d)
	}
	text, err := json.Marshal(index)
	must(err)
	blobs := filepath.Join(dir, "blobs", "sha256")
	must(os.MkdirAll(blobs, 0o700))
	must(os.WriteFile(filepath.Join(dir, "index.json"), text, 0o600))
	must(os.WriteFile(filepath.Join(dir, "oci-layout"), []byte(`{"imageLayoutVersion":"1.0.0"}`), 0o600))
	for d, content := range g.blobs {
		must(os.WriteFile(filepath.Join(blobs, d.Encoded()), content, 0o600))
	}
}

// Saved is the tar that docker save wrote before version 25. The layers, which are not compressed in it, are named like
// their image; change may change what is written.
func Saved(tag string, images map[string][][]byte, change func(name string, content []byte) []byte) []byte {
	var list []map[string]any
	var entries []Entry
	add := func(name string, content []byte) {
		if change != nil {
			content = change(name, content)
		}
		entries = append(entries, Entry{Name: name, Body: string(content)})
	}
	for _, name := range slices.Sorted(maps.Keys(images)) {
		config := ocispec.Image{Platform: ocispec.Platform{OS: "linux", Architecture: "amd64"}}
		var layers []string
		for i, l := range images[name] {
			config.RootFS.DiffIDs = append(config.RootFS.DiffIDs, digest.FromBytes(l))
			layers = append(layers, filepath.ToSlash(filepath.Join(name, string(rune('a'+i)), "layer.tar")))
			add(layers[i], l)
		}
		text, err := json.Marshal(config)
		must(err)
		add(name+".json", text)
		list = append(list, map[string]any{"Config": name + ".json", "Layers": layers,
			"RepoTags": []string{"makeplane/" + name + ":" + tag}})
	}
	text, err := json.Marshal(list)
	must(err)
	add("manifest.json", text)
	return Tar(entries...)
}

// PlainLayers are those of Layers, each as one layer that is not compressed.
func PlainLayers(text string) map[string][][]byte {
	return map[string][][]byte{
		"plane-frontend": {Tar(Entry{Name: WebAt + "/index.html", Body: "web " + text})},
		"plane-admin": {Tar(Entry{Name: WebAt + "/index.html", Body: "Welcome to nginx!"}),
			Tar(Entry{Name: AdminAt + "/index.html", Body: "admin " + text})},
		"plane-space": {Tar(Entry{Name: SpaceAt + "/assets/manifest-3.js", Body: Manifest})},
	}
}
