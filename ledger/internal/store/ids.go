package store

import (
	"fmt"
	"time"
)

// FirstID comes before every id of a request that was recorded at a moment or later: ids are UUIDs
// of version 7, which begin with the milliseconds since 1970. Source: RFC 9562, section 5.7.
func FirstID(at time.Time) string {
	ms := fmt.Sprintf("%012x", max(at.UnixMilli(), 0))
	return ms[:8] + "-" + ms[8:]
}

// IDLength is how long the id of a request or of a batch is.
const IDLength = 36

// shortIDFrom is where the short id begins in it, for SQL.
const shortIDFrom = 29

// namedAmong bounds how many ids are compared with a short one: no index has their ends.
const namedAmong = 100_000

// NamedClauses choose by short id among the newest rows of a table, whose ids alone are read for that.
func NamedClauses(table string) string {
	return fmt.Sprintf(`WHERE id IN (
		SELECT newest.id FROM (SELECT id FROM %s ORDER BY id DESC LIMIT %d) AS newest
		WHERE substr(newest.id, %d) = $1) ORDER BY id DESC LIMIT $2`, table, namedAmong, shortIDFrom)
}

// LookupClauses choose by how an id or its end begins, and how it ends.
func LookupClauses(most int) string {
	return fmt.Sprintf("WHERE id LIKE $1 OR id LIKE $2 OR substr(id, %d) LIKE $1 ORDER BY id LIMIT %d", shortIDFrom, most)
}
