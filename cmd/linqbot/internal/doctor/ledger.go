package doctor

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"path/filepath"
	"strings"
	"time"

	"linqbot/ledger"
	"linqbot/ledger/backlog"
	"linqbot/ledger/database"
)

const startFix = "start linqbot serve once, or run linqbot migrate"

func (e *checkup) checkLedger(context.Context) []finding {
	if reason := e.wrong("DATABASE_URL"); reason != "" {
		return skip("%s", reason)
	}
	there, err := e.writable()
	switch {
	case err != nil && database.IsPostgres(e.settings.DatabaseURL):
		return fail(cmp.Or(database.Advice(err), "see that the database answers there, and that the role in DATABASE_URL may log in and write"), "%s", database.Unadvised(err))
	case err != nil:
		return fail(cmp.Or(database.Advice(err), "name a place in DATABASE_URL where the user that runs linqbot can make a file"), "%s", database.Unadvised(err))
	case !there:
		return ok("%s can be made", ledgerPlace(e.settings.DatabaseURL))
	default:
		return ok("%s can be written", ledgerPlace(e.settings.DatabaseURL))
	}
}

// ledgerPlace names where the ledger is, without a password.
func ledgerPlace(databaseURL string) string {
	if path, isFile := strings.CutPrefix(databaseURL, "sqlite://"); isFile {
		if absolute, err := filepath.Abs(path); err == nil {
			path = absolute
		}
		return path
	}
	at, err := url.Parse(databaseURL)
	if err != nil {
		return "the PostgreSQL database"
	}
	return fmt.Sprintf("the database %s at %s", strings.TrimPrefix(at.Path, "/"), at.Host)
}

func (e *checkup) checkSchema(ctx context.Context) []finding {
	if reason := e.wrong("DATABASE_URL"); reason != "" {
		return skip("%s", reason)
	}
	if there, err := e.writable(); !there {
		if err != nil {
			return skip("the ledger cannot be written")
		}
		return warn(startFix, "there is no ledger yet")
	}
	reader, err := e.reader()
	if err != nil {
		return fail(cmp.Or(database.Advice(err), startFix+", where there is none yet; else see why it cannot be read"), "%s", database.Unadvised(err))
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	has, err := reader.SchemaVersion(ctx)
	if err != nil {
		return fail(startFix, "%s", err)
	}
	return ok("up to date: version %d of the schema for %s", has, database.StoreName(e.settings.DatabaseURL))
}

// stuckWords are the middle of a sentence, after the name of a request.
func stuckWords(kind backlog.StuckKind) string {
	switch kind {
	case backlog.NotHandedOver:
		return "was recorded, and given to no worker"
	case backlog.NotTried:
		return "was given to a worker, and has not moved since"
	case backlog.NotRetried:
		return "was due to be tried again"
	case backlog.NotSettled:
		return "is queued at Linq, and was neither confirmed nor given up"
	default:
		return "has not moved"
	}
}

// inLedger makes a check that reads the ledger, if there is one.
func (e *checkup) inLedger(ctx context.Context, check func(context.Context, *ledger.Reader) []finding) []finding {
	if reason := e.wrong("DATABASE_URL"); reason != "" {
		return skip("%s", reason)
	}
	if there, _ := e.writable(); !there { // an error is told elsewhere
		return skip("there is no ledger yet, or it cannot be opened")
	}
	reader, err := e.reader()
	if err != nil {
		return skip("the ledger cannot be read")
	}
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	return check(ctx, reader)
}

// checkRequests looks for what should have moved by now.
func checkRequests(ctx context.Context, reader *ledger.Reader) []finding {
	summary, err := backlog.Summarize(ctx, reader)
	if err != nil {
		return fail("see that the database answers", "%s", err)
	}
	stuck, err := backlog.FindStuck(ctx, reader, time.Now())
	if err != nil {
		return fail("see that the database answers", "%s", err)
	}
	if len(stuck) == 0 {
		return ok("%d under way, none is stuck", summary.Open)
	}
	first := stuck[0]
	for _, each := range stuck[1:] {
		if each.Since.Before(first.Since) {
			first = each
		}
	}
	return fail("see that linqbot serve runs with this DATABASE_URL, and look in its log for the request "+first.Request.ID,
		"%d of %d under way should have moved: the oldest, %s, %s (%s ago)",
		len(stuck), summary.Open, first.Request.ShortID(), stuckWords(first.Kind), time.Since(first.Since).Round(time.Second))
}
