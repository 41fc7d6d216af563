package viewer

import (
	"context"
	"net/http"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/database"
)

// healthPage is how linqbot fares.
type healthPage struct {
	Vitals []Finding
	Checks []Finding
	At     time.Time // of the checks
}

// checks keep what was found for some seconds: each run asks Slack and Linq.
type checks struct {
	turn  chan struct{} // holds a token while they run
	at    time.Time
	found []Finding
}

func (v *Viewer) health(ctx context.Context, in *ledger.Reader, r *http.Request) (string, any, error) {
	page := healthPage{Vitals: v.cfg.Vitals()}
	select {
	case v.checks.turn <- struct{}{}:
		defer func() { <-v.checks.turn }()
	case <-ctx.Done():
		return "", nil, errBusy
	}
	if v.cfg.Now().Sub(v.checks.at) >= checksFor {
		v.checks.found = v.check(r.Context(), in)
		v.checks.at = v.cfg.Now()
	}
	page.Checks, page.At = v.checks.found, v.checks.at
	return "Health", page, nil
}

// check makes the checks. Others wait for them too, so they do not end with the request that began them.
func (v *Viewer) check(ctx context.Context, in *ledger.Reader) []Finding {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), checkTime)
	defer cancel()
	go func() {
		select {
		case <-v.closing:
			cancel()
		case <-ctx.Done():
		}
	}()
	return v.cfg.Checks(ctx, in)
}

// outagePage says what is known while the ledger cannot be read.
type outagePage struct {
	Advice string
	Vitals []Finding
}

func (v *Viewer) outage(err error) outagePage {
	return outagePage{Advice: shown(database.Advice(err)), Vitals: v.cfg.Vitals()}
}
