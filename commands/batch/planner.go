package batch

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/commands/forecast"
	"linqbot/commands/outcome"
	"linqbot/commands/rails"
	"linqbot/commands/reconcile"
	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// Records is what a [Planner] needs of the ledger.
type Records interface {
	ItemReader
	forecast.UnderWay
	Batch(ctx context.Context, id string) (ledger.Batch, error)
	Propose(ctx context.Context, id string, p ledger.Plan) (ledger.Batch, error)
}

// Chats are the account's group chats, as they are now; see [chatindex.Index.All].
type Chats interface {
	All(ctx context.Context) (groups []linq.Chat, cut bool, err error)
}

// ChatReader reads one chat.
type ChatReader interface {
	Chat(ctx context.Context, id linq.ChatID) (linq.Chat, error)
}

// PlannerConfig is what a [Planner] needs.
type PlannerConfig struct {
	Records Records
	Chats   Chats
	Reader  ChatReader
	Rails   rails.Rails
	Lines   *reconcile.OwnLines // optional; without them only a chat tells which lines are ours
	Region  string              // of the numbers that chats list without a country code
	Logger  *logrus.Logger
	Now     func() time.Time // defaults to time.Now
}

// Planner finds what a batch has to do.
type Planner struct {
	cfg PlannerConfig
	log *logrus.Entry
}

// NewPlanner returns a planner.
func NewPlanner(cfg PlannerConfig) *Planner {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	return &Planner{cfg: cfg, log: cfg.Logger.WithField("part", "plan")}
}

