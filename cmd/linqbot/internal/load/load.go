// Package load sends signed slash commands to a server, as fast as it answers or at a constant rate,
// and says how long the answers took. It shares the machine with the server it measures, so it does
// what it can before the clock runs, and writes HTTP/1.1 by hand. It knows nothing of what a command means. Begin with
// [Dial].
package load

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// Loader holds keep-alive connections to one server. It carries out one run at a time.
type Loader struct {
	conns []*conn
	wants []byte
}

// Dial opens connections to a server. Every answer must be a 200 whose body holds wants.
func Dial(addr, wants string, connections int) (*Loader, error) {
	l := &Loader{wants: []byte(wants)}
	for range connections {
		c, err := dial(addr)
		if err != nil {
			l.Close()
			return nil, err
		}
		l.conns = append(l.conns, c)
	}
	return l, nil
}

// Close closes the connections.
func (l *Loader) Close() {
	for _, c := range l.conns {
		_ = c.net.Close() // nothing is under way
	}
}

// Result is how long the answers of a run took.
type Result struct {
	Elapsed time.Duration   // from the first request to the last answer
	Took    []time.Duration // of each answer, ascending
}

// Rate is how many answers came a second.
func (r Result) Rate() float64 { return float64(len(r.Took)) / r.Elapsed.Seconds() }

// Percentile is the time within which p percent of the answers came.
func (r Result) Percentile(p float64) time.Duration {
	if len(r.Took) == 0 {
		return 0
	}
	return r.Took[min(int(float64(len(r.Took))*p/100), len(r.Took)-1)]
}

// And is both runs taken for one.
func (r Result) And(other Result) Result {
	took := slices.Concat(r.Took, other.Took)
	slices.Sort(took)
	return Result{Elapsed: r.Elapsed + other.Elapsed, Took: took}
}

// Closed sends the next request on each connection as soon as the last one is answered.
func (l *Loader) Closed(requests [][]byte) (Result, error) {
	took := make([]time.Duration, len(requests))
	errs := make([]error, len(l.conns))
	var next atomic.Int64
	var all sync.WaitGroup
	began := time.Now()
	for i, c := range l.conns {
		all.Go(func() {
			for n := next.Add(1) - 1; n < int64(len(requests)); n = next.Add(1) - 1 {
				sent := time.Now()
				if errs[i] = c.exchange(requests[n], l.wants); errs[i] != nil {
					return
				}
				took[n] = time.Since(sent)
			}
		})
	}
	all.Wait()
	return result(began, took, errs...)
}

// Open sends requests at a constant rate, whatever becomes of those before them. Each answer's time
// counts from the moment at which its request was due, so that a server that falls behind cannot
// hide it by holding the others up. With too few connections for what is under way, requests wait,
// and that counts too.
func (l *Loader) Open(requests [][]byte, perSecond float64) (Result, error) {
	took := make([]time.Duration, len(requests))
	errs := make([]error, len(l.conns))
	idle := make(chan int, len(l.conns)) // those whose answer was wrong never come back
	for i := range l.conns {
		idle <- i
	}
	failed := make(chan struct{}, len(l.conns))
	var all sync.WaitGroup
	began := time.Now()
	for n, request := range requests {
		due := began.Add(time.Duration(float64(n) / perSecond * float64(time.Second)))
		for wait := time.Until(due); wait > 0; wait = time.Until(due) {
			sleep(wait)
		}
		var i int
		select {
		case i = <-idle:
		case <-failed:
			all.Wait()
			return result(began, nil, errs...)
		}
		all.Go(func() {
			if errs[i] = l.conns[i].exchange(request, l.wants); errs[i] != nil {
				failed <- struct{}{}
				return
			}
			took[n] = time.Since(due)
			idle <- i
		})
	}
	all.Wait()
	return result(began, took, errs...)
}

func result(began time.Time, took []time.Duration, errs ...error) (Result, error) {
	r := Result{Elapsed: time.Since(began), Took: took}
	if err := errors.Join(errs...); err != nil {
		return Result{}, fmt.Errorf("load: %w", err)
	}
	slices.Sort(r.Took)
	return r, nil
}
