package linq_test

import (
	"slices"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq"
)

func TestCatalogue(t *testing.T) {
	t.Parallel()
	entries := linq.Catalogue()
	assert.Assert(t, slices.IsSortedFunc(entries, func(a, b linq.Entry) int { return a.Code - b.Code }))
	for i, entry := range entries {
		assert.Assert(t, i == 0 || entries[i-1].Code < entry.Code, "code %d is there twice", entry.Code)
		assert.Assert(t, entry.Meaning != "" && !strings.HasSuffix(entry.Meaning, "."), "code %d: %q", entry.Code, entry.Meaning)
		assert.Assert(t, entry.HTTPStatus == 0 || entry.HTTPStatus >= 400 && entry.HTTPStatus <= 599, "code %d", entry.Code)
		got, ok := linq.LookUp(entry.Code)
		assert.Assert(t, ok)
		assert.Equal(t, got, entry)
	}
	entries[0].Meaning = "changed"
	assert.Assert(t, linq.Catalogue()[0].Meaning != "changed")
	for _, code := range []int{0, -1, 1015, 2020, 2025, 2029, 9999} {
		_, ok := linq.LookUp(code)
		assert.Assert(t, !ok, "code %d is documented nowhere", code)
	}
}

// What people are told of a code and what linqbot does about it must agree for the codes that a
// removal can meet.
func TestCatalogueAgreesWithRetriable(t *testing.T) {
	t.Parallel()
	for _, code := range []int{1001, 1002, 1003, 1005, 1006, 1007, 2001, 2004, 2005, 2006, 2009, 2013, 2015, 2017, 2027, 3005, 3006, 4004} {
		entry, ok := linq.LookUp(code)
		assert.Assert(t, ok, "code %d", code)
		again := entry.Retry == linq.RetryAfterWait || entry.Retry == linq.RetrySeconds || entry.Retry == linq.RetryAfterReading
		got := (&linq.Error{HTTPStatus: entry.HTTPStatus, Code: code}).Retriable()
		assert.Equal(t, got, again, "code %d", code)
	}
}
