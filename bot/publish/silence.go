package publish

import (
	"context"
	"errors"
	"time"

	"linqbot/bot/slackapi"
)

// Silence is trouble of which Slack says nothing itself: 5xx, lost connections, pages that are no answers. It passes,
// so nothing is given up for it, however long it lasts. Three rules follow:
//
//   - Of the three days after which a delivery is given up, silence uses up little: [silenceCounts] where nothing at
//     Slack answers, and [readingPasses] where something does.
//   - A reading that has come to nothing for readingPasses while something answers cannot be made. A step that needs
//     it goes on as if linqbot may not read there.
//   - All is tried again within slackapi.LongestRetry, so what stands in the ledger stands in Slack soon after.
const (
	readingPasses = 15 * time.Minute
	silenceCounts = 4 * slackapi.LongestRetry // the waits are the longest by then
)

// sinceTrouble returns since when the trouble of a thread counts, now that it goes on with err.
func (s *Publisher) sinceTrouble(ctx context.Context, since time.Time, err error) time.Time {
	now := s.cfg.Now()
	if since.IsZero() {
		return now
	}
	if !slackapi.IsSilence(err) || now.Sub(since) <= silenceCounts {
		return since
	}
	counts := silenceCounts
	if s.somethingAnswers(ctx) {
		counts = readingPasses
	}
	if earliest := now.Add(-counts); since.Before(earliest) {
		return earliest
	}
	return since
}

// somethingAnswers asks for what needs no channel, no scope and no message.
func (s *Publisher) somethingAnswers(ctx context.Context) bool {
	_, err := s.cfg.Slack.AuthTestContext(ctx)
	return !slackapi.IsSilence(slackapi.JudgeCall(err))
}

// noReading is the code for a reading that cannot be made since it gets no answer.
const noReading = "no answer to a reading"

// cannotRead turns trouble with a reading into a refusal, once the reading and the thread have both had trouble for too
// long.
func cannotRead(err error, since, troubleSince, now time.Time) error {
	_, lost := errors.AsType[*slackapi.LostAnswerError](err)
	_, later := errors.AsType[*slackapi.RetryLaterError](err)
	if (lost || later) && !troubleSince.IsZero() && now.Sub(troubleSince) >= readingPasses && now.Sub(since) >= readingPasses {
		return &slackapi.BarredError{Code: noReading}
	}
	return err
}
