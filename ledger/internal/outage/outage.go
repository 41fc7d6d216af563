// Package outage sums up what a ledger's parts have to log while its store does not answer. It knows the signs of such
// trouble, and nothing of the store. Begin reading at [Log].
package outage

import (
	"strings"
	"sync"
	"time"

	"github.com/sirupsen/logrus"
)

// Log sums up what there is to log while the store does not answer: each part of the ledger and of River
// notices for itself, several times a second.
type Log struct {
	log *logrus.Entry
	now func() time.Time

	mu      sync.Mutex
	began   time.Time // zero: there is none
	last    time.Time // when something last came to nothing
	said    time.Time // when the log was last told
	leftOut int
}

// New returns a log of outages.
func New(log *logrus.Entry, now func() time.Time) *Log { return &Log{log: log, now: now} }

const (
	saidEvery = time.Minute
	// settles is how long all must be well before an outage is over. A call that began before may still fail.
	settles = 2 * time.Second
)

// lost are signs of a store that does not answer, or takes nothing. River hands on the text of an error alone.
func lost() []string {
	return []string{
		"failed to connect", "unexpected EOF", "connection reset", "connection refused", "broken pipe", "conn closed", "use of closed network connection",
		"i/o timeout", "deadline exceeded", "SQLSTATE 57P", "SQLSTATE 08", "SQLSTATE 53", "SQLSTATE 25006",
		"database is locked", "disk is full", "disk I/O error", "readonly database", "unable to open database file", "while linqbot serves from it",
	}
}

// saysLost reports whether the text of an error is a sign of a store that does not answer.
func saysLost(trouble string) bool {
	for _, sign := range lost() {
		if strings.Contains(trouble, sign) {
			return true
		}
	}
	return false
}

// Takes returns true for a line that is not to be logged because the store does not answer. It logs the first of
// them as the beginning of an outage, and counts the others. trouble is the text of the error; "" for a line without
// one, which goes with an outage that lasts.
func (o *Log) Takes(trouble string) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	now, underWay := o.now(), !o.began.IsZero()
	if !saysLost(trouble) {
		taken := underWay && trouble == ""
		if taken {
			o.leftOut++
		}
		return taken
	}
	o.last = now
	if !underWay {
		o.began, o.said, o.leftOut = now, now, 0
		o.log.WithField("error", trouble).Error("the ledger does not answer; until it does, this is said once a minute")
		return true
	}
	o.leftOut++
	if now.Sub(o.said) >= saidEvery {
		o.said = now
		o.log.WithFields(logrus.Fields{"for_s": seconds(now.Sub(o.began)), "left_out": o.leftOut, "error": trouble}).Error("the ledger still does not answer")
	}
	return true
}

// Lasts reports whether there is an outage, whose lines are summed up.
func (o *Log) Lasts() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.began.IsZero()
}

// Settled reports whether an outage may be over: no call has failed for a while.
func (o *Log) Settled() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return !o.began.IsZero() && o.now().Sub(o.last) >= settles
}

// Over ends an outage.
func (o *Log) Over() {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.began.IsZero() {
		return
	}
	o.log.WithFields(logrus.Fields{"for_s": seconds(o.last.Sub(o.began)), "left_out": o.leftOut}).Warn("the ledger answers again")
	o.began = time.Time{}
}

// LeftOut returns how many lines an outage that lasts has kept out of the log.
func (o *Log) LeftOut() int {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.leftOut
}

func seconds(d time.Duration) int64 { return int64(d.Round(time.Second) / time.Second) }
