package commands

import (
	"context"
	"time"

	"linqbot/commands/forecast"
	"linqbot/commands/invocation"
	"linqbot/commands/outcome"
	"linqbot/commands/parse"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq"
)

// previewTime bounds the look into a chat before an answer, which has to be in time.
const previewTime = 1200 * time.Millisecond

// look tells what would come of a request, as far as that is known in time.
func (c *typed) look(ctx context.Context, chat linq.ChatID, people []parse.ParsedHandle) forecast.Forecast {
	reading, cancel := context.WithTimeout(ctx, previewTime)
	defer cancel()
	return c.forecaster.Look(reading, c.kind, chat, people)
}

// dryRun says what a command would do. It goes the same way as the real command up to the record, which says that it
// was a dry run. It asks nobody, and nothing follows.
func (c *typed) dryRun(ctx context.Context, in invocation.Invocation, args parse.Args, rule string) richtext.Answer {
	orders := c.orders(in, args, ledger.SlashCommand, rule)
	told := c.look(ctx, args.Chat, args.Handles)
	known, err := forecast.Foresee(ctx, c.underWay, orders, told)
	if err != nil {
		return c.notRecorded(in, err, true)
	}
	accepted, answer, ok := c.accept(ctx, in, orders, rule)
	if !ok {
		return answer
	}
	answer = richtext.Answer{spaced(c.dryRunOf(args, told), told.Note)}
	answer = append(answer, told.More...)
	for i, a := range known {
		switch {
		case a.Outcome == ledger.UnderWay:
			answer = append(answer, underWayForeseen(in, args.Handles[i], a))
		case a.Request.ID != "":
			answer = append(answer, opposedForeseen(c.kind, args.Handles[i], a.Request))
		}
	}
	answer = append(answer, rails.Told(c.rails.Pause(ctx))...)
	if args.Because != "" {
		answer = append(answer, becauseOf(args))
	}
	for _, who := range args.Handles {
		answer = append(answer, who.Cautions()...)
	}
	return append(answer, c.withoutFlag(args, accepted))
}

func (c *typed) dryRunOf(args parse.Args, told forecast.Forecast) richtext.Text {
	if c.kind == ledger.Add {
		return richtext.Say("A dry run of adding %s to %s.", forecast.Names(args.Handles), told.Chat)
	}
	return richtext.Say("A dry run of removing %s from %s.", forecast.Names(args.Handles), told.Chat)
}

// withoutFlag ends the answer to a dry run: nothing was done, and what linqbot would ask of Linq.
func (c *typed) withoutFlag(args parse.Args, accepted []ledger.Acceptance) richtext.Text {
	var would []parse.ParsedHandle
	for i, a := range accepted {
		if outcome.WouldAsk(a.Request.Reason) {
			would = append(would, args.Handles[i])
		}
	}
	const nothing = "Nothing was done: nothing was sent to Linq, and nothing is posted in a channel."
	switch {
	case len(would) == 0:
		return richtext.Say("%s Without %s, linqbot would not ask Linq for anything either.", nothing, richtext.ID(parse.DryRunFlag))
	case c.kind == ledger.Add:
		return richtext.Say("%s Without %s, linqbot would ask Linq to add %s.", nothing, richtext.ID(parse.DryRunFlag), forecast.Names(would))
	default:
		return richtext.Say("%s Without %s, linqbot would ask Linq to remove %s.", nothing, richtext.ID(parse.DryRunFlag), forecast.Names(would))
	}
}

// underWayForeseen is [alreadyUnderWay] without the promise of a link, which a dry run does not send.
func underWayForeseen(in invocation.Invocation, who parse.ParsedHandle, a ledger.Acceptance) richtext.Text {
	if a.Request.State == ledger.Asked || a.Thread.TS != "" {
		return alreadyUnderWay(in, who, a)
	}
	what, first := underWay(in, who, a.Request)
	return richtext.Say("%s %s is already under way: %s, at %s. It is not asked for twice.",
		string(richtext.MarkQueued), what, first, richtext.Moment(a.Request.AcceptedAt))
}

func opposedForeseen(kind ledger.Kind, who parse.ParsedHandle, contrary ledger.Request) richtext.Text {
	does := "join"
	if kind == ledger.Add {
		does = "leave"
	}
	return richtext.Say("Another request, %s, is under way, by which %s is to %s this chat, so this will be refused while it is.",
		richtext.ID(contrary.ShortID()), richtext.Name(who.International), does)
}

// becauseOf shows to the one who asked what was understood as the reason.
func becauseOf(args parse.Args) richtext.Text {
	return outcome.Explainer{FullHandles: true}.Because(args.Because)
}

// spaced puts two sentences into one paragraph.
func spaced(first, second richtext.Text) richtext.Text {
	if len(second) == 0 {
		return first
	}
	return richtext.Say("%s %s", first, second)
}
