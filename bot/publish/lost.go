package publish

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/slack-go/slack"

	"linqbot/bot/slackapi"
	"linqbot/ledger"
)

const (
	// settleTime is how long after a lost answer a post may still turn up.
	settleTime = 4 * time.Second
	// fileSettleTime is the same for a file, which Slack looks through before it shares it.
	fileSettleTime = 30 * time.Second
	// mostDoubts is how often a post whose answer was lost is made again when linqbot cannot look
	// whether the first one stands.
	mostDoubts = 3
)

// settle finds out what became of a post whose answer was lost. It returns nil when that is known,
// or when posting again is the lesser evil.
func (s poster) settle(ctx context.Context, p *ledger.Posting, want outgoing, save func(context.Context) error) error {
	found, err := s.look(ctx, p.Since, want)
	if found != "" {
		p.ChannelID, p.TS, p.Since, p.Shown = want.channel, found, time.Time{}, ""
		return save(ctx)
	}
	if later, ok := errors.AsType[*slackapi.RetryLaterError](err); ok {
		return later
	}
	patience := settleTime
	if want.file != "" {
		patience = fileSettleTime
	}
	if age := s.now().Sub(p.Since); age < patience {
		return &slackapi.RetryLaterError{Wait: min(time.Second, patience-age), Err: errors.New("waiting whether the last post turns up")}
	}
	switch barred, cannotLook := errors.AsType[*slackapi.BarredError](err); {
	case cannotLook && p.Doubts >= mostDoubts:
		return barred
	case cannotLook:
		p.Doubts++
		p.Since = time.Time{}
		return nil
	case want.threadTS != "" && (err == nil || isGone(err) || errors.Is(err, errNoMessages)):
		if err := s.settleLoose(ctx, p, want, save); err != nil {
			return err
		}
	}
	if err != nil && !isGone(err) { // what is gone is gone with whatever was posted there
		return &slackapi.RetryLaterError{Err: err}
	}
	p.Since = time.Time{}
	return nil
}

// settleLoose takes back a reply that is not in its thread, but stands in the channel: the thread was deleted, and the
// process ended before it could take the reply back. The error is that of [poster.takeBack] then.
func (s poster) settleLoose(ctx context.Context, p *ledger.Posting, want outgoing, save func(context.Context) error) error {
	want.threadTS = ""
	found, err := s.look(ctx, p.Since, want)
	_, cannotLook := errors.AsType[*slackapi.BarredError](err)
	later, putOff := errors.AsType[*slackapi.RetryLaterError](err)
	switch {
	case found == "" && err == nil, cannotLook, isGone(err):
		return nil
	case putOff:
		return later
	case err != nil:
		return &slackapi.RetryLaterError{Err: err}
	}
	barred := s.takeBack(ctx, &slackapi.LooseReplyError{ChannelID: want.channel, TS: found})
	p.Since = time.Time{}
	if err := save(ctx); err != nil {
		return err
	}
	return barred
}

// look is [poster.find] with its trouble judged by [searchTrouble] and [cannotRead].
func (s poster) look(ctx context.Context, since time.Time, want outgoing) (found string, err error) {
	found, err = s.find(ctx, since, want)
	return found, cannotRead(searchTrouble(err), since, want.troubleSince, s.now())
}

func isGone(err error) bool {
	_, gone := errors.AsType[*slackapi.GoneError](err)
	return gone
}

// searchTrouble treats an answer that Slack never gives to a search in a channel as a refusal.
func searchTrouble(err error) error {
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok &&
		status.Code < http.StatusInternalServerError && status.Code != http.StatusTooManyRequests {
		return &slackapi.BarredError{Code: fmt.Sprintf("HTTP %d", status.Code)}
	}
	return err
}

var errNoMessages = errors.New("bot: an answer without messages")

// find returns the ts of our message if it stands; "" and no error when it does not. It looks around
// the time of the post only, so that it does not matter how much was said since. A message that is no reply is not looked
// for among replies that are shown in the channel too.
func (s poster) find(ctx context.Context, since time.Time, want outgoing) (string, error) {
	const skew, page, mostPages = 5 * time.Minute, 200, 5 // the clocks differ by no more than signatures allow
	oldest, latest := timestamp(since.Add(-skew)), timestamp(since.Add(skew))
	cursor := ""
	for range mostPages {
		var messages []slack.Message
		var err error
		if want.threadTS != "" {
			messages, _, cursor, err = s.slack.GetConversationRepliesContext(ctx, &slack.GetConversationRepliesParameters{
				ChannelID: want.channel, Timestamp: want.threadTS, Cursor: cursor, Limit: page, IncludeAllMetadata: true,
			})
			if err == nil && len(messages) == 0 { // a whole thread holds its parent at least
				err = errNoMessages
			}
		} else {
			var history *slack.GetConversationHistoryResponse
			history, err = s.slack.GetConversationHistoryContext(ctx, &slack.GetConversationHistoryParameters{
				ChannelID: want.channel, Oldest: oldest, Latest: latest, Cursor: cursor, Limit: page, IncludeAllMetadata: true,
			})
			if err == nil && !history.Ok {
				err = errNoMessages
			}
			if err == nil {
				messages, cursor = history.Messages, history.ResponseMetaData.NextCursor
			}
		}
		if err != nil {
			return "", slackapi.JudgeCall(err)
		}
		for _, m := range messages {
			inThread := m.ThreadTimestamp != "" && m.ThreadTimestamp != m.Timestamp
			if m.Timestamp >= oldest && (want.threadTS != "" || !inThread) && want.is(m) && s.isOwn(m) {
				return m.Timestamp, nil
			}
		}
		if cursor == "" {
			return "", nil
		}
	}
	return "", nil
}

// is reports whether a message is the one that is looked for.
func (o outgoing) is(m slack.Message) bool {
	if o.file != "" {
		return slices.ContainsFunc(m.Files, func(f slack.File) bool { return f.Name == o.file })
	}
	return m.Metadata.EventType == metadataType && m.Metadata.EventPayload["key"] == o.key
}

// isOwn reports whether linqbot wrote a message, as far as that is known: other apps can write our metadata too.
func (s poster) isOwn(m slack.Message) bool {
	user, bot := s.own()
	return user == "" && bot == "" || m.User == "" && m.BotID == "" || user != "" && m.User == user || bot != "" && m.BotID == bot
}

// timestamp is a moment as Slack writes it.
func timestamp(at time.Time) string {
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/int(time.Microsecond))
}
