//go:build unix

package soak_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"linqbot/linq/linqtest"
)

// A batch that somebody paused stays paused when everything is killed and started again, and goes on where it was.
func TestAPausedOffboardingStaysPaused(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *soak) {
		o := s.begun(100)
		before := o.holdAfterSome("pause_batch", "Paused by ")
		o.killAll()
		o.removeSomebody()
		if now := o.deletes(); now != before || !o.shows("Paused by ") {
			t.Fatalf("%d DELETEs became %d while it is paused:\n%s", before, now, s.slack.Screen(o.channel, alice))
		}
		o.press("resume_batch")
		o.awaitEnd()
		for _, r := range s.replicas {
			r.retire()
		}
		o.check()
	})
}

// What was removed before a stop stays removed, and nothing more is sent, now or by the next process.
func TestAStoppedOffboardingSendsNothingMore(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes some seconds")
	}
	t.Parallel()
	onEachStore(t, func(t *testing.T, s *soak) {
		o := s.begun(100)
		before := o.holdAfterSome("stop_batch", "Stopped by ")
		o.awaitEnd()
		o.killAll()
		o.removeSomebody()
		for _, r := range s.replicas {
			r.retire()
		}
		left := o.left()
		if now := o.deletes(); now != before || left != before {
			t.Errorf("%d DELETEs became %d, and %d chats were left", before, now, left)
		}
		if want := fmt.Sprintf("%d removed, %d not removed", left, len(o.chats)-left); !o.shows(want) {
			t.Errorf("the thread does not say %q:\n%s", want, s.slack.Screen(o.channel, alice))
		}
		o.checkThread()
	})
}

// begun is an offboarding under way, of which Linq does some each second.
func (s *soak) begun(chats int) *offboarding {
	s.t.Helper()
	o := s.newOffboarding(chats)
	s.linq.Inject(linqtest.Fault{Op: linqtest.Remove, Times: 2 * chats, Delay: 500 * time.Millisecond})
	o.begin()
	return o
}

// holdAfterSome presses a button once some have left, and returns how many DELETEs there were when what was under way
// then has ended.
func (o *offboarding) holdAfterSome(action, says string) int {
	o.t.Helper()
	const some = 5
	o.await("some to leave", func() bool { return o.left() >= some })
	o.press(action)
	o.await("the thread to say so", func() bool { return o.shows(says) })
	o.await("the end of what is under way", func() bool {
		for _, r := range o.replicas {
			if len(r.front.underWay()) > 0 {
				return false
			}
		}
		return true
	})
	o.removeSomebody()
	deletes := o.deletes()
	if deletes == len(o.chats) {
		o.t.Fatal("all of it was done before the button was pressed")
	}
	return deletes
}

// press presses a button of the parent.
func (o *offboarding) press(action string) {
	o.t.Helper()
	o.await("the button "+action, func() bool {
		return len(o.parents()) == 1 && strings.Contains(string(o.parents()[0].Blocks), action)
	})
	ack, err := o.slack.Press(o.t.Context(), o.inAnyOrder()[0].url(), bert, o.parents()[0], action)
	if err != nil || ack.Status != http.StatusOK {
		o.t.Fatalf("the button %s was answered %d, %v", action, ack.Status, err)
	}
}

func (o *offboarding) killAll() {
	o.t.Helper()
	for _, r := range o.replicas {
		r.mu.Lock()
		running := r.process
		r.mu.Unlock()
		r.kill()
		<-running.Done
	}
	for _, r := range o.replicas {
		r.awaitReady()
	}
}
