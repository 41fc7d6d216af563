package parse_test

import (
	"errors"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/commands/parse"
)

// A person who writes a number as at home, to a linqbot of another country, is told how to write it for all countries.
func TestNationalNumbersOfOtherCountries(t *testing.T) {
	t.Parallel()
	for _, number := range []struct{ region, text string }{
		{"US", "020 7946 0321"},   // Britain
		{"US", "0171 1234567"},    // Germany
		{"US", "090-1234-5678"},   // Japan
		{"US", "32 12 34 56"},     // Denmark
		{"US", "(11) 91234-5678"}, // Brazil
		{"GB", "0171 12345678"},
		{"SG", "020 7946 0321"},
	} {
		_, err := parse.Handle(number.text, number.region)
		usage, ok := errors.AsType[*parse.UsageError](err)
		assert.Assert(t, ok, "%+v: %v", number, err)
		sentence := usage.Why.String()
		assert.Assert(t, strings.Contains(sentence, "a number of another country, write it with + and that country's code"), "%+v: %s", number, sentence)
		assert.Assert(t, strings.Contains(sentence, "without its first 0"), "%+v: %s", number, sentence)
	}
}
