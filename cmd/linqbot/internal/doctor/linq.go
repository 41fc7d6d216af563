package doctor

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"linqbot/bot"
	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/cmd/linqbot/internal/webhook"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// noLinq returns why the checks that need a working key are skipped; "" if they are made.
func (e *checkup) noLinq() string {
	if reason := e.wrong("LINQ_API_V3_API_KEY", "LINQ_API_V3_BASE_URL"); reason != "" {
		return reason
	}
	if _, err := e.lines(); err != nil {
		return "Linq's key could not be checked, or is not accepted"
	}
	return ""
}

func (e *checkup) linqTrouble(err error) []finding {
	if refusal, refused := errors.AsType[*linq.Error](err); refused {
		found := err.Error()
		if refusal.Message != "" {
			found += fmt.Sprintf("; Linq says: %q", handle.MaskText(refusal.Message))
		}
		switch {
		case refusal.NotLinqs():
			return fail(linqURLFix+"; if it is, something between this machine and Linq answers, such as a proxy",
				"%s answers: %s", e.settings.LinqURL, found)
		case refusal.Unauthorized() || refusal.Forbidden():
			return fail("make a token at https://dashboard.linqapp.com/api-tooling/, and put it into LINQ_API_V3_API_KEY",
				"Linq does not accept %s: %s", e.mask(e.settings.LinqKey), err)
		case refusal.Struggling():
			return fail("wait a minute and try again; if it stays, give the trace id to Linq's support", "%s", found)
		default:
			return fail(linqURLFix, "%s answers: %s", e.settings.LinqURL, found)
		}
	}
	if _, unanswered := errors.AsType[*linq.NoAnswerError](err); unanswered {
		return fail("let this machine reach "+e.settings.LinqURL+"; through a proxy, set HTTPS_PROXY", "%s", err)
	}
	return fail(linqURLFix, "%s", err)
}

const linqURLFix = "see that LINQ_API_V3_BASE_URL is Linq's: " + linq.DefaultBaseURL

func (e *checkup) checkKey(context.Context) []finding {
	if reason := e.wrong("LINQ_API_V3_API_KEY", "LINQ_API_V3_BASE_URL"); reason != "" {
		return skip("%s", reason)
	}
	lines, err := e.lines()
	if err != nil {
		return e.linqTrouble(err)
	}
	return ok("Linq accepts %s, and answered in %d ms", e.mask(e.settings.LinqKey), max(1, lines.took.Milliseconds()))
}

// The judgements of Linq on a line that call for somebody.
const (
	lineAtRisk   = "AT_RISK"
	lineCritical = "CRITICAL"
)

func (e *checkup) checkLines(context.Context) []finding {
	if reason := e.noLinq(); reason != "" {
		return skip("%s", reason)
	}
	lines, err := e.lines()
	if err != nil {
		return e.linqTrouble(err)
	}
	if len(lines.numbers) == 0 {
		return warn("see at https://dashboard.linqapp.com whether the token is of the right account", "the account has no lines")
	}
	var all []string
	worst, page := fine, ""
	for _, line := range lines.numbers {
		health := line.Reputation.Status
		if health == "" {
			health = "health unknown"
		}
		all = append(all, fmt.Sprintf("%s %s", line.Number, health))
		switch {
		case health == lineCritical:
			worst, page = failure, line.Reputation.DocURL
		case health == lineAtRisk && worst == fine:
			worst, page = warning, line.Reputation.DocURL
		}
	}
	fix := "ask Linq's support what the line needs"
	if page != "" {
		fix += ", and read " + page
	}
	switch found := strings.Join(all, ", "); worst {
	case failure:
		return fail(fix, "%s", found)
	case warning:
		return warn(fix, "%s", found)
	default:
		return ok("%s", found)
	}
}

// checkWebhooks looks for a subscription that leads to us and is as linqbot subscribes.
func (e *checkup) checkWebhooks(ctx context.Context) []finding {
	if reason := e.wrong("LINQ_WEBHOOK_SECRET"); reason != "" {
		return skip("%s", reason)
	}
	if e.settings.Webhooks == nil {
		return skip("LINQ_WEBHOOK_SECRET is not set: removals are confirmed by reading the chat alone")
	}
	if reason := e.noLinq(); reason != "" {
		return skip("%s", reason)
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	all, err := e.linq.Subscriptions(ctx)
	if err != nil {
		return e.linqTrouble(err)
	}
	return judgeSubscriptions(all, e.base)
}

func judgeSubscriptions(all []linq.Subscription, base string) []finding {
	subscribe := "linqbot webhook subscribe --url https://…"
	if base != "" {
		subscribe = "linqbot webhook subscribe --url " + base
	}
	ours := slices.DeleteFunc(slices.Clone(all), func(s linq.Subscription) bool {
		return !webhook.LeadsToLinqbot(s) || base != "" && !webhook.LeadsTo(s, base)
	})
	switch {
	case len(ours) == 0 && base != "":
		return fail(subscribe+", and set LINQ_WEBHOOK_SECRET to the secret that it prints", "no subscription leads to %s%s", base, bot.LinqWebhooksPath)
	case len(ours) == 0:
		return fail(subscribe+", and set LINQ_WEBHOOK_SECRET to the secret that it prints", "no subscription leads to a linqbot")
	case len(ours) > 1 && base == "":
		var places []string
		for _, s := range ours {
			places = append(places, terminal.Cell(s.TargetURL))
		}
		return warn("give the public address of this linqbot with --url", "%d subscriptions lead to a linqbot, and it is not known which is this one's: %s",
			len(ours), strings.Join(places, ", "))
	}
	return judgeSubscription(ours)
}

// judgeSubscription tells of the best of those that lead to the same place: one that works is enough.
func judgeSubscription(ours []linq.Subscription) []finding {
	var found, works []finding
	for _, s := range ours {
		place := terminal.Cell(s.TargetURL)
		switch faults := webhook.Faults(s); {
		case webhook.Ends(s) && len(faults) > 0:
			works = warn("linqbot webhook subscribe --url "+webhook.AddressToGive(place), "%s: %s", place, strings.Join(faults, "; "))
		case len(faults) > 0:
			found = fail("linqbot webhook subscribe --url "+webhook.AddressToGive(place), "%s: %s", place, strings.Join(faults, "; "))
		case len(s.PhoneNumbers) > 0:
			return warn(fmt.Sprintf("linqbot webhook delete %s, and linqbot webhook subscribe --url %s, unless that is meant", s.ID, webhook.AddressToGive(place)),
				"%s is active, but tells of these lines only: %v", place, s.PhoneNumbers)
		default:
			return ok("%s is active, with linqbot's events", place)
		}
	}
	if works != nil {
		return works
	}
	return found
}
