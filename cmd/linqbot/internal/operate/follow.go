package operate

import (
	"bufio"
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"linqbot/commands/batch"
	"linqbot/commands/rails"
	"linqbot/commands/richtext"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

const (
	// lookEvery is how soon the batch is looked at again.
	lookEvery = 250 * time.Millisecond
	// takeOverAfter is how long nothing happens before the command looks whether the linqbot that served is gone.
	takeOverAfter = 5 * time.Second
	// outageFor is how long the command waits for a ledger that does not answer.
	outageFor = 30 * time.Second
)

func handleOf(person ledger.Secret) handle.Handle { return handle.New(person.Value()) }

// carryOut records the batch, or finds the one that is under way, and brings it to its end.
func (j *job) carryOut(ctx context.Context, o ledger.BatchOrder) error {
	b, err := j.records.BatchUnderWay(ctx, o)
	if errors.Is(err, ledger.ErrNotFound) {
		b, _, err = j.records.AcceptBatch(ctx, o)
	} else if err == nil {
		err = j.show.note(fmt.Sprintf("This is under way already, since %s: it is followed, and done once.", b.AcceptedAt.UTC().Format("2006-01-02 15:04:05 UTC")))
	}
	if err != nil {
		return err
	}
	b, p, err := j.await(ctx, b.ID, func(b ledger.Batch, _ ledger.Progress) (bool, error) { return b.State != ledger.Planning, nil })
	if err != nil {
		return err
	}
	if b, err = j.decide(ctx, b, p); err != nil {
		return err
	}
	if b.ConfirmedAt.IsZero() {
		return nil
	}
	return j.follow(ctx, b)
}

// await looks at the batch until done says so, or it fails.
func (j *job) await(ctx context.Context, id string, done func(ledger.Batch, ledger.Progress) (bool, error)) (ledger.Batch, ledger.Progress, error) {
	tick := time.NewTicker(lookEvery)
	defer tick.Stop()
	var last string
	changed, answered := now(), now()
	for {
		b, err := j.records.Batch(ctx, id)
		var p ledger.Progress
		if err == nil {
			p, err = j.records.Progress(ctx, id)
		}
		switch {
		case err == nil:
			answered = now()
			if ended, err := done(b, p); ended || err != nil {
				return b, p, err
			}
		case errors.Is(err, ledger.ErrNotFound) || ctx.Err() != nil || now().Sub(answered) > outageFor:
			return b, p, err
		}
		if look := fmt.Sprint(b.State, p); look != last {
			last, changed = look, now()
		}
		if j.served && now().Sub(changed) > takeOverAfter {
			changed = now()
			if err := j.takeOver(ctx); err != nil {
				return b, p, err
			}
		}
		select {
		case <-ctx.Done():
			return b, p, ctx.Err()
		case <-tick.C:
		}
	}
}

// takeOver goes on with the work here if nobody serves any more.
func (j *job) takeOver(ctx context.Context) error {
	own, err := openOwn(ctx, j.cfg)
	if errors.Is(err, ledger.ErrServed) {
		return nil
	}
	if err != nil {
		return err
	}
	before := j.records
	j.records, j.served = own, false
	return errors.Join(before.Close(), j.show.note("The linqbot that served has ended: this command goes on with the work."))
}

// decide shows what would be done, and gets the yes to it.
func (j *job) decide(ctx context.Context, b ledger.Batch, p ledger.Progress) (ledger.Batch, error) {
	var items []ledger.BatchResult
	for item, err := range batch.Items(ctx, j.records, b.ID) {
		if err != nil {
			return b, err
		}
		items = append(items, item)
	}
	pace, err := j.records.Pace(ctx)
	if err != nil {
		return b, err
	}
	if err := j.show.planned(b, items, p, batch.Speed{Pace: pace, Concurrency: j.cfg.Settings.Concurrency}); err != nil {
		return b, err
	}
	switch {
	case b.State == ledger.Unplanned:
		return b, errors.New("linqbot could not find out what there is to do; nothing was changed")
	case b.State != ledger.Proposed:
		return b, nil
	}
	yes, err := j.asks(ctx, b, p)
	if err != nil || !yes {
		return b, errors.Join(cmp.Or(err, errors.New("cancelled; nothing was changed")), j.decline(ctx, b))
	}
	confirmed, _, err := j.records.DecideBatch(ctx, b.ID, ledger.ConfirmBatch, b.Rule, j.cfg.Settings.Limits)
	if over, ok := errors.AsType[*ledger.LimitError](err); ok {
		return b, errors.Join(j.refuse(ctx, b.Rule, rails.RuleOf(over.Limit), rails.LimitWords(over.Limit, "")), j.decline(ctx, b))
	}
	if err == nil && confirmed.ConfirmedAt.IsZero() {
		err = errors.New("nobody said yes within 10 minutes; nothing was changed")
	}
	return confirmed, err
}

// decline says no to what is proposed, also once the command is interrupted.
func (j *job) decline(ctx context.Context, b ledger.Batch) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), outageFor)
	defer cancel()
	_, _, err := j.records.DecideBatch(ctx, b.ID, ledger.DeclineBatch, b.Rule, ledger.Limits{})
	return err
}

