package manifests_test

import (
	"os"
	"regexp"
	"testing"

	"gotest.tools/v3/assert"
)

// Compose runs the PostgreSQL with which linqbot is tested, and the pages name it.
func TestComposeRunsTheTestedPostgres(t *testing.T) {
	var versions []string
	for path, pattern := range map[string]string{
		"compose.yaml":        `(?m)^    image: postgres:(\d+)\.\d+$`,
		"../docs/replicas.md": `tested with PostgreSQL (\d+)`,
		"../docs/compose.md":  `PostgreSQL is of version (\d+)`,
	} {
		content, err := os.ReadFile(path)
		assert.NilError(t, err)
		found := regexp.MustCompile(pattern).FindAllSubmatch(content, -1)
		assert.Equal(t, len(found), 1, path)
		versions = append(versions, string(found[0][1]))
	}
	assert.DeepEqual(t, versions, []string{versions[0], versions[0], versions[0]})
}
