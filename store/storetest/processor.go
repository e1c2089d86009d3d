//go:build unix

package storetest

import (
	"syscall"
	"testing"
	"time"
)

// ProcessorTime is what this process has used: on a machine that does other things too, the only time that means
// anything.
func ProcessorTime(b *testing.B) time.Duration {
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// ReportProcessorTime adds to a benchmark what a round has used since before.
func ReportProcessorTime(b *testing.B, before time.Duration) {
	b.ReportMetric(float64((ProcessorTime(b)-before).Microseconds())/1000/float64(b.N), "cpu-ms/op")
}
