package commands

import (
	"context"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/sirupsen/logrus"

	"linqbot/commands/policy"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// Turns turns the switch that pauses the removals of all; see [ledger.Ledger.Turn].
type Turns interface {
	Turn(ctx context.Context, s ledger.Switch) (before ledger.Pause, err error)
}

// Switch is the switch in the Home tab that pauses the removals of all. It asks who is an admin, and not the policy,
// since it lets nobody remove people.
type Switch struct {
	gate   *policy.Gate
	turns  Turns
	admins []string
	log    *logrus.Entry
	tally  policy.Outcomes
}

// SwitchConfig is what a [Switch] needs.
type SwitchConfig struct {
	Admins []string // member ids of those who may turn it
	Turns  Turns
	Gate   *policy.Gate
	Logger *logrus.Logger
	Tally  policy.Outcomes // optional; nil counts nothing
}

// NewSwitch returns the switch.
func NewSwitch(cfg SwitchConfig) *Switch {
	return &Switch{
		gate:  cfg.Gate,
		turns: cfg.Turns, admins: cfg.Admins, log: cfg.Logger.WithField("part", "commands"), tally: cfg.Tally,
	}
}

// MayTurn says whether the person may turn the switch. It returns true when they may; else the answer says why
// not, and is empty for a press that was seen before.
func (s *Switch) MayTurn(ctx context.Context, by policy.Caller) (richtext.Answer, bool) {
	if slices.Contains(s.admins, by.UserID) {
		return nil, true
	}
	return s.gate.Deny(ctx, ledger.HomeSwitch, by, rails.DeniedToSwitch,
		richtext.Say("Only the people whom %s names may pause or resume removals. Nothing was changed.", richtext.ID("ADMINS"))), false
}

// LongestPauseReason is how many characters the reason of a pause may have.
const LongestPauseReason = 200

// Pause pauses the removals of all, and says so to the one who did. A press that comes twice pauses once.
func (s *Switch) Pause(ctx context.Context, by policy.Caller, reason string) richtext.Answer {
	reason = strings.Join(strings.Fields(handle.MaskText(reason)), " ")
	if utf8.RuneCountInString(reason) > LongestPauseReason {
		reason = string([]rune(reason)[:LongestPauseReason])
	}
	return s.turn(ctx, by, ledger.Switch{Pause: true, Reason: reason})
}

// Resume lets removals go on, and says so to the one who did.
func (s *Switch) Resume(ctx context.Context, by policy.Caller) richtext.Answer {
	return s.turn(ctx, by, ledger.Switch{})
}

func (s *Switch) turn(ctx context.Context, by policy.Caller, asked ledger.Switch) richtext.Answer {
	if answer, may := s.MayTurn(ctx, by); !may {
		return answer
	}
	log := s.log.WithFields(logrus.Fields{"user": by.UserID, "pause": asked.Pause})
	if fresh, err := s.gate.TakeDelivery(ctx, by.Delivery); err != nil {
		return s.notTurned(log, err)
	} else if !fresh {
		log.WithField("outcome", s.tally.Count(ledger.HomeSwitch, "redelivered")).Info("switch answered")
		return nil
	}
	asked.Source, asked.TeamID, asked.ChannelID, asked.UserID = ledger.HomeSwitch, by.TeamID, by.ChannelID, by.UserID
	before, err := s.turns.Turn(ctx, asked)
	if err != nil {
		return s.notTurned(log, err)
	}
	switch {
	case asked.Pause && before.Holds():
		log.WithField("outcome", s.tally.Count(ledger.HomeSwitch, "paused_before")).Info("switch answered")
		return richtext.Answer{richtext.Say("%s %s This was so before, and stays so.", string(richtext.MarkQueued), rails.PausedWords(before))}
	case asked.Pause:
		log.WithField("outcome", s.tally.Count(ledger.HomeSwitch, "paused")).Warn("switch answered")
		return richtext.Answer{richtext.Say("%s All removals are paused now. %s", string(richtext.MarkDone), rails.KeptWords())}
	case !before.Holds():
		log.WithField("outcome", s.tally.Count(ledger.HomeSwitch, "not_paused")).Info("switch answered")
		return richtext.Answer{richtext.Say("%s Removals are not paused, so there was nothing to resume.", string(richtext.MarkDone))}
	default:
		log.WithField("outcome", s.tally.Count(ledger.HomeSwitch, "resumed")).Warn("switch answered")
		return richtext.Answer{richtext.Say("%s Removals go on: they were paused for %s.", string(richtext.MarkDone), time.Since(before.Since).Round(time.Second).String())}
	}
}

func (s *Switch) notTurned(log *logrus.Entry, err error) richtext.Answer {
	log.WithError(err).WithField("outcome", s.tally.Count(ledger.HomeSwitch, "not_recorded")).Error("switch answered")
	return richtext.Answer{richtext.Say("%s linqbot cannot write to its ledger, so nothing was changed. Try again in a minute; if it stays like this, tell someone who runs linqbot.", string(richtext.MarkNeedsPerson))}
}
