package bottest

import (
	"fmt"
	"time"

	"linqbot/ledger"
)

// Recent is a removal that Ada asked for some minutes ago, with a thread.
func Recent(minutes int, change func(*ledger.Recent)) ledger.Recent {
	r := ledger.Recent{
		Request: ledger.Request{
			ID: fmt.Sprintf("00000000-0000-7000-8000-0000%08d", minutes), State: ledger.Accepted,
			AcceptedAt: NewClock().Now().Add(-time.Duration(minutes) * time.Minute), ChatName: Spree,
			Order: ledger.Order{
				Kind: ledger.Remove, Source: ledger.SlashCommand, UserID: Ada, ChannelID: Ops,
				ChatID: ChatID, Handle: ledger.NewSecret(Ann),
			},
		},
		Thread: ledger.Thread{Route: ledger.InThread, Posting: ledger.Posting{ChannelID: Ops, TS: "1773480413.000100"}},
	}
	if change != nil {
		change(&r)
	}
	return r
}
