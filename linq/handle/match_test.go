package handle_test

import (
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/linq/handle"
)

func TestMatches(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"+12025550100", "+12025550100", true},
		{"+12025550100", "12025550100", true},
		{"+12025550100", "2025550100", true},
		{"+12025550100", "(202) 555-0100", true},
		{"+12025550100", "+1 (202) 555-0100", true},
		{"+12025550100", "+1.202.555.0100", true},
		{"+12025550100", "tel:+1-202-555-0100", true},
		{"+12025550100", "＋１２０２５５５０１００", true},
		{"12025550100", "(202) 555-0100", true},
		{"+442079460000", "020 7946 0000", true},
		{"+442079460000", "442079460000", true},
		{"+390612345678", "+39 06 1234 5678", true},
		{"Line@Example.com", "line@example.com", true},
		{"+12025550100", "+12025550101", false},
		{"+12025550100", "+2025550100", false}, // Egypt
		{"+4312345678", "+4366012345678", false},
		{"+12025550100", "line@example.com", false},
		{"12025550100@example.com", "+12025550100", false},
		{"", "", false},
		{"", "+12025550100", false},
		{"nonsense", "+12025550100", false},
	} {
		a, b := handle.New(test.a), handle.New(test.b)
		assert.Equal(t, a.Matches(b), test.want, "%q and %q", test.a, test.b)
		assert.Equal(t, b.Matches(a), test.want, "%q and %q", test.b, test.a)
	}
}

func TestE164(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"+12025550100": "+12025550100", "+1 (202) 555-0100": "+12025550100", "＋１２０２５５５０１００": "+12025550100",
		"12025550100": "", "line@example.com": "", "": "", "nonsense": "",
	} {
		assert.Equal(t, handle.New(text).E164(), want, "%q", text)
	}
}
