package operate

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"linqbot/commands/batch"
	"linqbot/commands/outcome"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// lines are JSON, one for each thing that happens. The names in them are a promise.
type lines struct {
	out     io.Writer
	explain outcome.Explainer
	counted batch.Counts
	begun   bool
}

func (l *lines) write(event string, more map[string]any) error {
	more["event"], more["at"] = event, now().UTC().Format(time.RFC3339Nano)
	encoded, err := json.Marshal(more)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(l.out, "%s\n", encoded)
	return err
}

func (l *lines) note(text string) error { return l.write("note", map[string]any{"message": text}) }

func (l *lines) planned(b ledger.Batch, items []ledger.BatchResult, p ledger.Progress, _ batch.Speed) error {
	err := l.write("planned", map[string]any{
		"batch": b.ID, "job": string(b.Job), "state": string(b.State), "removals": p.All, "trouble": b.Trouble, "cut_off": b.CutOff,
		"dry_run": b.DryRun,
	})
	if err != nil || b.State != ledger.Proposed && b.State != ledger.DryRun {
		return err
	}
	for _, item := range items {
		more := l.itemOf(item)
		more["foreseen"] = item.Foreseen
		if err := l.write("item", more); err != nil {
			return err
		}
	}
	if b.DryRun && b.OverLimit.Most > 0 { // another one is refused once there is a yes
		return l.note(rails.LimitForeseen(b.OverLimit, "").String())
	}
	return nil
}

// itemOf is who and which chat.
func (l *lines) itemOf(item ledger.BatchResult) map[string]any {
	r := item.Request
	name, person := cmp.Or(r.ChatName, item.ChatName), item.Handle.Value()
	if !l.explain.FullHandles {
		name, person = handle.MaskText(name), handleOf(item.Handle).String()
	}
	return map[string]any{"position": item.Position, "chat": item.ChatID, "chat_name": name, "handle": person}
}

func (l *lines) outcome(item ledger.BatchResult) error {
	r := item.Request
	r.ChatName = cmp.Or(r.ChatName, item.ChatName)
	more := l.itemOf(item)
	more["state"], more["reason"], more["request"], more["trace_id"] = string(r.State), r.Reason, r.ID, r.TraceID
	more["message"] = l.explain.Explain(r).Text().String()
	return l.write("outcome", more)
}

func (l *lines) counts(p ledger.Progress) map[string]any {
	c := batch.Count(p)
	return map[string]any{
		"all": p.All, "removed": c.Done, "queued": c.Queued, "refused": c.Refused, "unconfirmed": c.Unconfirmed, "waiting": c.Waiting,
		"cancelled": p.States[ledger.Cancelled],
	}
}

func (l *lines) progress(_ ledger.Batch, p ledger.Progress) error {
	if c := batch.Count(p); !l.begun || c != l.counted {
		l.begun, l.counted = true, c
		return l.write("progress", l.counts(p))
	}
	return nil
}

func (l *lines) refused(rule string, why richtext.Text) error {
	return l.write("refused", map[string]any{"rule": rule, "message": why.String()})
}

func (l *lines) end(b ledger.Batch, p ledger.Progress, _ []ledger.BatchResult) error {
	more := l.counts(p)
	more["batch"], more["state"] = b.ID, string(b.State)
	return l.write("end", more)
}

func (l *lines) leave() error { return nil }