// Plan finds what a batch has to do, and stores it; see [ledger.Workers]. While Linq has trouble it wants to be run
// again, for 15 minutes. Running it twice plans once.
func (p *Planner) Plan(ctx context.Context, batchID string) (again time.Duration, err error) {
	b, err := p.cfg.Records.Batch(ctx, batchID)
	if errors.Is(err, ledger.ErrNotFound) || err == nil && b.State != ledger.Planning {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	log := p.log.WithFields(logrus.Fields{"batch": b.ShortID(), "job": b.Job})
	plan, err := p.find(ctx, b)
	if trouble, ok := errors.AsType[*troubleError](err); ok {
		wait := p.patience(b, trouble)
		if wait > 0 {
			log.WithError(trouble).Warn("a batch could not be planned yet; trying again")
			return wait, nil
		}
		log.WithError(trouble).Warn("a batch could not be planned")
		plan, err = ledger.Plan{Trouble: trouble.reason, ChatName: plan.ChatName}, nil
	}
	if err != nil {
		return 0, err
	}
	plan.AskFor, plan.Limits = askFor, p.cfg.Rails.Limits
	if err := p.foreseeUnderWay(ctx, b, plan.Items); err != nil {
		return 0, err
	}
	p.foreseeProtected(b, plan.Items)
	if _, err := p.cfg.Records.Propose(ctx, batchID, plan); err != nil {
		return 0, err
	}
	log.WithFields(logrus.Fields{"items": len(plan.Items), "cut_off": plan.CutOff}).Info("a batch is planned")
	return 0, nil
}

// troubleError is why there is no plan: a reason of package outcome.
type troubleError struct {
	reason string
	err    error // Optional; what Linq answered.
}

func (e *troubleError) Error() string { return fmt.Sprintf("plan batch: %s: %v", e.reason, e.err) }

func (e *troubleError) Unwrap() error { return e.err }

// troubleOf tells Linq's trouble from the end of the time in which linqbot may look.
func troubleOf(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	reason := outcome.ReasonNoAnswer
	if refusal, ok := errors.AsType[*linq.Error](err); ok {
		reason = outcome.ReasonOf(refusal)
	}
	return &troubleError{reason: reason, err: err}
}

// patience is how long to wait before Linq is asked again: a second at first, a minute in the end, longer where Linq
// says so; 0 when it is not asked any more.
func (p *Planner) patience(b ledger.Batch, trouble *troubleError) time.Duration {
	const giveUpAfter, longest = 15 * time.Minute, time.Minute
	waited := p.cfg.Now().Sub(b.AcceptedAt)
	if trouble.err == nil || waited >= giveUpAfter {
		return 0
	}
	wait := min(max(waited/2, time.Second), longest)
	if refusal, ok := errors.AsType[*linq.Error](trouble.err); ok {
		if !refusal.Retriable() {
			return 0
		}
		const longestNamed = 5 * time.Minute
		wait = max(wait, min(refusal.RetryAfter, longestNamed))
	}
	return wait
}

func (p *Planner) find(ctx context.Context, b ledger.Batch) (ledger.Plan, error) {
	if p.cfg.Lines != nil { // waits for the list; without it the chats tell
		_, _ = p.cfg.Lines.Ours(ctx, nil)
	}
	switch b.Job {
	case ledger.Offboard:
		return p.everyChat(ctx, b)
	case ledger.List:
		return p.oneChat(ctx, b)
	case ledger.AddBack:
		return p.removalsOf(ctx, b)
	default:
		return ledger.Plan{}, fmt.Errorf("plan batch: no such job: %s", b.Job)
	}
}

// everyChat finds the group chats in which one of the people is, in each spelling under which a chat lists them.
func (p *Planner) everyChat(ctx context.Context, b ledger.Batch) (ledger.Plan, error) {
	groups, cut, err := p.cfg.Chats.All(ctx)
	if err != nil {
		return ledger.Plan{}, troubleOf(ctx, err)
	}
	plan := ledger.Plan{CutOff: cut}
	slices.SortStableFunc(groups, func(a, c linq.Chat) int {
		return cmp.Or(cmp.Compare(strings.ToLower(a.DisplayName), strings.ToLower(c.DisplayName)), cmp.Compare(a.ID.String(), c.ID.String()))
	})
	for _, chat := range groups {
		var leaving []handle.Handle
		for _, each := range b.Handles {
			for _, person := range chat.AllNamed(handle.New(each.Value()), p.cfg.Region) {
				if !slices.ContainsFunc(leaving, person.Handle.Is) {
					leaving = append(leaving, person.Handle)
				}
			}
		}
		plan.Items = append(plan.Items, p.items(chat, leaving)...)
	}
	return numbered(plan), nil
}

// oneChat plans the removal of a list of people. Those whom the chat does not list, or who have left, are part of the
// plan, since the person who wrote the list expects to see them.
func (p *Planner) oneChat(ctx context.Context, b ledger.Batch) (ledger.Plan, error) {
	id, err := linq.ParseChatID(b.ChatID)
	if err != nil {
		return ledger.Plan{}, &troubleError{reason: outcome.ReasonNoSuchChat}
	}
	chat, err := p.cfg.Reader.Chat(ctx, id)
	switch {
	case linq.IsNoSuchChat(err):
		return ledger.Plan{}, &troubleError{reason: outcome.ReasonNoSuchChat}
	case err != nil:
		return ledger.Plan{}, troubleOf(ctx, err)
	case chat.OneToOne():
		return ledger.Plan{ChatName: chat.DisplayName}, &troubleError{reason: outcome.ReasonNotAGroup}
	}
	var leaving, others, gone []handle.Handle
	for _, each := range b.Handles {
		asked := handle.New(each.Value())
		switch person, listed := chat.Named(asked, p.cfg.Region); {
		case !listed:
			others = append(others, asked)
		case !person.Active():
			gone = append(gone, person.Handle)
		case !slices.ContainsFunc(leaving, person.Handle.Is):
			leaving = append(leaving, person.Handle)
		}
	}
	plan := ledger.Plan{Items: p.items(chat, leaving), ChatName: chat.DisplayName}
	for _, person := range others {
		plan.Items = append(plan.Items, itemOf(chat, person, outcome.ReasonNotInChat))
	}
	if len(plan.Items) == 0 { // there is nothing to do
		return plan, nil
	}
	for _, person := range gone {
		plan.Items = append(plan.Items, itemOf(chat, person, outcome.ReasonSeenGone))
	}
	return numbered(plan), nil
}

// removalsOf plans to add back those whom another batch was seen to remove.
func (p *Planner) removalsOf(ctx context.Context, b ledger.Batch) (ledger.Plan, error) {
	var plan ledger.Plan
	for item, err := range Items(ctx, p.cfg.Records, b.Undoes) {
		if err != nil {
			return ledger.Plan{}, err
		}
		if r := item.Request; r.BatchID == b.Undoes && outcome.CanBeUndone(r) {
			plan.Items = append(plan.Items, ledger.BatchItem{
				ChatID: r.ChatID, ChatName: cmp.Or(r.ChatName, item.ChatName), Handle: r.Handle, Undoes: r.ID,
			})
		}
	}
	return numbered(plan), nil
}

// items are the removals of people from one chat.
func (p *Planner) items(chat linq.Chat, leaving []handle.Handle) []ledger.BatchItem {
	ours := func(person handle.Handle) bool {
		return chat.MarksAsOurs(person) || p.cfg.Lines.Remembers(person)
	}
	others := 0
	for _, person := range leaving {
		if !ours(person) {
			others++
		}
	}
	foreseen := outcome.Foresee(chat, others)
	items := make([]ledger.BatchItem, len(leaving))
	for i, person := range leaving {
		items[i] = itemOf(chat, person, foreseen)
		if ours(person) {
			items[i].Foreseen = outcome.ReasonOwnLine
		}
	}
	return items
}

func itemOf(chat linq.Chat, person handle.Handle, foreseen string) ledger.BatchItem {
	return ledger.BatchItem{
		ChatID: chat.ID.String(), ChatName: chat.DisplayName, Handle: ledger.NewSecret(person.Full()), Foreseen: foreseen,
	}
}

func numbered(plan ledger.Plan) ledger.Plan {
	for i := range plan.Items {
		plan.Items[i].Position = i + 1
	}
	return plan
}
