package home

import (
	"context"
	"errors"
	"time"

	"github.com/slack-go/slack"

	"linqbot/bot/blockkit"
	"linqbot/commands/richtext"
	"linqbot/ledger"
)

// viewerKey names a person in a workspace.
type viewerKey struct{ team, user string }

// viewer is a person who opened their home not long ago. The fields below are guarded by [Home.mu].
// Only shown is not: it belongs to the one goroutine that publishes.
type viewer struct {
	viewerKey
	seen   time.Time     // when they last did something there
	due    homeJob       // what is to be published next
	next   time.Time     // news wait until then
	note   richtext.Text // the answer to what they pressed
	noted  time.Time
	kept   bool          // a goroutine publishes until nothing is due
	hurry  chan struct{} // wakes it
	shown  string        // digest of what was published
	misses int           // how often in a row Slack asked for patience
}

// homeJob is a home that is to be published.
type homeJob struct {
	is    bool
	asked bool // the person waits for it: it is published at once, even if nothing is new
	note  richtext.Text
}

const (
	// mostViewers and lookingFor bound how many people are taken to look at their home, and for how long.
	mostViewers = 500
	lookingFor  = time.Hour
	// betweenNews is the time between two publications that nobody asked for: what happens within it
	// is published once.
	betweenNews = 3 * time.Second
	// noteFor is how long a home that is published for news still shows the answer to a press. The next opening or
	// press removes the answer at once.
	noteFor = 30 * time.Second
	// mostMisses is how often in a row a home that Slack puts off is tried again.
	mostMisses = 5
)

// Opened publishes the home of a person who opened it.
func (h *Home) Opened(team, user string) { h.pressed(team, user, nil) }

// pressed publishes the home of a person who pressed something in it, with what they are to be told.
func (h *Home) pressed(team, user string, answer richtext.Answer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v := h.viewer(viewerKey{team: team, user: user})
	v.seen, v.note, v.noted = time.Now(), blockkit.Joined(answer), time.Now()
	h.plan(v, true)
}

// News publishes anew the open homes that list one of these requests. It does not wait, and does
// nothing on a nil Home.
func (h *Home) News(requests []ledger.Request) {
	for _, r := range requests {
		if r.Source != ledger.WorkflowStep {
			h.Changed(r.TeamID, r.UserID)
		}
	}
}

// Changed is [Home.News] of one person's requests.
func (h *Home) Changed(team, user string) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if v, known := h.viewers[viewerKey{team: team, user: user}]; known && time.Since(v.seen) < lookingFor {
		h.plan(v, false)
	}
}

// viewer returns who is known by that key, or makes room for them. The lock must be held, here and
// in what follows.
func (h *Home) viewer(key viewerKey) *viewer {
	if v, known := h.viewers[key]; known {
		return v
	}
	if len(h.viewers) >= mostViewers {
		var longest *viewer
		for _, v := range h.viewers {
			if longest == nil || v.seen.Before(longest.seen) {
				longest = v
			}
		}
		delete(h.viewers, longest.viewerKey)
	}
	v := &viewer{viewerKey: key, hurry: make(chan struct{}, 1)}
	h.viewers[key] = v
	return v
}

// plan has v's home published, unless that many are under way that this one would come too late.
func (h *Home) plan(v *viewer, asked bool) {
	v.due = homeJob{is: true, asked: asked || v.due.asked}
	if v.kept {
		select {
		case v.hurry <- struct{}{}:
		default: // it looks anyway
		}
		return
	}
	if h.running >= mostViewers {
		v.due = homeJob{}
		h.log.WithField("user", v.user).Warn("a home was not published: too many are")
		return
	}
	v.kept = true
	h.running++
	h.work.Go(func() {
		for job, ok := h.await(v); ok; job, ok = h.await(v) {
			h.slots <- struct{}{}
			h.afterPublish(v, job, h.publish(v, job))
			<-h.slots // not before: the next one must know what this one met
		}
	})
}

// await waits until v's home is to be published; false when nothing is due any more.
func (h *Home) await(v *viewer) (homeJob, bool) {
	for {
		job, wait := h.take(v)
		if !job.is || wait == 0 {
			return job, job.is
		}
		select {
		case <-time.After(wait):
		case <-v.hurry:
		case <-h.draining:
			h.giveUp(v)
			return homeJob{}, false
		}
	}
}

// take returns what is due, and how long that has to wait: for news to gather, and for Slack.
func (h *Home) take(v *viewer) (homeJob, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !v.due.is {
		h.leave(v)
		return homeJob{}, 0
	}
	wait := time.Until(h.backOffUntil)
	if !v.due.asked {
		wait = max(wait, time.Until(v.next))
	}
	if wait > 0 {
		return v.due, wait
	}
	job := v.due
	if time.Since(v.noted) < noteFor {
		job.note = v.note
	}
	v.due, v.next = homeJob{}, time.Now().Add(betweenNews)
	return job, 0
}

// giveUp drops a home whose turn would come after the end of this process.
func (h *Home) giveUp(v *viewer) {
	h.mu.Lock()
	defer h.mu.Unlock()
	v.due = homeJob{}
	h.leave(v)
}

func (h *Home) leave(v *viewer) {
	v.kept = false
	h.running--
}

// backsOff reports that Slack wants no home for now.
func (h *Home) backsOff() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return time.Now().Before(h.backOffUntil)
}

// afterPublish plans again a home that Slack has put off, or that was held back. All homes wait, since Slack counts
// them together.
func (h *Home) afterPublish(v *viewer, job homeJob, err error) {
	limited, putOff := errors.AsType[*slack.RateLimitedError](err)
	h.mu.Lock()
	defer h.mu.Unlock()
	again := homeJob{is: true, asked: job.asked || v.due.asked}
	if errors.Is(err, errBackOff) {
		v.due = again
		return
	}
	if !putOff {
		v.misses = 0
		return
	}
	const most = 5 * time.Minute // even if Slack asks for more, since people look at a home now
	limited.RetryAfter = min(max(limited.RetryAfter, time.Second), most)
	if until := time.Now().Add(limited.RetryAfter); until.After(h.backOffUntil) {
		h.backOffUntil = until
	}
	log := h.log.WithField("user", v.user).WithField("wait", limited.RetryAfter.String())
	if v.misses++; v.misses >= mostMisses {
		v.misses = 0
		log.Warn("a home was not published: Slack puts it off again and again")
		return
	}
	log.Info("a home is published later: Slack asks for patience")
	v.due = again
}

// Drain ends the waits for news; what people wait for is still published.
func (h *Home) Drain() { h.drain() }

// Wait returns when no home is being published, or ctx ends.
func (h *Home) Wait(ctx context.Context) { h.work.Wait(ctx) }
