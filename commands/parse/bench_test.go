package parse_test

import (
	"testing"

	"linqbot/commands/parse"
)

func BenchmarkNormalise(b *testing.B) {
	b.ReportAllocs()
	for b.Loop() {
		if _, err := parse.Handle("(202) 555-0132", "US"); err != nil {
			b.Fatal(err)
		}
	}
}
