package audit

import (
	"bytes"
	"testing"
	"time"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"

	"linqbot/ledger"
	"linqbot/ledger/audit"
)

// What machines read is a promise: the names, the order and the form of the values.
func TestTheFormats(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 1, 9, 30, 0, 5_000_000, time.UTC)
	removal := audit.Row{
		Request: ledger.Request{
			Order: ledger.Order{
				Kind: ledger.Remove, Source: ledger.SlashCommand, TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "user U1",
				ChatID: "550e8400-e29b-41d4-a716-446655440000", Handle: ledger.NewSecret("+14155550132"),
				Because: "=asked by ann@example.com, +1 415 555 0132",
			},
			ID: "0199e3a0-0000-7000-8000-00001a2b3c4d", State: ledger.Refused, AcceptedAt: at, EndedAt: at.Add(time.Second),
			ChatName: "Spring & <Summer> +14155550132", Reason: "linq_2013",
		},
		TraceIDs: []string{"t1", "t2"}, Thread: ledger.Thread{Route: ledger.ByDirect, Posting: ledger.Posting{ChannelID: "D1", TS: "1.2"}},
	}
	addition := audit.Row{Request: ledger.Request{
		Order: ledger.Order{Kind: ledger.Add, Source: ledger.UndoButton, Undoes: removal.ID, Handle: removal.Handle},
		ID:    "0199e3a0-0000-7000-8000-00005e6f7a8b", State: ledger.Sent, AcceptedAt: at,
	}}
	reading := audit.Row{
		Request:  ledger.Request{Order: ledger.Order{Source: ledger.ChatList, UserID: "U2"}, State: ledger.Read, AcceptedAt: at},
		Searched: "spring", LeftOut: 3,
	}
	for format, printAs := range printers() {
		for name, full := range map[string]bool{format: false, format + "_full": true} {
			var out bytes.Buffer
			assert.NilError(t, printAs(&out, func(yield func(entry, error) bool) {
				_ = yield(newEntry(removal, full), nil) && yield(newEntry(addition, full), nil) && yield(newEntry(reading, full), nil)
			}))
			golden.Assert(t, out.String(), name+".golden")
		}
	}
}
