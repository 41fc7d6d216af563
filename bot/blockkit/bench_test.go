package blockkit

import (
	"testing"

	"linqbot/commands/outcome"
)

func BenchmarkRender(b *testing.B) {
	request := states()[3].request
	b.ReportAllocs()
	for b.Loop() {
		if m := acme.Status(outcome.Explainer{}, request, later()); len(m.Blocks) == 0 {
			b.Fatal("nothing was rendered")
		}
	}
}
