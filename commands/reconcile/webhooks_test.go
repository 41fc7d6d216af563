package reconcile

import (
	"bytes"
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// webhookRecords hold one request that waits to be seen.
type webhookRecords struct {
	waiting ledger.Request
	older   []ledger.Request // that wait as well
	none    bool
	stale   int // how many saves come too late
	saved   []ledger.Request
	changes []ledger.Change
	kept    []ledger.WebhookEvent
	err     error
}

func (r *webhookRecords) HasWebhookEvent(_ context.Context, id string) (bool, error) {
	for _, s := range r.kept {
		if s.EventID == id {
			return true, nil
		}
	}
	return false, r.err
}

func (r *webhookRecords) KeepWebhookEvent(_ context.Context, s ledger.WebhookEvent) error {
	r.kept = append(r.kept, s)
	return nil
}

func (r *webhookRecords) Awaiting(_ context.Context, _ ledger.Kind, _ string, handle ledger.Secret) (ledger.Request, error) {
	for _, waiting := range append([]ledger.Request{r.waiting}, r.older...) {
		if !r.none && strings.EqualFold(waiting.Handle.Value(), handle.Value()) {
			return waiting, nil
		}
	}
	return ledger.Request{}, ledger.ErrNotFound
}

func (r *webhookRecords) Save(_ context.Context, saved ledger.Request, c ledger.Change) (ledger.Request, error) {
	if r.stale > 0 {
		r.stale--
		return ledger.Request{}, ledger.ErrStale
	}
	r.saved, r.changes = append(r.saved, saved), append(r.changes, c)
	return saved, nil
}

func TestWebhookEvents(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 12, 9, 41, 7, 0, time.UTC)
	removal := ledger.Request{
		Order: ledger.Order{Kind: ledger.Remove, Handle: ledger.NewSecret("+14155550132")}, ID: "r1", State: ledger.Sent, FirstTryAt: now.Add(-time.Minute), TraceID: "t1", People: 5,
	}
	addition := removal
	addition.Kind = ledger.Add
	event := linq.WebhookEvent{ID: "e1", Type: linq.EventParticipantRemoved, TraceID: "t2", CreatedAt: now, Person: linq.Participant{Handle: handle.New("+14155550132")}}
	early := event
	early.CreatedAt = now.Add(-2 * time.Minute)
	sameTrace := early
	sameTrace.TraceID = "t1"
	added := event
	added.Type = linq.EventParticipantAdded
	other := event
	other.Type = "message.sent"
	unread := removal
	unread.People = 0
	for name, test := range map[string]struct {
		records webhookRecords
		event   linq.WebhookEvent
		state   ledger.State // "": nothing is saved
		people  int
		kept    int
	}{
		"somebody left":                   {webhookRecords{waiting: removal}, event, ledger.Removed, 4, 1},
		"somebody came back":              {webhookRecords{waiting: addition}, added, ledger.Added, 6, 1},
		"in a chat that was never read":   {webhookRecords{waiting: unread}, event, ledger.Removed, 0, 1},
		"before we tried":                 {webhookRecords{waiting: removal}, early, "", 0, 1},
		"before we tried, by their clock": {webhookRecords{waiting: removal}, sameTrace, ledger.Removed, 4, 1},
		"nobody asked":                    {webhookRecords{none: true}, event, "", 0, 1},
		"another kind of event":           {webhookRecords{waiting: removal}, other, "", 0, 0},
		"while somebody else saves":       {webhookRecords{waiting: removal, stale: 2}, event, ledger.Removed, 4, 1},
		"told before":                     {webhookRecords{waiting: removal, kept: []ledger.WebhookEvent{{EventID: "e1"}}}, event, "", 0, 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := test.records
			logger := logrus.New()
			logger.SetOutput(io.Discard)
			s := NewWebhookHandler(WebhookConfig{Records: &records, Logger: logger, Now: func() time.Time { return now }})
			assert.NilError(t, s.Take(t.Context(), test.event))
			assert.Equal(t, len(records.kept), test.kept)
			if test.state == "" {
				assert.Equal(t, len(records.saved), 0)
				return
			}
			assert.Equal(t, len(records.saved), 1)
			assert.Equal(t, records.saved[0].State, test.state)
			assert.Equal(t, records.saved[0].People, test.people)
			assert.Equal(t, records.kept[0].RequestID, "r1")
			assert.Equal(t, !records.changes[0].ShowAgain.IsZero(), test.state == ledger.Removed, "the offer to add them back ends")
		})
	}
}

