package ledger

import (
	"context"
	"fmt"
)

// Lookup returns the requests whose id, or whose short id, begins with part, or whose id ends with it; the
// oldest first, and not more than most. part is of hexadecimal digits and hyphens.
func (r *Reader) Lookup(ctx context.Context, part string, most int) ([]Request, error) {
	const shortIDFrom = 29 // of 36 characters
	return queryRequests(ctx, r.q, fmt.Sprintf("WHERE id LIKE $1 OR id LIKE $2 OR substr(id, %d) LIKE $1 ORDER BY id LIMIT %d", shortIDFrom, most),
		part+"%", "%"+part)
}
