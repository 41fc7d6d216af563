package breaker

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/sirupsen/logrus"
	"gotest.tools/v3/assert"
)

// However many requests of batches wait for an open circuit, a person's comes back as if there were none.
func TestABatchWaitsBehindPeople(t *testing.T) {
	t.Parallel()
	const step = usualAnswer / concurrency
	now := time.Date(2026, 3, 9, 16, 45, 0, 0, time.UTC)
	logger := logrus.New()
	logger.SetLevel(logrus.FatalLevel)
	b := New(Config{Logger: logger, Now: func() time.Time { return now }})
	b.circuit.open("a", limitedFor(40), now)
	after := func(r Run) time.Duration {
		permit, told, err := b.Acquire(t.Context(), r)
		assert.NilError(t, err)
		assert.Assert(t, permit == nil)
		return told.Until.Sub(now.Add(40 * time.Second))
	}
	for i := range 640 {
		assert.Equal(t, after(Run{Request: "bulk", Bulk: true}), time.Duration(i+1)*step)
	}
	assert.Equal(t, after(Run{Request: "typed"}), step)
	assert.Equal(t, after(Run{Request: "typed too"}), 2*step)
	assert.Equal(t, after(Run{Request: "bulk", Bulk: true}), 643*step)
}

// A person's request does not wait for the probe of a batch, and a batch's waits for any.
func TestAProbeOfABatch(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 9, 16, 45, 0, 0, time.UTC)
	bulk, typed := func() *Permit { return &Permit{Run: Run{Request: "b", Bulk: true}} }, func() *Permit { return &Permit{Run: Run{Request: "t"}} }
	for name, test := range map[string]struct {
		first, second *Permit
		how           admission
	}{
		"a person beside a batch":    {bulk(), typed(), admitted},
		"a batch beside a batch":     {bulk(), bulk(), awaitProbe},
		"a batch beside a person":    {typed(), bulk(), awaitProbe},
		"a person beside a person's": {typed(), typed(), awaitProbe},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := newCircuit()
			c.open("a", limitedFor(1), now)
			now := c.until
			assert.Equal(t, c.admit(test.first, now), admitted)
			assert.Equal(t, c.admit(test.second, now), test.how)
			assert.Equal(t, c.admit(typed(), now) == admitted, test.first.Bulk && test.how != admitted, "one probe of each")
			c.record(test.first, changedOK(), now)
			assert.Assert(t, c.until.IsZero())
		})
	}
}

// A place that becomes free is a person's before it is a batch's, whoever waited longer.
func TestPlacesForPeopleFirst(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := newPlaces(1)
		assert.NilError(t, p.acquire(t.Context(), true))
		var served []string
		wait := func(ctx context.Context, name string, bulk bool) {
			go func() {
				if p.acquire(ctx, bulk) == nil {
					served = append(served, name)
				}
			}()
			synctest.Wait()
		}
		impatient, cancel := context.WithCancel(t.Context())
		wait(t.Context(), "batch", true)
		wait(impatient, "gone", false)
		wait(t.Context(), "person", false)
		cancel()
		synctest.Wait()
		for range 2 {
			p.release()
			synctest.Wait()
		}
		assert.DeepEqual(t, served, []string{"person", "batch"})
		p.release()
		assert.Equal(t, p.free, 1)
	})
}
