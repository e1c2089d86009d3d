package archive

import (
	"compress/gzip"
	"errors"
	"io"
)

// Rows and files become some ten times smaller. What becomes far larger when it is unpacked is a bomb. People may
// upload what compresses as well as one: what is written here is squeezed less where it would come near the bound,
// so that every archive of ours is within it.
const (
	mostRatio = 100      // that unpacking takes
	ownRatio  = 50       // that is written
	slack     = 64 << 20 // for small ones, which may be empty pages for the most part
	ownSlack  = 8 << 20
	partCost  = 4 << 10 // of a part, however small: it becomes a file
)

var errBomb = errors.New("it would be more than 100 times as large, unpacked")

// Counter counts what goes through a reader or a writer, and remembers why it could not be read.
type Counter struct {
	R   io.Reader
	W   io.Writer
	N   int64
	Err error
}

// Read counts what was read.
func (c *Counter) Read(p []byte) (int, error) {
	n, err := c.R.Read(p)
	c.N += int64(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.Err = err
	}
	return n, err
}

// Write counts what was written.
func (c *Counter) Write(p []byte) (int, error) {
	n, err := c.W.Write(p)
	c.N += int64(n)
	return n, err
}

// squeezer compresses, but never better than the bound on bombs allows.
type squeezer struct {
	out   *Counter
	zip   *gzip.Writer
	in    int64
	plain bool // what comes now is not compressed
}

func squeeze(w io.Writer) *squeezer {
	s := &squeezer{out: &Counter{W: w}}
	s.zip, _ = gzip.NewWriterLevel(s.out, gzip.BestSpeed) // the level is a good one
	return s
}

// stretch is how much is compressed before the ratio is looked at.
const stretch = 256 << 10

// Write compresses p.
func (s *squeezer) Write(p []byte) (n int, err error) {
	for len(p) > 0 {
		if err := s.choose(); err != nil {
			return n, err
		}
		w, err := s.zip.Write(p[:min(stretch, len(p))])
		n, s.in, p = n+w, s.in+int64(w), p[w:]
		if err != nil {
			return n, err
		}
	}
	return n, nil
}

// choose begins another member of the file, without compression, when too much has become too little.
func (s *squeezer) choose() error {
	plain := s.in > ownSlack+s.out.N*ownRatio
	if s.plain && !plain {
		plain = s.in > ownSlack/2+s.out.N*ownRatio/2
	}
	if plain == s.plain {
		return nil
	}
	if err := s.zip.Close(); err != nil {
		return err
	}
	level := gzip.BestSpeed
	if plain {
		level = gzip.NoCompression
	}
	s.plain = plain
	s.zip, _ = gzip.NewWriterLevel(s.out, level) // both levels are good ones
	return nil
}

// Close ends the file.
func (s *squeezer) Close() error { return s.zip.Close() }

// guard reads what is unpacked, and ends when that is far more than what it came from. It keeps the first error: what
// went wrong with the archive, not with what is done with it.
type guard struct {
	r   io.Reader
	in  *Counter
	out int64
	err error
}

func (g *guard) Read(p []byte) (int, error) {
	if g.err != nil {
		return 0, g.err
	}
	n, err := g.r.Read(p)
	g.out += int64(n)
	if g.out > slack+g.in.N*mostRatio {
		n, err = 0, errBomb
	}
	if err != nil && !errors.Is(err, io.EOF) {
		g.err = err
	}
	return n, err
}
