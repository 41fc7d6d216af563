// Package audit prints what the ledger has of who asked for what, as a table, CSV or lines of JSON. It
// reads the ledger and changes nothing. What others wrote is made fit for a terminal and for a
// spreadsheet on the way out; the filter itself is the ledger's.
//
// Begin reading at [Run].
package audit

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/ledger"
	"linqbot/ledger/audit"
)

// Query is what is asked for, as the person wrote it. An empty field is no limit.
type Query struct {
	Since, Until, User, Chat, Handle, State, Request, Reason, Batch, Format string
	FullHandles                                                             bool
}

// Run prints the rows of the ledger that the query asks for.
func Run(ctx context.Context, cfg config.Settings, query Query, out io.Writer) error {
	filter, err := query.filter(cfg.Region, time.Now())
	if err != nil {
		return err
	}
	printer, ok := printers()[query.Format]
	if !ok {
		return fmt.Errorf("--format must be one of: %s", strings.Join(slices.Sorted(maps.Keys(printers())), ", "))
	}
	reader, err := ledger.OpenReader(ctx, cfg.DatabaseURL)
	if err != nil {
		return err
	}
	if filter.ID != "" {
		if filter.ID, err = wholeID(ctx, reader, filter.ID); err != nil {
			return errors.Join(err, reader.Close())
		}
	}
	if filter.BatchID != "" {
		if filter.BatchID, err = wholeBatchID(ctx, reader, filter.BatchID); err != nil {
			return errors.Join(err, reader.Close())
		}
	}
	rows := func(yield func(entry, error) bool) {
		for row, err := range audit.Rows(ctx, reader, filter) {
			if !yield(newEntry(row, query.FullHandles), err) {
				return
			}
		}
	}
	return errors.Join(printer(out, rows), reader.Close())
}
