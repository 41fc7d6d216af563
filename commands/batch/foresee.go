package batch

import (
	"cmp"
	"context"

	"linqbot/commands/forecast"
	"linqbot/commands/outcome"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// foreseeUnderWay marks removals that somebody has asked for already, and those whose contrary is under way.
func (p *Planner) foreseeUnderWay(ctx context.Context, b ledger.Batch, items []ledger.BatchItem) error {
	if b.Kind != ledger.Remove {
		return nil
	}
	for i, item := range items {
		_, reason, err := forecast.InTheWay(ctx, p.cfg.Records, ledger.Order{Kind: b.Kind, ChatID: item.ChatID, Handle: item.Handle})
		if err != nil {
			return err
		}
		items[i].Foreseen = cmp.Or(reason, item.Foreseen)
	}
	return nil
}

// foreseeProtected marks people whom nobody may remove, under whatever number or address a chat lists them.
func (p *Planner) foreseeProtected(b ledger.Batch, items []ledger.BatchItem) {
	if b.Kind != ledger.Remove {
		return
	}
	for i, item := range items {
		if p.cfg.Rails.Protected.Has(handle.New(item.Handle.Value())) {
			items[i].Foreseen = outcome.ReasonProtected
		}
	}
}
