// Package sidebyside runs more tests at once than Go would. It knows nothing of linqbot, so every package may use it as the
// main of its tests. Begin with [Run].
package sidebyside

import (
	"flag"
	"runtime"
	"strconv"
	"testing"
)

// Run runs the tests of a package, most of which wait for jobs or processes. It runs four for each processor at
// once, unless -parallel says how many or a test is fuzzed.
func Run(m *testing.M) int {
	const perProcessor = 4
	flag.Parse() //nolint:revive // the tests run after it: this is their main
	atOnce, fuzzed := flag.Lookup("test.parallel"), flag.Lookup("test.fuzz")
	if atOnce.Value.String() == atOnce.DefValue && fuzzed.Value.String() == "" {
		_ = atOnce.Value.Set(strconv.Itoa(perProcessor * runtime.GOMAXPROCS(0))) // a number is always taken
	}
	return m.Run()
}
