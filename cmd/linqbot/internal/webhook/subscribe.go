// Package webhook subscribes linqbot to Linq's webhooks, repairs and lists subscriptions, and says which
// of them are a linqbot's and what is wrong with them. The calls themselves are those of a linq.Client.
//
// Begin reading at [Subscription.Ensure]; the rules are in rules.go.
package webhook

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"linqbot/linq"
)

// Subscription is one that shall be there.
type Subscription struct {
	Client     *linq.Client
	Out        io.Writer
	Target     string // with the version
	SecretFile string // "": the secret is printed
}

// Ensure makes the subscription, or repairs the one that is there, and prints what it did.
func (s Subscription) Ensure(ctx context.Context) error {
	all, err := s.Client.Subscriptions(ctx)
	if err != nil {
		return err
	}
	same := slices.DeleteFunc(all, func(each linq.Subscription) bool { return endpoint(each.TargetURL) != endpoint(s.Target) })
	if len(same) == 0 {
		return s.create(ctx)
	}
	at := max(0, slices.IndexFunc(same, func(each linq.Subscription) bool { return each.TargetURL == s.Target }))
	if err := s.repair(ctx, same[at]); err != nil {
		return err
	}
	for _, other := range slices.Delete(same, at, at+1) {
		fmt.Fprintf(s.Out, "\nSubscription %s delivers to the same place, signed with another secret. To end that: linqbot webhook delete %s\n", other.ID, other.ID)
	}
	return nil
}

// create makes sure that the secret has a place before there is a secret: Linq shows it once.
func (s Subscription) create(ctx context.Context) error {
	var file *os.File
	if s.SecretFile != "" {
		const ownerOnly = 0o600
		var err error
		file, err = os.OpenFile(s.SecretFile, os.O_WRONLY|os.O_CREATE|os.O_EXCL, ownerOnly)
		if errors.Is(err, os.ErrExist) {
			return fmt.Errorf("--secret-file %s exists, and is not overwritten: name another file; nothing was subscribed", s.SecretFile)
		}
		if err != nil {
			return fmt.Errorf("--secret-file: %w; nothing was subscribed", err)
		}
	}
	made, secret, err := s.Client.Subscribe(ctx, linq.SubscriptionRequest{TargetURL: s.Target, Events: OurEvents()})
	if err != nil {
		s.discard(file)
		return withoutSecret(err)
	}
	if file == nil {
		s.printSecret(made, secret)
		return nil
	}
	_, err = file.WriteString(secret + "\n")
	if err = errors.Join(err, file.Sync(), file.Close()); err != nil {
		s.discard(file)
		return s.takeBack(ctx, made, err)
	}
	fmt.Fprintf(s.Out, "Subscribed: %s\n  id %s\n\nThe secret is in %s, and Linq does not show it again.\n"+
		"Set LINQ_WEBHOOK_SECRET_FILE to that path for linqbot serve, and start it again.\n", made.TargetURL, made.ID, s.SecretFile)
	return nil
}

func (s Subscription) printSecret(made linq.Subscription, secret string) {
	fmt.Fprintf(s.Out, "Subscribed: %s\n  id %s\n\nThe secret, which is shown this once and never again:\n\n  LINQ_WEBHOOK_SECRET=%s\n\n"+
		"Put it where linqbot serve gets its secrets from, and start it again.\n", made.TargetURL, made.ID, secret)
}

// discard removes the file that was made for a secret that did not come.
func (s Subscription) discard(file *os.File) {
	if file != nil {
		_ = file.Close()            // nothing in it is needed
		_ = os.Remove(s.SecretFile) // it is empty or half written; the error that counts is another
	}
}

// takeBack ends a subscription whose secret is lost.
func (s Subscription) takeBack(ctx context.Context, made linq.Subscription, cause error) error {
	const patience = 10 * time.Second
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	if err := s.Client.DeleteSubscription(ctx, made.ID); err != nil {
		return fmt.Errorf("the secret could not be written (%w), and the subscription %s not be deleted again (%w): delete it and subscribe again", cause, made.ID, err)
	}
	return fmt.Errorf("the secret could not be written: %w; the subscription has been deleted again", cause)
}

// withoutSecret says what to do if Linq may have made a subscription whose secret nobody has seen.
func withoutSecret(err error) error {
	unanswered, isUnanswered := errors.AsType[*linq.NoAnswerError](err)
	_, isUnreadable := errors.AsType[*linq.UnreadableError](err)
	if isUnreadable || isUnanswered && unanswered.MaybeSent {
		return fmt.Errorf("%w\nThere may be a subscription now whose secret nobody knows. Look with: linqbot webhook list\nIf it is there: linqbot webhook delete <id>, and subscribe again", err)
	}
	return err
}

func (s Subscription) repair(ctx context.Context, found linq.Subscription) error {
	wrong := Faults(found)
	if found.TargetURL == s.Target && len(wrong) == 0 {
		fmt.Fprintf(s.Out, "Subscribed already, and all is right: %s\n  id %s\n", s.Target, found.ID)
	} else {
		repaired, err := s.Client.UpdateSubscription(ctx, found.ID, linq.SubscriptionRequest{
			TargetURL: s.Target, Events: OurEvents(), Active: new(true),
		})
		if err != nil {
			return err
		}
		fmt.Fprintf(s.Out, "Repaired: %s\n  id %s\n  before: %s\n", repaired.TargetURL, repaired.ID,
			cmp.Or(strings.Join(wrong, "; "), "its URL was spelt differently"))
	}
	if len(found.PhoneNumbers) > 0 {
		fmt.Fprintf(s.Out, "\nIt tells of some of your lines only, which was left as it is: %v\n", found.PhoneNumbers)
	}
	fmt.Fprintf(s.Out, "\nIts secret is the one that was shown when it was made; Linq does not show it again.\nIf it is lost, delete the subscription and subscribe again:\n\n  linqbot webhook delete %s\n", found.ID)
	if s.SecretFile == "" {
		return nil
	}
	if _, err := os.Stat(s.SecretFile); errors.Is(err, os.ErrNotExist) {
		return fmt.Errorf("no secret was written to %s: that of an existing subscription cannot be read again", s.SecretFile)
	}
	return nil
}
