// Package pause is what linqbot pause and resume do: it turns the switch for all removals in the ledger, beside
// those who serve from it, and says what was so before. It knows neither Slack nor Linq, and holds no removal back by
// itself: the processes that serve do that. Begin with [Pause] and [Resume].
package pause

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os/user"
	"strings"
	"time"
	"unicode/utf8"

	"linqbot/commands"
	"linqbot/commands/rails"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// Pause pauses all removals. name is the operator's; "" for that of their account.
func Pause(ctx context.Context, databaseURL, reason, name string, out io.Writer) error {
	switch reason = OneLine(reason); {
	case reason == "":
		return errors.New("--reason is missing: say why, for those who ask for a removal meanwhile")
	case utf8.RuneCountInString(reason) > commands.LongestPauseReason:
		return fmt.Errorf("--reason is too long: write %d characters at most", commands.LongestPauseReason)
	}
	before, err := turn(ctx, databaseURL, ledger.Switch{Pause: true, Reason: reason}, name)
	if err != nil {
		return err
	}
	said := "All removals are paused. They were not before."
	if before.Holds() {
		said = "Nothing was changed. " + rails.PausedWords(before).String()
	}
	_, err = fmt.Fprintln(out, said)
	return err
}

// Resume lets removals go on.
func Resume(ctx context.Context, databaseURL, name string, out io.Writer) error {
	before, err := turn(ctx, databaseURL, ledger.Switch{}, name)
	if err != nil {
		return err
	}
	said := "Nothing was changed: removals were not paused."
	if before.Holds() {
		said = "Removals go on, after " + time.Since(before.Since).Round(time.Second).String() + ". Before: " + rails.PausedWords(before).String()
	}
	_, err = fmt.Fprintln(out, said)
	return err
}

func turn(ctx context.Context, databaseURL string, s ledger.Switch, name string) (ledger.Pause, error) {
	s.Source, s.Operator = ledger.Operator, cmp.Or(OneLine(name), account())
	return ledger.Turn(ctx, databaseURL, s)
}

// OneLine is what an operator wrote on one line, with numbers masked: others read it.
func OneLine(text string) string { return strings.Join(strings.Fields(handle.MaskText(text)), " ") }

// account is the login name of the person who runs the program.
func account() string {
	if current, err := user.Current(); err == nil {
		return current.Username
	}
	return "unknown"
}
