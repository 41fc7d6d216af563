package ledger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"linqbot/ledger/database"
	"linqbot/ledger/internal/store"
	"linqbot/ledger/internal/trail"
)

// Pause says that removals wait until somebody resumes them. The zero value says that they do not.
type Pause struct {
	UserID   string // of the member who paused them; "" for an operator
	Operator string // the name of an operator, as they gave it
	Reason   string
	Since    time.Time
}

// Holds reports whether removals wait.
func (p Pause) Holds() bool { return !p.Since.IsZero() }

// Switch is a turn of the switch that pauses the removals of all.
type Switch struct {
	Pause bool // resume them without it

	Source    Source
	TeamID    string
	ChannelID string
	UserID    string // of a member
	Operator  string // the name of an operator, without UserID
	Reason    string
}

// storedPause is a [Pause] as the settings keep it.
type storedPause struct {
	UserID   string `json:"user,omitempty"`
	Operator string `json:"operator,omitempty"`
	Reason   string `json:"reason"`
	Since    int64  `json:"since"`
}

func decodePause(stored string) (Pause, error) {
	if stored == "" {
		return Pause{}, nil
	}
	var p storedPause
	if err := json.Unmarshal([]byte(stored), &p); err != nil {
		return Pause{}, fmt.Errorf("read whether removals are paused: %w", err)
	}
	return Pause{UserID: p.UserID, Operator: p.Operator, Reason: p.Reason, Since: store.FromMicros(p.Since)}, nil
}

func readPause(ctx context.Context, in store.Querier) (Pause, error) {
	stored, err := setting(ctx, in, store.SettingPaused)
	if err != nil {
		return Pause{}, err
	}
	return decodePause(stored)
}

// turn turns the switch, adds its row to the audit, and returns what was in force before. It changes nothing if
// removals are as the switch wants them already.
func turn(ctx context.Context, in store.Querier, s Switch, now time.Time) (before Pause, err error) {
	// Locks the row: another process may be storing a turn, and has to finish first.
	if _, err := in.Exec(ctx, `INSERT INTO settings (name, value) VALUES ($1, '') ON CONFLICT (name) DO UPDATE SET value = settings.value`, store.SettingPaused); err != nil {
		return Pause{}, err
	}
	before, err = readPause(ctx, in)
	if err != nil || before.Holds() == s.Pause {
		return before, err
	}
	value, state := "", trail.Resumed
	if s.Pause {
		encoded, err := json.Marshal(storedPause{UserID: s.UserID, Operator: s.Operator, Reason: s.Reason, Since: store.Micros(now)})
		if err != nil {
			return before, err
		}
		value, state = string(encoded), trail.Paused
	}
	if err := keep(ctx, in, store.SettingPaused, value); err != nil {
		return before, err
	}
	rule := "admin"
	if s.UserID == "" {
		rule = OperatorRule(s.Operator)
	}
	return before, trail.InsertSwitch(ctx, in, trail.Note{
		Kind: state, At: now, Source: string(s.Source), TeamID: s.TeamID, ChannelID: s.ChannelID, UserID: s.UserID, Rule: rule, Reason: s.Reason,
	})
}

// OperatorRule is what the audit shows as the rule that let an operator in, who has a name of their own choice.
func OperatorRule(name string) string { return "operator " + name }

// pauseCache keeps for a moment whether removals are paused, so that acks and tries rarely ask the store.
type pauseCache struct {
	sync.Mutex
	at   time.Time
	last Pause
	err  error
}

const (
	// pauseFresh is well below the second within which a pause holds everywhere.
	pauseFresh = 400 * time.Millisecond
	// pauseTime is how long a store is asked, of the time that an ack has.
	pauseTime = 500 * time.Millisecond
)

// Paused returns the pause that holds, or the zero value. What another process has done is known within half
// a second.
func (l *Ledger) Paused(ctx context.Context) (Pause, error) {
	l.paused.Lock()
	defer l.paused.Unlock()
	if now := time.Now(); l.paused.at.IsZero() || now.Sub(l.paused.at) >= pauseFresh {
		// Others wait for the answer too, however little time this caller has.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), pauseTime)
		defer cancel()
		l.paused.last, l.paused.err = readPause(ctx, l.store.Reader())
		l.paused.at = now
		if l.paused.err != nil { // those who wait are not to ask one after the other
			l.paused.at = time.Now()
		}
	}
	return l.paused.last, l.paused.err
}

// Turn pauses the removals of all, or resumes them, and returns what was in force before.
func (l *Ledger) Turn(ctx context.Context, s Switch) (before Pause, err error) {
	err = l.store.InTx(ctx, func(tx store.Tx) error {
		before, err = turn(ctx, tx, s, l.now())
		return err
	})
	l.paused.Lock()
	l.paused.at = time.Time{}
	l.paused.Unlock()
	if err != nil {
		return Pause{}, fmt.Errorf("pause or resume removals: %w", err)
	}
	l.dispatcher.Wake()
	return before, nil
}

// Paused returns the pause that holds, or the zero value.
func (r *Reader) Paused(ctx context.Context) (Pause, error) { return readPause(ctx, r.from.Reader()) }

// Turn pauses the removals of all, or resumes them, in the ledger that a URL names, also while others serve from
// it. It returns what was in force before.
func Turn(ctx context.Context, databaseURL string, s Switch) (before Pause, err error) {
	opened, err := database.OpenGuest(ctx, databaseURL)
	if err != nil {
		return Pause{}, err
	}
	defer func() { err = errors.Join(err, opened.Close()) }()
	err = opened.Write(ctx, func(in store.Querier) error {
		before, err = turn(ctx, in, s, time.Now())
		return err
	})
	if err != nil {
		return Pause{}, fmt.Errorf("pause or resume removals: %w", database.Advised(err))
	}
	return before, nil
}
