package commands

import (
	"context"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/ledger"
)

// DenialRecorder keeps what the policy said no to; see [ledger.Ledger.Deny].
type DenialRecorder interface {
	Deny(ctx context.Context, d ledger.Denial) error
}

// What said no, as the record has it. The rules that let somebody in are those of [Decision], and are
// kept with what was asked for: see [ledger.Order].
const (
	DeniedByName    = "not named"
	DeniedByChannel = "channel not allowed"
	DeniedUnknown   = "group look-up failed"
)

// denialTime bounds the recording of a denial: the person gets the answer all the same. It is on top
// of the time for that answer, which the look-up that ended in a denial may have used up.
const denialTime = 300 * time.Millisecond

// RecordDenials returns what [Policy.Denied] is to be.
func RecordDenials(recorder DenialRecorder, logger *logrus.Logger) func(context.Context, ledger.Denial) {
	log := logger.WithField("part", "commands")
	return func(ctx context.Context, d ledger.Denial) {
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), denialTime)
		defer cancel()
		if err := recorder.Deny(ctx, d); err != nil {
			log.WithError(err).WithField("user", d.UserID).Warn("a denial was not recorded")
		}
	}
}

// denied tells of a denial, if anybody wants to know.
func (p Policy) denied(ctx context.Context, d ledger.Denial) {
	if p.Denied != nil {
		p.Denied(ctx, d)
	}
}
