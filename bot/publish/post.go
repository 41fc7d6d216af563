package publish

import (
	"cmp"
	"context"
	"errors"
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
	delivery     string    // what it belongs to
	key          string    // names the message for good, so that it is found again after a lost answer
	channel      string    // a channel, or a member for a direct message
	threadTS     string    // the parent; "" for a message of its own
	isParent     bool      // of a thread
	once         bool      // posted once, and not again when somebody deletes it
	onlyUpdate   bool      // changed where it stands, never posted
	troubleSince time.Time // since when nothing of what it belongs to could be posted; zero when all is well
	beforeExpiry string    // digest of the message before a button on it expired; removing the button is worth one try only

	look    string                      // takes the place of the digest, for a message of which a part changes by itself. Optional.
	stays   bool                        // posted once; if somebody deletes it, it stays deleted and its thread goes on
	news    bool                        // a parent that says what no other message says
	file    string                      // the name of the file that it shares, by which it is found again. Optional.
	sending func(context.Context) error // called when its turn has come, before it is sent. Optional.
}

// digest is the same for what looks the same.
func (o outgoing) digest() (string, error) {
	if o.look != "" {
		return o.look, nil
	}
	return o.Digest()
}

// begin is told that a message is sent now.
func (o outgoing) begin(ctx context.Context) error {
	if o.sending == nil {
		return nil
	}
	return o.sending(ctx)
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
	return append(options, o.place()...)
}

// plain is the same message as mere text, for when Slack does not take the rest.
func (o outgoing) plain() []slack.MsgOption {
	options := []slack.MsgOption{
		slack.MsgOptionText(o.Text, false), slack.MsgOptionDisableLinkUnfurl(), slack.MsgOptionDisableMediaUnfurl(),
	}
	return append(options, o.place()...)
}

func (o outgoing) place() []slack.MsgOption {
	if o.threadTS == "" {
		return nil
	}
	return []slack.MsgOption{slack.MsgOptionTS(o.threadTS)}
}

// poster makes single messages in Slack look as they should, each posted once.
type poster struct {
	slack     *slack.Client
	scheduler *queue.Scheduler
	own       func() (userID, botID string) // as whom linqbot writes; "" while that is not known
	now       func() time.Time
	log       *logrus.Entry
}

// ticket returns the place that the message takes in the queue of its channel. p says whether it was posted before.
func (o outgoing) ticket(p *ledger.Posting) queue.Ticket {
	return queue.Ticket{Delivery: o.delivery, Key: o.key, Update: p.TS != "", Minor: o.isParent && !o.news || o.onlyUpdate}
}

