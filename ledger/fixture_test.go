package ledger_test

import (
	"context"
	"io"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/ledger"
	"linqbot/ledger/ledgertest/migrated"
)

const chat = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11"

func order(delivery, handle string) ledger.Order {
	return ledger.Order{
		Delivery: delivery, Kind: ledger.Remove, Source: ledger.SlashCommand,
		TeamID: "T1", ChannelID: "C1", UserID: "U1", Rule: "user U1",
		ResponseURL: ledger.NewSecret("https://hooks.example.com/" + delivery),
		ChatID:      chat, Handle: ledger.NewSecret(handle),
	}
}

func quiet() *logrus.Logger {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	return logger
}

// open opens the ledger at url, and closes it when the test ends.
func open(t testing.TB, url string) *ledger.Ledger {
	t.Helper()
	l := openURL(t, url)
	t.Cleanup(func() {
		if err := l.Close(); err != nil {
			t.Error(err)
		}
	})
	return l
}

func openURL(t testing.TB, url string) *ledger.Ledger {
	t.Helper()
	migrated.Prepare(t, url)
	l, err := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet()})
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func nothing(context.Context, string) (time.Duration, error) { return 0, nil }

func start(t testing.TB, l *ledger.Ledger, w ledger.Workers) {
	t.Helper()
	for _, step := range []*ledger.Step{&w.Try, &w.Confirm, &w.Show, &w.Execute, &w.Plan, &w.ShowBatch} {
		if *step == nil {
			*step = nothing
		}
	}
	if err := l.Start(t.Context(), w); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { stop(t, l) })
}

func stop(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if err := l.Stop(ctx); err != nil {
		t.Error(err)
	}
}

func accept(t testing.TB, l *ledger.Ledger, orders ...ledger.Order) []ledger.Acceptance {
	t.Helper()
	got, err := l.Accept(t.Context(), orders)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func await(t testing.TB, what string, ok func() bool) {
	t.Helper()
	deadline := time.Now().Add(time.Minute) // for a machine that is busy with other things
	for !ok() {
		if time.Now().After(deadline) {
			t.Fatalf("waited in vain for: %s", what)
		}
		time.Sleep(2 * time.Millisecond)
	}
}

func end(ctx context.Context, l *ledger.Ledger, id string, s ledger.State) error {
	r, err := l.Request(ctx, id)
	if err != nil {
		return err
	}
	r.State = s
	_, err = l.Save(ctx, r, ledger.Change{Cause: "test", TraceID: "abc", News: true})
	return err
}

func state(t testing.TB, l *ledger.Ledger, id string) ledger.State {
	t.Helper()
	r, err := l.Request(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return r.State
}
