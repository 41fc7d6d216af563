package outcome_test

import (
	"testing"

	"linqbot/commands/commandstest"
	"linqbot/commands/outcome"
	"linqbot/ledger"
)

func BenchmarkExplain(b *testing.B) {
	for name, r := range map[string]ledger.Request{
		"removed": {State: ledger.Removed, MayHaveReached: true, People: 4},
		"refused": {State: ledger.Refused, Reason: "linq_2013", HTTPStatus: 409},
		"failed":  {State: ledger.Failed, Reason: "linq_3006", HTTPStatus: 500, MayHaveReached: true},
	} {
		b.Run(name, func(b *testing.B) {
			request := commandstest.Told("", "", r).Request
			b.ReportAllocs()
			for b.Loop() {
				if len(outcome.Explainer{}.Explain(request).Text()) == 0 {
					b.Fatal("no words")
				}
			}
		})
	}
}