// Whatever happens in chats is told to the list of chats, and an ill line to the log.
func TestEventsForOthers(t *testing.T) {
	t.Parallel()
	var log bytes.Buffer
	logger := logrus.New()
	logger.SetOutput(&log)
	told, ill := 0, 0
	s := NewWebhookHandler(WebhookConfig{
		Records: &webhookRecords{none: true}, Logger: logger,
		Chats: func(linq.WebhookEvent) { told++ }, IllLine: func() { ill++ },
	})
	line := linq.LineStatus{Number: handle.New("+12025550100"), Status: "FLAGGED"}
	for _, e := range []linq.WebhookEvent{
		{ID: "e1", Type: linq.EventChatCreated},
		{ID: "e2", Type: linq.EventParticipantAdded},
		{ID: "e3", Type: linq.EventLineStatusUpdated, Line: line},
		{ID: "e4", Type: linq.EventLineStatusUpdated, Line: linq.LineStatus{Number: line.Number, Status: "ACTIVE"}},
	} {
		assert.NilError(t, s.Take(t.Context(), e))
	}
	assert.Equal(t, told, 4)
	assert.Equal(t, ill, 1)
	assert.Equal(t, strings.Count(log.String(), "level=warning"), 1, "%s", log.String())
	assert.Assert(t, strings.Contains(log.String(), "FLAGGED") && !strings.Contains(log.String(), "12025550100"), "%s", log.String())
}

func TestAWebhookEventThatCannotBeKept(t *testing.T) {
	t.Parallel()
	trouble := errors.New("the ledger does not answer")
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	s := NewWebhookHandler(WebhookConfig{Records: &webhookRecords{err: trouble}, Logger: logger})
	assert.ErrorIs(t, s.Take(t.Context(), linq.WebhookEvent{ID: "e1", Type: linq.EventParticipantRemoved}), trouble)
}

// An event ends a request if it is about the person that the request means, as a reading of the chat would find them.
func TestWhomAWebhookEventMeans(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 10, 12, 9, 41, 7, 0, time.UTC)
	request := func(id, asked, seen string) ledger.Request {
		return ledger.Request{
			Order: ledger.Order{Kind: ledger.Remove, Handle: ledger.NewSecret(asked)}, ID: id, State: ledger.Sent,
			FirstTryAt: now.Add(-time.Minute), SeenListed: seen != "", ListedHandle: ledger.NewSecret(seen),
		}
	}
	ofBatch := request("r1", "+525512345678", "")
	ofBatch.BatchID = "b1"
	for name, test := range map[string]struct {
		waiting []ledger.Request // the newest first
		left    string
		ends    string
	}{
		"as asked for":                     {[]ledger.Request{request("r1", "+14155550132", "")}, "+14155550132", "r1"},
		"as the chat lists them":           {[]ledger.Request{request("r1", "+14155550132", "(415) 555-0132")}, "(415) 555-0132", "r1"},
		"a literal, as listed":             {[]ledger.Request{request("r1", "(415) 555-0132", "(415) 555-0132")}, "(415) 555-0132", "r1"},
		"listed, told as asked for":        {[]ledger.Request{request("r1", "+14155550132", "(415) 555-0132")}, "+14155550132", "r1"},
		"never read, digits":               {[]ledger.Request{request("r1", "+14155550132", "")}, "14155550132", "r1"},
		"never read, the former form":      {[]ledger.Request{request("r1", "+525512345678", "")}, "+5215512345678", "r1"},
		"of a batch, as listed":            {[]ledger.Request{ofBatch}, "+525512345678", "r1"},
		"of a batch, another entry":        {[]ledger.Request{ofBatch}, "+5215512345678", ""},
		"an address":                       {[]ledger.Request{request("r1", "Ann@Example.com", "")}, "ann@example.COM", "r1"},
		"an address in the other spelling": {[]ledger.Request{request("r1", "ann@bücher.example", "")}, "ann@xn--bcher-kva.example", "r1"},
		"somebody else":                    {[]ledger.Request{request("r1", "+14155550132", "")}, "+14155550133", ""},
		"the other form is seen listed":    {[]ledger.Request{request("r1", "+525512345678", "+525512345678")}, "+5215512345678", ""},
		"the one who is spelled so": {
			[]ledger.Request{request("r2", "+525512345678", ""), request("r1", "+5215512345678", "")}, "+5215512345678", "r1",
		},
		"the newest of several": {
			[]ledger.Request{request("r2", "+525512345678", ""), request("r1", "+525512345678", "")}, "+5215512345678", "r2",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			records := webhookRecords{waiting: test.waiting[0], older: test.waiting[1:]}
			logger := logrus.New()
			logger.SetOutput(io.Discard)
			s := NewWebhookHandler(WebhookConfig{Records: &records, Region: "US", Logger: logger, Now: func() time.Time { return now }})
			assert.NilError(t, s.Take(t.Context(), linq.WebhookEvent{
				ID: "e1", Type: linq.EventParticipantRemoved, CreatedAt: now, Person: linq.Participant{Handle: handle.New(test.left)},
			}))
			assert.Equal(t, records.kept[0].RequestID, test.ends)
		})
	}
}
