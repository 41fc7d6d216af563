package publish

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/sirupsen/logrus"
	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/bot/publish/queue"
	"linqbot/bot/slackapi"
	"linqbot/ledger"
)

// outgoing is a message as it should stand in Slack.
type outgoing struct {
	blockkit.Message
	delivery string // what it belongs to
	key      string // names the message for good, so that it is found again after a lost answer
	channel  string // a channel, or a member for a direct message
	threadTS string // the parent; "" for a message of its own
	opens    bool   // a thread hangs on it
	faded    string // digest of what it was before a button's time was over; losing that is worth one try only
}

// metadataType marks our messages; the payload holds the key.
const metadataType = "linqbot_message"

func (o outgoing) options() []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionText(o.Text, false), // escaped when it was rendered
		slack.MsgOptionBlocks(o.Blocks...),
		slack.MsgOptionDisableLinkUnfurl(),
		slack.MsgOptionDisableMediaUnfurl(),
		slack.MsgOptionMetadata(slack.SlackMetadata{
			EventType: metadataType, EventPayload: map[string]any{"key": o.key},
		}),
	}
	if o.threadTS != "" {
		options = append(options, slack.MsgOptionTS(o.threadTS))
	}
	return options
}

const (
	// settleTime is how long after a lost answer a post may still turn up.
	settleTime = 4 * time.Second
	// mostDoubts is how often a post whose answer was lost is made again when nobody can look
	// whether it stands.
	mostDoubts = 3
)

// poster makes single messages in Slack look as they should, each posted once.
type poster struct {
	slack     *slack.Client
	scheduler *queue.Scheduler
	now       func() time.Time
	log       *logrus.Entry
}

// ticket is what the message that p knows of takes in the queue of its channel.
func (o outgoing) ticket(p *ledger.Posting) queue.Ticket {
	return queue.Ticket{Delivery: o.delivery, Key: o.key, Update: p.TS != ""}
}

// met sorts what came of a call. What Slack puts off gets another turn; for an update that is all, since
// the messages that its thread does not have yet need not wait for it.
func (s poster) met(err error, o outgoing, t queue.Ticket) error {
	err = slackapi.Judge(err)
	later, ok := errors.AsType[*slackapi.RetryLaterError](err)
	if !ok || later.Wait == 0 {
		return err
	}
	s.scheduler.BackOff(o.channel, t, later.Wait)
	if t.Update {
		s.log.WithFields(logrus.Fields{"delivery": o.delivery, "wait": later.Wait.String()}).
			Info("Slack puts off updates of messages; all of them wait")
		return &queue.WaitError{Wait: later.Wait}
	}
	return err
}

// project makes the message that p knows of look like want. It stores what it learns with save:
// the intent before a post, and its result. Errors are those of trouble.go, or of save.
func (s poster) project(ctx context.Context, p *ledger.Posting, want outgoing, save func(context.Context) error) error {
	digest, err := want.Digest()
	if err != nil {
		return err
	}
	if p.TS == "" && !p.Since.IsZero() {
		if err := s.settle(ctx, p, want, save); err != nil {
			return err
		}
	}
	if p.TS != "" {
		faded := p.Shown == want.faded && p.Shown != digest
		err := s.update(ctx, p, want, digest, save)
		if faded && isFinalRefusal(err) { // nothing that people should hear of anew
			p.Shown = digest
			return save(ctx)
		}
		gone, ok := errors.AsType[*slackapi.GoneError](err)
		switch {
		case !ok, want.opens && gone.Code == slackapi.NoMessage:
			return err
		case want.opens: // it can no longer be changed, and its thread is as good as before
			p.Shown = digest
			return save(ctx)
		}
		// Kept at once: the post may have to wait for a turn of its own, and this one is used up.
		*p = ledger.Posting{Doubts: p.Doubts}
		if err := save(ctx); err != nil {
			return err
		}
	}
	return s.post(ctx, p, want, digest, save)
}

// isFinalRefusal reports that Slack said no to a change, and will again.
func isFinalRefusal(err error) bool {
	_, barred := errors.AsType[*slackapi.BarredError](err)
	_, gone := errors.AsType[*slackapi.GoneError](err)
	return barred || gone
}

// Slack's {"ok":false} without an error arrives as a success that says nothing.
var (
	errNoTS       = errors.New("bot: an answer without a ts")
	errNoMessages = errors.New("bot: an answer without messages")
)

