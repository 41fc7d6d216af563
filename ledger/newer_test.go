package ledger_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/ledger"
	"linqbot/ledger/database"
	"linqbot/ledger/ledgertest"
)

// A program that does not know what a newer one has made of the schema must not work on it.
func TestANewerSchemaIsRefused(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"ours":    `INSERT INTO schema_migrations (version_id, is_applied) VALUES (999, TRUE)`,
		"River's": `INSERT INTO river_migration (line, version) VALUES ('main', 999)`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ledgertest.OnEachStore(t, func(t *testing.T, url string) {
				l := openURL(t, url)
				assert.NilError(t, l.Exec(t.Context(), statement))
				assert.NilError(t, l.Close())

				_, opened := ledger.Open(t.Context(), ledger.Config{URL: url, Logger: quiet()})
				_, migrated := database.Migrate(t.Context(), url)
				_, read := ledger.OpenReader(t.Context(), url)
				for how, err := range map[string]error{"open": opened, "migrate": migrated, "read": read} {
					assert.ErrorIs(t, err, ledger.ErrNewerSchema, how)
					assert.ErrorContains(t, err, "DATABASE_URL: ", how)
					assert.ErrorContains(t, err, "at version 999", how)
					assert.Equal(t, strings.Count(err.Error(), "run the newer linqbot"), 1, how)
					assert.Assert(t, !strings.Contains(database.Unadvised(err).Error(), "run the newer"), how)
				}
			})
		})
	}
}
