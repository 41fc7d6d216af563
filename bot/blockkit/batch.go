package blockkit

import (
	"fmt"
	"strings"
	"time"

	"linqbot/commands/batch"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Batch is what is to show of a batch.
type Batch struct {
	ledger.Batch
	First    []ledger.BatchResult // the first item, if there is one
	Progress ledger.Progress
	Undone   bool      // somebody takes it back
	Now      time.Time // when Progress was counted
}

// BatchParent renders the message that opens the thread of a batch: who asked for what, how far it is, and the buttons.
func (r Renderer) BatchParent(e outcome.Explainer, b Batch) Message {
	return r.batchParent(e, b, b.Now)
}

// BatchLook is the same for messages of [Renderer.BatchParent] that differ only in how fast the batch goes.
func (r Renderer) BatchLook(e outcome.Explainer, b Batch) string {
	return DigestOf(r.batchParent(e, b, b.ConfirmedAt))
}

func (r Renderer) batchParent(e outcome.Explainer, b Batch, now time.Time) Message {
	said := richtext.Answer{batch.Headline(e, b.Batch, b.First, b.Progress)}
	if b.Open() {
		said = append(said, richtext.Say("%s  %s", bar(b.Progress), batch.ProgressLine(b.Batch, b.Progress, now)))
	}
	m := r.Answer(said)
	if controls := batch.Controls(b.Batch, b.Progress, b.Undone, b.Now); len(controls) > 0 {
		m.Blocks = append(m.Blocks, buttons(controls...))
	}
	m.Blocks = append(m.Blocks, r.contextLine(richtext.Say("Batch %s", richtext.ID(b.ShortID()))))
	return m
}

// bar draws how much of a batch has ended. It is full only when all of it has.
func bar(p ledger.Progress) string {
	const cells, percent = 20, 100
	all, ended := max(p.All, 1), p.Ended()
	full := ended * cells / all
	return fmt.Sprintf("%s%s %d %%", strings.Repeat("▓", full), strings.Repeat("░", cells-full), ended*percent/all)
}

// BatchReport renders the reply that mentions who asked for a batch: how it ended, and the first rows of what needs a
// person. all is how many rows there are.
func (r Renderer) BatchReport(e outcome.Explainer, b Batch, rows []batch.Row, all int) Message {
	m := r.Answer(richtext.Answer{batch.Headline(e, b.Batch, b.First, b.Progress)})
	return r.withRows(m, b.Batch, rows, all)
}

// BatchWhole renders all of a batch in one message, for routes without a thread.
func (r Renderer) BatchWhole(e outcome.Explainer, b Batch, rows []batch.Row, all int, trouble string) Message {
	m := r.BatchParent(e, b)
	if !b.Open() {
		m = r.withRows(m, b.Batch, rows, all)
		m.Blocks = append(m.Blocks, r.contextLine(richtext.Say("All of it: %s", auditOf(b.Batch))))
	}
	if trouble != "" {
		m.Blocks = append(m.Blocks, r.contextLine(richtext.Say("%s", hint(trouble))))
	}
	return m
}

// withRows adds rows to a message until it is full, and says how many are left out.
func (r Renderer) withRows(m Message, b ledger.Batch, rows []batch.Row, all int) Message {
	if all == 0 {
		return m
	}
	m.Blocks = append(m.Blocks, r.section(richtext.Say("What needs a person:")))
	shown := 0
	for _, row := range rows {
		line := richtext.Say("%s in %s: %s", row.Who, row.Chat, row.Status.Text())
		if row.TraceID != "" {
			line = append(line, richtext.Say(" Trace id %s", richtext.ID(row.TraceID))...)
		}
		section := r.section(line)
		const atTheEnd = 4 // blocks kept free for what follows the rows
		if len(m.Blocks) >= mostBlocks-atTheEnd || !m.fits(section) {
			break
		}
		m.Blocks = append(m.Blocks, section)
		shown++
	}
	if shown < all {
		m.Blocks = append(m.Blocks, r.contextLine(richtext.Say("And %s more: they are in the file of all, and in %s.", fmt.Sprint(all-shown), auditOf(b))))
	}
	return m
}

// BatchWithoutFile renders the reply that replaces the file of a batch where Slack takes no file. code is Slack's.
func (r Renderer) BatchWithoutFile(b ledger.Batch, code string) Message {
	why := "Slack does not take the file"
	switch code {
	case "missing_scope", "not_allowed_token_type":
		why = "linqbot may not add files in this workspace: it needs the scope files:write"
	case "not_in_channel", "channel_not_found", "no_permission":
		why = "linqbot may not add files to a channel that it is not in: invite it with /invite @linqbot"
	case "file_uploads_disabled", "file_uploads_except_images_disabled", "file_type_not_allowed":
		why = "this workspace does not allow such files"
	case "storage_limit_reached":
		why = "this workspace has no room left for files"
	}
	return r.Answer(richtext.Answer{richtext.Say("The table of all is not attached, since %s. Someone who runs linqbot gets it by %s.", why, auditOf(b))})
}

// auditOf is the command that prints all of a batch.
func auditOf(b ledger.Batch) richtext.Span { return richtext.ID("linqbot audit --batch " + b.ID) }