func (s poster) update(ctx context.Context, p *ledger.Posting, want outgoing, digest string, save func(context.Context) error) error {
	if p.Shown == digest {
		return nil
	}
	ticket := want.ticket(p)
	if err := s.scheduler.Take(want.channel, ticket); err != nil {
		return err
	}
	want.threadTS = "" // a message stays in its thread
	_, ts, _, err := s.slack.UpdateMessageContext(ctx, p.ChannelID, p.TS, want.options()...)
	if err == nil && ts == "" {
		err = errNoTS
	}
	err = s.met(err, want, ticket)
	if lost, ok := errors.AsType[*slackapi.LostAnswerError](err); ok {
		return &slackapi.RetryLaterError{Err: lost} // an update made twice does no harm
	}
	if err != nil {
		return err
	}
	p.Shown = digest
	return save(ctx)
}

func (s poster) post(ctx context.Context, p *ledger.Posting, want outgoing, digest string, save func(context.Context) error) error {
	ticket := want.ticket(p)
	if err := s.scheduler.Take(want.channel, ticket); err != nil {
		return err
	}
	p.Since = s.now() // the intent; not before it is really going to be posted
	if err := save(ctx); err != nil {
		return err
	}
	channel, ts, err := s.slack.PostMessageContext(ctx, want.channel, want.options()...)
	if err == nil && ts == "" {
		err = errNoTS
	}
	err = s.met(err, want, ticket)
	if _, lost := errors.AsType[*slackapi.LostAnswerError](err); lost || err != nil && slackapi.Ended(ctx) != nil {
		return err // the intent stays: whoever goes on from here looks whether the message stands
	}
	p.Since = time.Time{}
	if err == nil {
		p.ChannelID, p.TS, p.Shown = channel, ts, digest
	}
	// What Slack answered is kept although the process may be stopping.
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	return errors.Join(err, save(saving))
}

const saveTime = 5 * time.Second

// settle finds out what became of a post whose answer was lost. It returns nil when that is known,
// or when posting again is the lesser evil.
func (s poster) settle(ctx context.Context, p *ledger.Posting, want outgoing, save func(context.Context) error) error {
	found, err := s.find(ctx, p.Since, want)
	if found != "" {
		p.ChannelID, p.TS, p.Since, p.Shown = want.channel, found, time.Time{}, ""
		return save(ctx)
	}
	err = lookTrouble(err)
	if later, ok := errors.AsType[*slackapi.RetryLaterError](err); ok {
		return later
	}
	if age := s.now().Sub(p.Since); age < settleTime {
		return &slackapi.RetryLaterError{Wait: min(time.Second, settleTime-age), Err: errors.New("waiting whether the last post turns up")}
	}
	switch barred, cannotLook := errors.AsType[*slackapi.BarredError](err); {
	case cannotLook && p.Doubts >= mostDoubts:
		return barred
	case cannotLook:
		p.Doubts++
	case err != nil:
		return &slackapi.RetryLaterError{Err: err}
	}
	p.Since = time.Time{}
	return nil
}

// lookTrouble takes an answer that no Slack gives to a look into a channel for a no.
func lookTrouble(err error) error {
	if status, ok := errors.AsType[slack.StatusCodeError](err); ok &&
		status.Code < http.StatusInternalServerError && status.Code != http.StatusTooManyRequests {
		return &slackapi.BarredError{Code: fmt.Sprintf("HTTP %d", status.Code)}
	}
	return err
}

// find returns the ts of our message if it stands; "" and no error when it does not. It looks around
// the time of the post only, so that it does not matter how much was said since.
func (s poster) find(ctx context.Context, since time.Time, want outgoing) (string, error) {
	const skew, page, mostPages = 5 * time.Minute, 200, 5 // Slack and we agree on the time as well as signatures need it
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
			return "", slackapi.Judge(err)
		}
		for _, m := range messages {
			if m.Timestamp >= oldest && m.Metadata.EventType == metadataType && m.Metadata.EventPayload["key"] == want.key {
				return m.Timestamp, nil
			}
		}
		if cursor == "" {
			return "", nil
		}
	}
	return "", nil
}

// timestamp is a moment as Slack writes it.
func timestamp(at time.Time) string {
	return fmt.Sprintf("%d.%06d", at.Unix(), at.Nanosecond()/int(time.Microsecond))
}
