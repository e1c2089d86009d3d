package webtest

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// Main runs the tests of a package that serves many stores, for TestMain. Garbage is collected when there is three
// times as much as what lives, not once: collecting took 43 % of the processor time of the recordings. Benchmarks have
// it as it is, and so does whoever sets GOGC.
func Main(m *testing.M) {
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	m.Run()
}
