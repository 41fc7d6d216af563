package doctor

import (
	"context"
	"fmt"

	"linqbot/commands/rails"
	"linqbot/ledger"
)

// checkPause looks whether somebody has paused all removals.
func checkPause(ctx context.Context, reader *ledger.Reader) []finding {
	pause, err := reader.Paused(ctx)
	switch {
	case err != nil:
		return skip("the ledger cannot be read")
	case pause.Holds():
		return warn("run linqbot resume once what it was for is done", "%s", rails.PausedWords(pause))
	default:
		return ok("they are not paused")
	}
}

// checkRails says who is protected, masked, and which limits there are.
func (e *checkup) checkRails(context.Context) []finding {
	if reason := e.wrong("PROTECTED_HANDLES", "DEFAULT_REGION", "MAX_REMOVALS_PER_HOUR", "MAX_REMOVALS_PER_DAY"); reason != "" {
		return skip("%s", reason)
	}
	protected := "nobody is protected"
	if people := e.settings.Protected.All(); len(people) > 0 {
		protected = fmt.Sprintf("protected: %v", people)
	}
	return ok("%s; %s an hour for each person, %s a day for all", protected, most(e.settings.Limits.PerHour), most(e.settings.Limits.PerDay))
}

func most(limit int) string {
	if limit == 0 {
		return "any number"
	}
	return fmt.Sprint(limit)
}
