package batch

import (
	"fmt"
	"time"

	"linqbot/commands/outcome"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// Headline is the message of a batch in the channel: who asked for what, why, and how far it has come. items is at
// least the first item of the batch, by which the chat of a list is named.
func Headline(e outcome.Explainer, b ledger.Batch, items []ledger.BatchResult, p ledger.Progress) richtext.Text {
	text := richtext.Say("%s %s to %s.", string(mark(b, p)), asker(b), order(e, b, items, p))
	if b.Because != "" {
		text = append(text, richtext.Say(" %s.", e.Because(b.Because))...)
	}
	switch b.State {
	case ledger.Paused:
		text = append(text, richtext.Say(" Paused by %s.", richtext.Member(b.DecidedBy))...)
	case ledger.Stopped:
		text = append(text, richtext.Say(" Stopped by %s: %s.", richtext.Member(b.DecidedBy), notDone(b, p))...)
	case ledger.Finished:
		text = append(text, richtext.Say(" %s", finished(b, p))...)
	default:
	}
	if pause := Held(e, b, p); pause.Holds() {
		text = append(text, richtext.Say(" %s", rails.PausedWords(pause))...)
	}
	return text
}

// Held returns the pause of all removals that keeps a batch from going on, or the zero value.
func Held(e outcome.Explainer, b ledger.Batch, p ledger.Progress) ledger.Pause {
	if e.Pause == nil || b.Kind == ledger.Add || !b.Open() || b.State == ledger.Stopped || Count(p).Waiting == 0 {
		return ledger.Pause{}
	}
	return e.Pause()
}

func mark(b ledger.Batch, p ledger.Progress) richtext.Mark {
	c := Count(p)
	switch {
	case b.Open():
		return richtext.MarkQueued
	case b.State == ledger.Stopped, c.Refused > 0, c.Unconfirmed > 0:
		return richtext.MarkNeedsPerson
	default:
		return richtext.MarkDone
	}
}

func asker(b ledger.Batch) richtext.Text {
	if b.Source != ledger.WorkflowStep {
		return richtext.Say("%s asked", richtext.Member(b.UserID))
	}
	if b.UserID != "" { // a claim
		return richtext.Say("A workflow asks, for %s,", richtext.Member(b.UserID))
	}
	return richtext.Say("A workflow asks")
}

func order(e outcome.Explainer, b ledger.Batch, items []ledger.BatchResult, p ledger.Progress) richtext.Text {
	switch {
	case b.Kind == ledger.Add:
		return richtext.Say("add %s back to %s", people(e, b), amount(b, p.All))
	case b.Job == ledger.List:
		return richtext.Say("remove %s from %s", amount(b, p.All), chatOf(e, b, items))
	default:
		return richtext.Say("remove %s from %s", people(e, b), amount(b, p.All))
	}
}

func finished(b ledger.Batch, p ledger.Progress) richtext.Text {
	if c := Count(p); c.Refused+c.Unconfirmed > 0 {
		return richtext.Say("It has ended: %s.", c.words(b))
	}
	return richtext.Say("It is done: %s.", Count(p).words(b))
}

// notDone says what a stop left undone.
func notDone(b ledger.Batch, p ledger.Progress) richtext.Text {
	c := Count(p)
	left := p.NotAsked() + p.States[ledger.Cancelled]
	c.Waiting = max(c.Waiting-p.NotAsked(), 0)
	if left == 0 {
		return c.words(b)
	}
	undone := "not removed"
	if b.Kind == ledger.Add {
		undone = "not added"
	}
	return richtext.Say("%s, %s %s", c.words(b), fmt.Sprint(left), undone)
}

// Counts is how many items of a batch have reached each stage.
type Counts struct {
	Done        int // seen to have happened, or there was nothing left to do
	Queued      int // Linq has them
	Refused     int // refused, or given up
	Unconfirmed int // Linq took them, and nothing shows that they happened
	Waiting     int // nothing was sent yet
}

// Count counts the items of a batch.
func Count(p ledger.Progress) Counts {
	return Counts{
		Done:   p.States[ledger.Removed] + p.States[ledger.AlreadyGone] + p.States[ledger.Added] + p.States[ledger.AlreadyThere],
		Queued: p.States[ledger.Sent], Refused: p.States[ledger.Refused] + p.States[ledger.Failed],
		Unconfirmed: p.States[ledger.Unconfirmed],
		Waiting:     p.NotAsked() + p.States[ledger.Accepted] + p.States[ledger.Asked],
	}
}

func (c Counts) words(b ledger.Batch) richtext.Text {
	done := "removed"
	if b.Kind == ledger.Add {
		done = "added back"
	}
	text := richtext.Say("%s %s", fmt.Sprint(c.Done), done)
	for _, each := range []struct {
		count int
		words string
	}{{c.Queued, "queued at Linq"}, {c.Refused, "refused"}, {c.Unconfirmed, "not confirmed"}, {c.Waiting, "waiting"}} {
		if each.count > 0 {
			text = append(text, richtext.Say(", %s %s", fmt.Sprint(each.count), each.words)...)
		}
	}
	return text
}

// ProgressLine says how far a batch has come, how fast it goes and how long it will take. It never says why it is
// slow. now is when p was counted.
func ProgressLine(b ledger.Batch, p ledger.Progress, now time.Time) richtext.Text {
	text := Count(p).words(b)
	if b.State == ledger.Stopped {
		text = notDone(b, p)
	}
	took, ended := now.Sub(b.ConfirmedAt), p.Ended()
	left := p.All - ended
	const leastSeen = 5
	if b.State != ledger.Running || b.ConfirmedAt.IsZero() || ended < leastSeen || took <= 0 || left == 0 {
		return richtext.Say("%s.", text)
	}
	rate := fmt.Sprintf("%.0f a minute", float64(ended)/took.Minutes())
	if float64(ended) < took.Minutes() {
		rate = fmt.Sprintf("%.0f an hour", float64(ended)/took.Hours())
	}
	rest := time.Duration(float64(took) / float64(ended) * float64(left))
	return richtext.Say("%s; %s, about %s left.", text, rate, about(rest))
}

// Controls are the buttons of a batch that runs, is paused or has ended; none when there is nothing to decide. undone
// tells that somebody takes it back already.
func Controls(b ledger.Batch, p ledger.Progress, undone bool, now time.Time) []richtext.Span {
	stop := richtext.Button("Stop", ActionStop, b.ID)
	stop.Danger = true
	switch {
	case b.State == ledger.Running && b.Open():
		return []richtext.Span{richtext.Button("Pause", ActionPause, b.ID), stop}
	case b.State == ledger.Paused:
		return []richtext.Span{richtext.Button("Resume", ActionResume, b.ID), stop}
	case offersAddBack(b, p, now) && !undone:
		return []richtext.Span{richtext.Button("Add back…", ActionAddBack, b.ID)}
	}
	return nil
}

// offersAddBack reports whether a batch can be taken back: it has ended less than 24 hours ago, and removed somebody.
func offersAddBack(b ledger.Batch, p ledger.Progress, now time.Time) bool {
	return b.Kind == ledger.Remove && !b.Open() && now.Before(b.EndedAt.Add(AddBackFor)) && p.States[ledger.Removed] > 0
}