// afterCall sorts the outcome of a call. If Slack puts the call off, it gets another turn. An update then only waits
// for that turn, so that new messages of the thread need not wait for it.
func (s poster) afterCall(err error, o outgoing, t queue.Ticket) error {
	if _, barred := errors.AsType[*slackapi.BarredError](err); !barred {
		err = slackapi.Judge(err)
	}
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

// project makes the message of p look like want. It stores what it learns with save: the intent before a post, and
// its result. Errors are those of [slackapi.Judge], or of save.
func (s poster) project(ctx context.Context, p *ledger.Posting, want outgoing, save func(context.Context) error) error {
	digest, err := want.digest()
	if err != nil {
		return err
	}
	if p.TS == "" && !p.Since.IsZero() {
		if err := s.settle(ctx, p, want, save); err != nil {
			return err
		}
	}
	if p.TS != "" {
		expired := p.Shown == want.beforeExpiry && p.Shown != digest
		err := s.update(ctx, p, want, digest, save)
		if expired && isFinalRefusal(err) { // people already know
			p.Shown = digest
			return save(ctx)
		}
		gone, ok := errors.AsType[*slackapi.GoneError](err)
		switch {
		case !ok, want.isParent && gone.Code == slackapi.NoMessage:
			return err
		case want.isParent, want.stays: // it can no longer be changed, and its thread is as good as before
			p.Shown = digest
			return save(ctx)
		}
		// Kept at once: the post may have to wait for a turn of its own, and this one is used up.
		*p = ledger.Posting{Doubts: p.Doubts}
		if err := save(ctx); err != nil {
			return err
		}
		if want.once {
			return &slackapi.RetryLaterError{Err: errDeleted}
		}
	}
	if want.onlyUpdate {
		return save(ctx)
	}
	return s.post(ctx, p, want, digest, save)
}

// isFinalRefusal reports that Slack said no to a change, and will again.
func isFinalRefusal(err error) bool {
	_, barred := errors.AsType[*slackapi.BarredError](err)
	return barred || isGone(err)
}

// errDeleted does not wrap the refusal behind it, which would be taken to be about the whole thread.
var errDeleted = errors.New("bot: a reply was deleted, and is not posted twice")

var errNoTS = errors.New("bot: an answer without a ts")

func (s poster) update(ctx context.Context, p *ledger.Posting, want outgoing, digest string, save func(context.Context) error) error {
	if p.Shown == digest {
		return nil
	}
	ticket := want.ticket(p)
	if err := s.scheduler.Take(want.channel, ticket); err != nil {
		return err
	}
	if err := want.begin(ctx); err != nil {
		return err
	}
	want.threadTS = "" // a message stays in its thread
	_, _, err := s.send(want, func(options []slack.MsgOption) (string, string, error) {
		channel, ts, _, err := s.slack.UpdateMessageContext(ctx, p.ChannelID, p.TS, options...)
		return channel, ts, err
	})
	err = s.afterCall(err, want, ticket)
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
	if err := want.begin(ctx); err != nil {
		return err
	}
	p.Since = s.now() // the intent; not before it is really going to be posted
	if err := save(ctx); err != nil {
		return err
	}
	channel, ts, err := s.send(want, func(options []slack.MsgOption) (string, string, error) {
		return s.slack.PostMessageContext(ctx, want.channel, options...)
	})
	if loose, ok := errors.AsType[*slackapi.LooseReplyError](err); ok {
		loose.ChannelID = cmp.Or(loose.ChannelID, want.channel)
		err = s.takeBack(ctx, loose)
	}
	err = s.afterCall(err, want, ticket)
	if _, lost := errors.AsType[*slackapi.LostAnswerError](err); lost || err != nil && slackapi.Ended(ctx) != nil {
		return err // the intent stays, so that the next run looks whether the message stands
	}
	p.Since = time.Time{}
	if err == nil {
		p.ChannelID, p.TS, p.Shown = cmp.Or(channel, want.channel), ts, digest
	}
	// What Slack answered is kept although the process may be stopping.
	saving, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveTime)
	defer cancel()
	return errors.Join(err, save(saving))
}

// plainInstead is logged where a message cannot be shown as it was meant.
const plainInstead = "Slack does not take a message as it is: it goes as plain text"

// send makes a call with a message; with plain text where Slack does not take the rest of it.
func (s poster) send(o outgoing, call func([]slack.MsgOption) (channel, ts string, err error)) (channel, ts string, err error) {
	channel, ts, err = call(o.options())
	if _, malformed := errors.AsType[*slackapi.MalformedError](slackapi.Judge(err)); malformed {
		s.log.WithError(err).WithField("delivery", o.delivery).Error(plainInstead)
		channel, ts, err = call(o.plain())
		if still, ok := errors.AsType[*slackapi.MalformedError](slackapi.Judge(err)); ok {
			err = &slackapi.BarredError{Code: still.Code}
		}
	}
	if err == nil && ts == "" {
		err = errNoTS
	}
	return channel, ts, err
}

// takeBack deletes a reply that Slack posted in the channel because its thread is gone. It returns the error that bars
// linqbot from posting there.
func (s poster) takeBack(ctx context.Context, loose *slackapi.LooseReplyError) error {
	log := s.log.WithFields(logrus.Fields{"channel": loose.ChannelID, "ts": loose.TS})
	const patience = 10 * time.Second // the person waits for the outcome
	deleting, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	_, err := slackapi.Retry(deleting, func() error {
		_, _, err := s.slack.DeleteMessageContext(deleting, loose.ChannelID, loose.TS)
		return err
	})
	if err != nil && slackapi.Code(err) != slackapi.NoMessage {
		log.WithError(slackapi.Judge(err)).Error("a reply stands in the channel since its thread is gone, and was not deleted")
	} else {
		log.Info("a reply stood in the channel since its thread is gone, and was deleted")
	}
	return &slackapi.BarredError{Code: "thread_not_found"}
}

const saveTime = 5 * time.Second
