package outcome

import (
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Held returns the pause that a request waits for; the zero value if it waits for none.
func (e Explainer) Held(r ledger.Request) ledger.Pause {
	if e.Pause == nil || r.Kind == ledger.Add || r.State != ledger.Accepted {
		return ledger.Pause{}
	}
	return e.Pause()
}

// explainHeld says that a removal waits for the end of a pause.
func (e Explainer) explainHeld(r ledger.Request, p ledger.Pause) Status {
	happened, next := "The removal of {who} from {chat} is recorded, and waits. ", "The removal is kept, and goes on by itself once removals are resumed."
	if inDoubt(r) {
		happened, next = "Whether {who} has left {chat} is not known yet. ", "linqbot goes on by itself once removals are resumed."
	}
	return Status{
		Mark: richtext.MarkQueued, Happened: append(e.fill(happened, r), rails.PausedWords(p)...), Next: richtext.Say(next),
	}
}
