package takeover

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
)

const (
	takeOverEvery = 500 * time.Millisecond
	takeOverTime  = 5 * time.Second
)

// markGone notes which processes have let go of their locks. While one replica looks, the others find the lock taken.
const markGone = `UPDATE processes SET gone_at = now() WHERE gone_at IS NULL AND pg_try_advisory_xact_lock($1, id)`

// takenOver are the processes whose jobs are taken over. What was lost at one end only is noticed at the other a
// moment later. While the server lives that is told by the system; one that was replaced tells nobody, and the owner
// has to notice by its own checks.
const takenOver = `
	SELECT client_id FROM processes WHERE gone_at <= now() -
		CASE server WHEN pg_postmaster_start_time() THEN interval '1 second' ELSE interval '5 seconds' END`

// takeOver makes the running jobs of processes that are gone available. A process stays known for an hour, since a
// statement that it sent before its end may come late. For a time it also makes available what is due. That is the work
// of River's leader, and it may take that long until there is a new one.
func takeOver(ctx context.Context, work *pgxpool.Pool) error {
	ctx, cancel := context.WithTimeout(ctx, takeOverTime)
	defer cancel()
	if _, err := work.Exec(ctx, markGone, int32(lockClass)); err != nil {
		return fmt.Errorf("look who is gone: %w", err)
	}
	var some, lately, longAgo bool
	if err := work.QueryRow(ctx, `
		SELECT COUNT(*) > 0, COALESCE(bool_or(gone_at > now() - interval '30 seconds'), FALSE),
			COALESCE(bool_or(gone_at < now() - interval '1 hour'), FALSE)
		FROM processes WHERE gone_at IS NOT NULL`).Scan(&some, &lately, &longAgo); err != nil {
		return fmt.Errorf("look who is gone: %w", err)
	}
	for _, part := range []struct {
		due       bool
		statement string
	}{
		{some, `
			UPDATE river_job SET state = 'available' WHERE id IN (
				SELECT id FROM river_job
				WHERE state = 'running' AND attempted_by[array_upper(attempted_by, 1)] IN (` + takenOver + `)
				FOR UPDATE SKIP LOCKED)`},
		{lately, `DELETE FROM river_leader WHERE leader_id IN (` + takenOver + `)`},
		{lately, `
			UPDATE river_job SET state = 'available' WHERE id IN (
				SELECT id FROM river_job WHERE state IN ('retryable', 'scheduled') AND scheduled_at <= now()
				LIMIT 1000 FOR UPDATE SKIP LOCKED)`},
		{longAgo, `DELETE FROM processes WHERE gone_at < now() - interval '1 hour'`},
	} {
		if !part.due {
			continue
		}
		if _, err := work.Exec(ctx, part.statement); err != nil {
			return fmt.Errorf("take over jobs: %w", err)
		}
	}
	return nil
}
