package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"linqbot/bot"
	"linqbot/linq"
)

// noLinq is why what takes a working key is not checked; "" if it is.
func (e *examination) noLinq() string {
	if reason := e.wrong("LINQ_API_V3_API_KEY", "LINQ_API_V3_BASE_URL"); reason != "" {
		return reason
	}
	if _, err := e.lines(); err != nil {
		return "Linq's key could not be checked, or is not accepted"
	}
	return ""
}

func (e *examination) linqTrouble(err error) []finding {
	if refusal, refused := errors.AsType[*linq.Error](err); refused {
		if refusal.HTTPStatus == http.StatusUnauthorized || refusal.HTTPStatus == http.StatusForbidden {
			return fail("make a token at https://dashboard.linqapp.com/api-tooling/, and put it into LINQ_API_V3_API_KEY",
				"Linq does not accept %s: %s", mask(e.settings.linqKey), err)
		}
		return fail("wait a minute and try again; if it stays, give the trace id to Linq's support", "%s; Linq says: %q", err, linq.MaskText(refusal.Message))
	}
	if _, unanswered := errors.AsType[*linq.NoAnswerError](err); unanswered {
		return fail("let this machine reach "+e.settings.linqURL+"; through a proxy, set HTTPS_PROXY", "%s", err)
	}
	return fail("see that LINQ_API_V3_BASE_URL is Linq's: "+linq.DefaultBaseURL, "%s", err)
}

func (e *examination) checkKey(context.Context) []finding {
	if reason := e.wrong("LINQ_API_V3_API_KEY", "LINQ_API_V3_BASE_URL"); reason != "" {
		return skip("%s", reason)
	}
	lines, err := e.lines()
	if err != nil {
		return e.linqTrouble(err)
	}
	return ok("Linq accepts %s, and answered in %d ms", mask(e.settings.linqKey), max(1, lines.took.Milliseconds()))
}

// The judgements of Linq on a line that call for somebody.
const (
	lineAtRisk   = "AT_RISK"
	lineCritical = "CRITICAL"
)

func (e *examination) checkLines(context.Context) []finding {
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
func (e *examination) checkWebhooks(ctx context.Context) []finding {
	if reason := e.wrong("LINQ_WEBHOOK_SECRET"); reason != "" {
		return skip("%s", reason)
	}
	if e.settings.webhooks == nil {
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
	subscribe := "linqbot webhook subscribe --url https://…" + bot.LinqWebhooksPath
	if base != "" {
		subscribe = "linqbot webhook subscribe --url " + base + bot.LinqWebhooksPath
	}
	var wrong []finding
	for _, s := range all {
		if !leadsToUs(s) || base != "" && !leadsTo(s, base) {
			continue
		}
		place := oneCell(s.TargetURL)
		switch faults := faultsOf(s); {
		case len(faults) > 0:
			fix := subscribe
			if base == "" {
				fix = "linqbot webhook subscribe --url " + withoutVersion(place)
			}
			wrong = fail(fix, "%s: %s", place, strings.Join(faults, "; "))
		case len(s.PhoneNumbers) > 0:
			return warn("delete it and subscribe again, unless that is meant", "%s is active, but tells of these lines only: %v", place, s.PhoneNumbers)
		default:
			return ok("%s is active, with linqbot's events", place)
		}
	}
	switch {
	case wrong != nil:
		return wrong
	case base != "":
		return fail(subscribe+", and set LINQ_WEBHOOK_SECRET to the secret that it prints", "no subscription leads to %s%s", base, bot.LinqWebhooksPath)
	default:
		return fail(subscribe+", and set LINQ_WEBHOOK_SECRET to the secret that it prints", "no subscription leads to a linqbot")
	}
}

// leadsTo tells whether a subscription delivers to the linqbot at base. A query may follow: it tells
// subscriptions apart.
func leadsTo(s linq.Subscription, base string) bool {
	place, _, _ := strings.Cut(endpoint(s.TargetURL), "?")
	return place == endpoint(base+bot.LinqWebhooksPath)
}

func withoutVersion(address string) string {
	target, err := url.Parse(address)
	if err != nil {
		return address
	}
	query := target.Query()
	query.Del(versionParameter)
	target.RawQuery = query.Encode()
	return target.String()
}
