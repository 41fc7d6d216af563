package audit

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/commands/parse"
	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/linq"
)

// filter reports every mistake in the query at once. A value that can match nothing is a mistake: an empty
// table would read as if nothing had happened.
func (q Query) filter(region string, now time.Time) (audit.Filter, error) {
	var filter audit.Filter
	var mistakes []error
	note := func(flag string, err error) {
		if err != nil {
			mistakes = append(mistakes, fmt.Errorf("%s %w", flag, err))
		}
	}
	var err error
	filter.Since, err = momentOf(q.Since, now)
	note("--since", err)
	filter.Until, err = momentOf(q.Until, now)
	note("--until", err)
	if filter.Since.After(now) {
		note("--since", errors.New("is in the future: times are UTC, and it is "+now.UTC().Format("2006-01-02T15:04Z")))
	}
	if !filter.Until.IsZero() && !filter.Since.Before(filter.Until) {
		note("--until", errors.New("must be later than --since: nothing is between the two"))
	}
	filter.UserID, err = userOf(q.User)
	note("--user", err)
	filter.ChatID, err = chatOf(q.Chat)
	note("--chat", err)
	filter.Handle, err = handleOf(q.Handle, region)
	note("--handle", err)
	filter.State, err = stateNamed(q.State)
	note("--state", err)
	filter.ID, err = partOfID(q.Request, "request")
	note("--request", err)
	filter.BatchID, err = partOfID(q.Batch, "batch")
	note("--batch", err)
	filter.Because = strings.TrimSpace(q.Reason)
	if len(mistakes) > 0 {
		return audit.Filter{}, config.JoinMistakes(mistakes)
	}
	return filter, nil
}

// userOf also reads a mention, as it is copied out of Slack's messages by programs.
func userOf(text string) (string, error) {
	id := strings.TrimSpace(text)
	if inner, ok := strings.CutPrefix(id, "<@"); ok {
		id, _, _ = strings.Cut(strings.TrimSuffix(inner, ">"), "|")
	}
	member := regexp.MustCompile(`^[UW][A-Z0-9]{2,}$`)
	switch {
	case text == "" || member.MatchString(id):
		return id, nil
	case member.MatchString(strings.ToUpper(id)) && strings.ContainsAny(id, "0123456789"):
		return "", errors.New("is no member id: ids are in capitals: write " + strings.ToUpper(id))
	default:
		return "", errors.New("is no member id, such as U0123ABCD; in Slack open the person's profile, and there ⋮ and «Copy member ID»")
	}
}

func chatOf(text string) (string, error) {
	if text == "" {
		return "", nil
	}
	chat, err := linq.ParseChatID(text)
	if err != nil {
		return "", errors.New("is no chat id: write a UUID such as 550e8400-e29b-41d4-a716-446655440000; /linq-chats in Slack finds it by the chat's name")
	}
	return chat.String(), nil
}

func handleOf(text, region string) (ledger.Secret, error) {
	if text == "" {
		return ledger.NewSecret(""), nil
	}
	parsed, err := parse.Handle(text, region)
	if err != nil {
		return ledger.NewSecret(""), errors.New("cannot be read: write a number with its country code, such as +14155550132, or an e-mail address")
	}
	return ledger.NewSecret(parsed.Handle.Full()), nil
}

// StatesHelp has a line for each state that can be asked for.
func StatesHelp() string {
	var lines strings.Builder
	for _, state := range ledger.States() {
		fmt.Fprintf(&lines, "  %-14s %s\n", state, state.Meaning())
	}
	return strings.TrimSuffix(lines.String(), "\n")
}

func stateNamed(text string) (ledger.State, error) {
	names := make([]string, len(ledger.States()))
	for i, state := range ledger.States() {
		if names[i] = string(state); text == names[i] {
			return state, nil
		}
	}
	if text == "" {
		return "", nil
	}
	return "", errors.New("must be one of: " + strings.Join(names, ", "))
}

// shortestID is how much of an id has to be given: with less, too many begin alike.
const shortestID = 4

// partOfID reads the short id that Slack shows, or the whole one of the log, or how either begins.
func partOfID(text, of string) (string, error) {
	id := strings.ToLower(strings.Trim(text, " `"))
	const longest = 36
	if text != "" && (len(id) < shortestID || len(id) > longest || strings.Trim(id, "0123456789abcdef-") != "") {
		return "", fmt.Errorf("is no %s's id: write the one that stands below the reply in Slack, such as 66860d4c, or how it begins, in %d characters or more", of, shortestID)
	}
	return id, nil
}

// wholeID returns the id of the one request that part names.
func wholeID(ctx context.Context, reader *ledger.Reader, part string) (string, error) {
	const most = 10
	found, err := reader.Lookup(ctx, part, most+1)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fmt.Errorf("--request %s: no request has such an id; it may be in another ledger than that of DATABASE_URL, or its record was deleted after RETENTION", part)
	case len(found) == 1:
		return found[0].ID, nil
	}
	lines := []error{fmt.Errorf("--request %s could be any of these, so write more of it", part)}
	for i, each := range found {
		if i == most {
			lines = append(lines, errors.New("and more"))
			break
		}
		lines = append(lines, fmt.Errorf("%s (%s, asked for by %s at %s)", each.ID, each.ShortID(), each.UserID, instant(each.AcceptedAt)))
	}
	return "", config.JoinMistakes(lines)
}

// wholeBatchID returns the id of the one batch that part names.
func wholeBatchID(ctx context.Context, reader *ledger.Reader, part string) (string, error) {
	const most = 10
	found, err := reader.LookupBatches(ctx, part, most)
	switch {
	case err != nil:
		return "", err
	case len(found) == 0:
		return "", fmt.Errorf("--batch %s: no batch has such an id; it may be in another ledger than that of DATABASE_URL, or its record was deleted after RETENTION", part)
	case len(found) == 1:
		return found[0].ID, nil
	}
	lines := []error{fmt.Errorf("--batch %s could be any of these, so write more of it", part)}
	for _, each := range found {
		lines = append(lines, fmt.Errorf("%s (%s, asked for by %s at %s)", each.ID, each.ShortID(), each.UserID, instant(each.AcceptedAt)))
	}
	return "", config.JoinMistakes(lines)
}

// momentOf reads a day, a moment, or how long ago; "" is no limit.
func momentOf(text string, now time.Time) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, layout := range []string{time.DateOnly, time.RFC3339, "2006-01-02T15:04"} {
		if at, err := time.Parse(layout, text); err == nil {
			return at, nil
		}
	}
	if days, ok := strings.CutSuffix(text, "d"); ok {
		if n, err := strconv.ParseUint(days, 10, 16); err == nil {
			return now.AddDate(0, 0, -int(n)), nil
		}
	}
	if ago, err := time.ParseDuration(text); err == nil && ago >= 0 {
		return now.Add(-ago), nil
	}
	return time.Time{}, errors.New("is no time: write a day such as 2026-11-01, a moment such as 2026-11-01T09:30:00Z, or how long ago, such as 90d or 12h")
}
