package operate

import (
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/commands/batch"
	"linqbot/commands/outcome"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// display shows how a command goes.
type display interface {
	// note is a word besides.
	note(text string) error
	planned(b ledger.Batch, items []ledger.BatchResult, p ledger.Progress, speed batch.Speed) error
	progress(b ledger.Batch, p ledger.Progress) error
	outcome(item ledger.BatchResult) error
	refused(rule string, why richtext.Text) error
	// end shows how it ended, and what needs a person.
	end(b ledger.Batch, p ledger.Progress, rest []ledger.BatchResult) error
	// leave makes room for what comes after a command that was broken off.
	leave() error
}

func newDisplay(cfg Config, e outcome.Explainer) display {
	if cfg.Lines {
		return &lines{out: cfg.Out, explain: e}
	}
	return &screen{raw: cfg.Out, out: terminal.NewWriter(cfg.Out), explain: e}
}

// screen is a terminal: it has a line that is drawn again and again.
type screen struct {
	raw     io.Writer // for the bar alone
	out     io.Writer
	explain outcome.Explainer
	drawn   string
}

func (s *screen) say(texts ...string) error {
	if err := s.leave(); err != nil {
		return err
	}
	for _, text := range texts {
		if _, err := fmt.Fprintln(s.out, text); err != nil {
			return err
		}
	}
	return nil
}

// leave takes the bar away.
func (s *screen) leave() error {
	if s.drawn == "" {
		return nil
	}
	s.drawn = ""
	_, err := io.WriteString(s.raw, "\r\x1b[2K")
	return err
}

func (s *screen) note(text string) error { return s.say(text) }

func (s *screen) planned(b ledger.Batch, items []ledger.BatchResult, p ledger.Progress, speed batch.Speed) error {
	answer := batch.Outline(b, items, p, speed)
	if b.State == ledger.DryRun && p.All > 0 {
		answer = append(answer, richtext.Say("This was a dry run: nothing is changed."))
	}
	for _, text := range answer {
		if err := s.say(text.String()); err != nil {
			return err
		}
	}
	return nil
}

func (s *screen) outcome(ledger.BatchResult) error { return nil }

func (s *screen) progress(b ledger.Batch, p ledger.Progress) error {
	line := barOf(p) + " " + batch.ProgressLine(b, p, now()).String()
	const widest = 79
	if cut := []rune(line); len(cut) > widest {
		line = string(cut[:widest-1]) + "…"
	}
	if line == s.drawn {
		return nil
	}
	s.drawn = line
	_, err := fmt.Fprintf(s.raw, "\r\x1b[2K%s", terminal.Printable(line))
	return err
}

// barOf is how much has ended, of all.
func barOf(p ledger.Progress) string {
	const width = 20
	full := 0
	if p.All > 0 {
		full = width * p.Ended() / p.All
	}
	return fmt.Sprintf("[%s%s] %d/%d", strings.Repeat("#", full), strings.Repeat("-", width-full), p.Ended(), p.All)
}

func (s *screen) refused(_ string, why richtext.Text) error { return s.say(why.String()) }

func (s *screen) end(b ledger.Batch, p ledger.Progress, rest []ledger.BatchResult) error {
	if err := s.say(barOf(p) + " " + batch.ProgressLine(b, p, now()).String()); err != nil {
		return err
	}
	if len(rest) == 0 {
		return nil
	}
	table := tabwriter.NewWriter(s.out, 0, 0, 2, ' ', 0) //nolint:mnd // two spaces between columns
	fmt.Fprintln(table, "WHO\tCHAT\tWHAT\tTRACE ID")
	for _, row := range batch.Summary(s.explain, rest) {
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\n", terminal.Printable(row.Who), terminal.Printable(row.Chat.Value),
			terminal.Printable(row.Status.Text().String()), terminal.Printable(row.TraceID))
	}
	return table.Flush()
}
