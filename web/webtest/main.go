package webtest

import (
	"flag"
	"os"
	"runtime/debug"
	"testing"
)

// Main runs the tests of a package that serves many stores, for TestMain. Tests that may run at the same time mostly
// wait for what a server does in the background: eight of them do, and the recordings take 32 s of two cores, not 72.
// Garbage is collected when there is three times as much as what lives, which saves a tenth of the processor time;
// benchmarks have it as it is. -parallel and GOGC say otherwise.
func Main(m *testing.M) {
	if err := flag.Set("test.parallel", "8"); err != nil {
		panic(err)
	}
	flag.Parse()
	if flag.Lookup("test.bench").Value.String() == "" && os.Getenv("GOGC") == "" {
		debug.SetGCPercent(300)
	}
	m.Run()
}
