package metrics

import (
	"os"
	"runtime"
	runtimemetrics "runtime/metrics"
	"strconv"
	"strings"
	"time"
)

var started = time.Now()

// ticks are the units of a process's time in /proc: a hundredth of a second on every Linux that Go runs on.
const ticks = 100

// runtimeFigures are those of Go, by the names that dashboards know.
var runtimeFigures = []struct {
	from, name string
	kind       Kind
	help       string
}{
	{"/sched/goroutines:goroutines", "go_goroutines", Gauge, "Goroutines that there are."},
	{"/memory/classes/heap/objects:bytes", "go_memstats_alloc_bytes", Gauge, "Memory of objects, garbage among them."},
	{"/memory/classes/total:bytes", "go_memstats_sys_bytes", Gauge, "Memory that Go has from the system."},
	{"/memory/classes/heap/released:bytes", "go_memstats_heap_released_bytes", Gauge, "Memory that Go has given back."},
	{"/gc/heap/allocs:bytes", "go_memstats_alloc_bytes_total", Counter, "Memory that objects were given."},
	{"/gc/cycles/total:gc-cycles", "go_gc_cycles_total", Counter, "Collections of garbage."},
	{"/cpu/classes/gc/total:cpu-seconds", "go_gc_cpu_seconds_total", Counter, "Processor time of the collector, as Go guesses it."},
}

// WriteProcess adds the figures of Go and of the process. What a system does not tell is left out.
func WriteProcess(t *Text) {
	t.Family("go_info", Gauge, "The version of Go that the server is built with.")
	t.Add(1, "version", runtime.Version())
	samples := make([]runtimemetrics.Sample, len(runtimeFigures))
	for i, f := range runtimeFigures {
		samples[i].Name = f.from
	}
	runtimemetrics.Read(samples)
	for i, f := range runtimeFigures {
		switch v := samples[i].Value; v.Kind() {
		case runtimemetrics.KindUint64:
			t.One(f.name, f.kind, f.help, float64(v.Uint64()))
		case runtimemetrics.KindFloat64:
			t.One(f.name, f.kind, f.help, v.Float64())
		}
	}
	t.One("process_start_time_seconds", Gauge, "When the process began, in seconds since 1970.", float64(started.UnixMilli())/1000)
	stat, err := os.ReadFile("/proc/self/stat")
	if err != nil {
		return
	}
	// What follows the name in brackets, which may have blanks in it: the third field and on.
	fields := strings.Fields(string(stat[strings.LastIndexByte(string(stat), ')')+1:]))
	if len(fields) < 22 {
		return
	}
	of := func(field int) float64 { n, _ := strconv.ParseFloat(fields[field-3], 64); return n }
	t.One("process_cpu_seconds_total", Counter, "Processor time of the process.", (of(14)+of(15))/ticks)
	t.One("process_virtual_memory_bytes", Gauge, "Addresses that the process uses.", of(23))
	t.One("process_resident_memory_bytes", Gauge, "Memory that the process uses.", of(24)*float64(os.Getpagesize()))
	if open, err := os.ReadDir("/proc/self/fd"); err == nil {
		t.One("process_open_fds", Gauge, "Files and connections that are open.", float64(len(open)))
	}
}
