package frontend

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"path/filepath"
	"time"

	ocispec "github.com/opencontainers/image-spec/specs-go/v1"
	"oras.land/oras-go/v2/content"
)

// downloads fetches layers into a folder that outlives a pull which is cut short. A layer that is whole has its
// digest's name; one that is not yet has it with ".part" behind, and is gone on with.
type downloads struct {
	folder string
	came   func(bytes int64) // hears of what has arrived, or was there
}

var (
	attempts = 6                // in a row that bring nothing
	pause    = time.Second      // after the first of them; each is twice as long as the one before
	stall    = 60 * time.Second // in which nothing arrives: the connection is given up
)

const partly = ".part"

// errLies is what a registry sends that is not what it has announced.
var errLies = errors.New("the registry sent something else than it announced")

func (d *downloads) name(desc ocispec.Descriptor) string {
	return filepath.Join(d.folder, desc.Digest.Algorithm().String()+"-"+desc.Digest.Encoded())
}

// fetch makes sure that a layer is in the folder, whole and right.
func (d *downloads) fetch(ctx context.Context, from content.Fetcher, desc ocispec.Descriptor) error {
	name := d.name(desc)
	if info, err := os.Stat(name); err == nil {
		if info.Size() == desc.Size && matches(name, desc) {
			d.came(desc.Size)
			return nil
		}
		if err := os.Remove(name); err != nil {
			return err
		}
	}
	f, err := os.OpenFile(name+partly, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("keep a layer: %w", err)
	}
	defer f.Close()
	have, err := f.Seek(0, io.SeekEnd)
	if err == nil && have > desc.Size {
		have, err = 0, f.Truncate(0)
	}
	if err != nil {
		return fmt.Errorf("keep a layer: %w", err)
	}
	d.came(have)
	if err := d.complete(ctx, from, desc, f, have); err != nil {
		return err
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("keep a layer: %w", err)
	}
	if !matches(name+partly, desc) {
		return errors.Join(fmt.Errorf("%w: a layer is not %s", errLies, desc.Digest), os.Remove(name+partly))
	}
	return os.Rename(name+partly, name)
}

// complete fetches the rest of a layer of which have bytes are there, as often as it takes while something comes.
func (d *downloads) complete(ctx context.Context, from content.Fetcher, desc ocispec.Descriptor, f *os.File,
	have int64) error {
	wait, failed := pause, 0
	for have < desc.Size {
		now, again, err := d.more(ctx, from, desc, f, have)
		if now > have {
			wait, failed = pause, 0
		}
		if have = now; err == nil {
			continue
		}
		if !again || ctx.Err() != nil {
			return err
		}
		if failed++; failed == attempts {
			return fmt.Errorf("the download was cut off again and again: %w", err)
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(wait):
		}
		wait *= 2
	}
	return nil
}

// more fetches what comes of a layer behind its first have bytes. It returns how much there is now, and whether it is
// any use to try again.
func (d *downloads) more(ctx context.Context, from content.Fetcher, desc ocispec.Descriptor, f *os.File,
	have int64) (now int64, again bool, err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	watch := time.AfterFunc(stall, func() { cancel(fmt.Errorf("nothing has arrived for %s", stall)) })
	defer watch.Stop()
	rc, err := from.Fetch(ctx, desc)
	if err == nil {
		defer rc.Close()
		if have > 0 {
			have, err = d.goOn(rc, f, have)
		}
	}
	if err != nil {
		var broken net.Error
		return have, errors.As(err, &broken) || errors.Is(err, io.ErrUnexpectedEOF), because(ctx, err)
	}
	now, again, err = d.copy(desc, f, have, rc, func() { watch.Reset(stall) })
	return now, again, because(ctx, err)
}

// because adds why the context has ended.
func because(ctx context.Context, err error) error {
	if cause := context.Cause(ctx); err != nil && cause != nil && !errors.Is(err, cause) {
		return fmt.Errorf("%w: %w", cause, err)
	}
	return err
}

// copy writes what arrives behind the first have bytes of a layer.
func (d *downloads) copy(desc ocispec.Descriptor, f *os.File, have int64, r io.Reader, moved func()) (now int64,
	again bool, err error) {
	part := make([]byte, 256<<10)
	for {
		n, err := r.Read(part)
		if int64(n) > desc.Size-have {
			return have, false, fmt.Errorf("%w: a layer is longer than %d bytes", errLies, desc.Size)
		}
		if n > 0 {
			moved()
			if _, err := f.WriteAt(part[:n], have); err != nil {
				return have, false, fmt.Errorf("keep a layer: %w", err)
			}
			have += int64(n)
			d.came(int64(n))
		}
		switch {
		case have == desc.Size:
			return have, false, nil
		case errors.Is(err, io.EOF):
			return have, true, io.ErrUnexpectedEOF
		case err != nil:
			return have, true, err
		}
	}
}

// goOn moves a layer to where its file ends. Where the registry cannot do that, the layer comes from the start again:
// it returns from where.
func (d *downloads) goOn(rc io.Reader, f *os.File, have int64) (int64, error) {
	if s, ok := rc.(io.Seeker); ok {
		_, err := s.Seek(have, io.SeekStart)
		return have, err
	}
	d.came(-have)
	if err := f.Truncate(0); err != nil {
		return 0, fmt.Errorf("keep a layer: %w", err)
	}
	return 0, nil
}

// matches says whether a file is what its description says.
func matches(name string, desc ocispec.Descriptor) bool {
	f, err := os.Open(name)
	if err != nil {
		return false
	}
	defer f.Close()
	v := desc.Digest.Verifier()
	n, err := io.Copy(v, f)
	return err == nil && n == desc.Size && v.Verified()
}
