package config_test

import (
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/cmd/linqbot/internal/config"
)

// What is wrong with the rails is told at the start, and quotes nobody's number.
func TestRailsThatAreNotRight(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, value, says string }{
		{"PROTECTED_HANDLES", "+14155550198, 12, ann@, +14155550199", "(entry 2 of 4, entry 3 of 4)"},
		{"PROTECTED_HANDLES", "4155550198 ext 7", "(entry 1 of 1)"},
		{"PROTECTED_HANDLES", " , ", "names nobody"},
		{"MAX_REMOVALS_PER_HOUR", "0", "must be a whole number from 1, or off"},
		{"MAX_REMOVALS_PER_HOUR", "-1", "must be a whole number from 1, or off"},
		{"MAX_REMOVALS_PER_HOUR", "1.5", "must be a whole number from 1, or off"},
		{"MAX_REMOVALS_PER_HOUR", "many", "must be a whole number from 1, or off"},
		{"MAX_REMOVALS_PER_HOUR", "99999999999", "must be a whole number from 1, or off"},
		{"MAX_REMOVALS_PER_DAY", "0", "must be a whole number from 1"},
		{"MAX_REMOVALS_PER_DAY", "off", "must be a whole number from 1; unset it"},
		{"ADMINS", "alice", "ids are in capitals"},
		{"ADMINS", "*", "is no id"},
		{"ADMINS", ",", "names nobody"},
	} {
		_, err := config.Load(enough(map[string]string{tc.name: tc.value}))
		assert.Assert(t, err != nil, "%s=%s", tc.name, tc.value)
		assert.Assert(t, strings.Contains(err.Error(), tc.name+" ") && strings.Contains(err.Error(), tc.says), "%s=%s: %s", tc.name, tc.value, err)
		assert.Assert(t, !strings.Contains(err.Error(), "415555019") && !strings.Contains(err.Error(), "ann@"), "%s", err)
	}
}