// asks gets a yes from the person at the terminal. For a large batch the yes is the number of its items.
func (j *job) asks(ctx context.Context, b ledger.Batch, p ledger.Progress) (bool, error) {
	if j.request.Yes {
		return true, nil
	}
	if j.cfg.In == nil {
		return false, nil
	}
	question := fmt.Sprintf("Remove from %s? [y/N] ", batch.Amount(b, p.All))
	if b.Job == ledger.List {
		question = fmt.Sprintf("Remove %s? [y/N] ", batch.Amount(b, p.All))
	}
	if batch.NeedsTyping(p) {
		question = fmt.Sprintf("This is about %s. To go on, type the number: ", batch.Amount(b, p.All))
	}
	if _, err := fmt.Fprint(j.cfg.Out, question); err != nil {
		return false, err
	}
	typed := make(chan string, 1)
	go func() { // which ends with the process if nobody answers
		line, _ := bufio.NewReader(j.cfg.In).ReadString('\n') // without an answer it is a no
		typed <- strings.TrimSpace(line)
	}()
	select {
	case <-ctx.Done():
		return false, ctx.Err()
	case answer := <-typed:
		if batch.NeedsTyping(p) {
			return batch.IsNumber(answer, p.All), nil
		}
		return strings.EqualFold(answer, "y") || strings.EqualFold(answer, "yes"), nil
	}
}

// follow shows how the batch goes, until it has ended.
func (j *job) follow(ctx context.Context, b ledger.Batch) error {
	told := make(map[int]bool) // the positions whose end was shown
	ended, paused := 0, false
	b, p, err := j.await(ctx, b.ID, func(b ledger.Batch, p ledger.Progress) (bool, error) {
		if p.Ended() > ended || !b.Open() {
			ended = p.Ended()
			if err := j.tellOutcomes(ctx, b, told); err != nil {
				return false, err
			}
		}
		if pause, err := j.records.Paused(ctx); err == nil && pause.Holds() != paused {
			if paused = pause.Holds(); paused {
				if err := j.show.note(richtext.Say("%s %s", rails.PausedWords(pause), rails.KeptWords()).String()); err != nil {
					return false, err
				}
			}
		}
		return !b.Open(), j.show.progress(b, p)
	})
	if err != nil {
		return errors.Join(err, j.show.leave())
	}
	var rest []ledger.BatchResult
	for item, err := range batch.Items(ctx, j.records, b.ID) {
		if err != nil {
			return err
		}
		if batch.NeedsPerson(item) {
			rest = append(rest, item)
		}
	}
	if err := j.show.end(b, p, rest); err != nil {
		return err
	}
	if batch.Count(p).Done < p.All {
		return errUndone
	}
	return nil
}

// tellOutcomes tells of each item that has come to its end, once.
func (j *job) tellOutcomes(ctx context.Context, b ledger.Batch, told map[int]bool) error {
	for item, err := range batch.Items(ctx, j.records, b.ID) {
		if err != nil {
			return err
		}
		if item.Request.ID == "" || !item.Request.State.Final() || told[item.Position] {
			continue
		}
		told[item.Position] = true
		if err := j.show.outcome(item); err != nil {
			return err
		}
	}
	return nil
}
