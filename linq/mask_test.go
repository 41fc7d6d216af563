package linq_test

import (
	"regexp"
	"strings"
	"testing"
	"unicode"

	"gotest.tools/v3/assert"

	"linqbot/linq"
)

func TestMaskText(t *testing.T) {
	t.Parallel()
	const uuid, trace = "3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11", "0af7651916cd43dd8448eb211c80319c"
	for text, want := range map[string]string{
		"":                                     "",
		"Spring launch 2026":                   "Spring launch 2026",
		"Room 123456":                          "Room 123456",
		"+12025550143":                         "+1 ••• ••• 0143",
		"+12025550143, +12025550132":           "+1 ••• ••• 0143, +1 ••• ••• 0132",
		"+12025550143,+442071234567":           "+1 ••• ••• 0143,+44 ••• ••• 4567",
		"+1 (202) 555-0143":                    "+1 ••• ••• 0143",
		"call +12025550143.":                   "call +1 ••• ••• 0143.",
		"(202) 555-0143":                       "••• 0143",
		"the line (202-555-0143)":              "the line (••• 0143)",
		"(+1 202.555.0143)":                    "(+1 ••• ••• 0143)",
		"2025550143":                           "••• 0143",
		"555-0143":                             "••• 0143",
		"020 7123 4567":                        "••• 4567",
		"202\u00a0555\u20110143":               "••• 0143",
		"202\u200b555\u200e0143":               "••• 0143",
		"２０２５５５０１４３":                           "••• ０１４３",
		"+４４２０７１２３４５６７":                        "+44 ••• ••• 4567",
		"٠١٢٣٤٥٦٧٨٩":                           "••• ٦٧٨٩",
		"tel:+12025550143":                     "tel:+1 ••• ••• 0143",
		"id4155550143x":                        "id••• 0143x",
		"+1202555014399999999":                 "•••",
		"on 2026-10-12":                        "on ••• 1012",
		"jane.doe@example.com":                 "j•••@example.com",
		"Jane <jane+x@example.com>":            "Jane <j•••@example.com>",
		"a@b@example.com":                      "a•••@example.com",
		"a@b, c@d":                             "a•••@b, c•••@d",
		"émile@exämple.fr":                     "é•••@exämple.fr",
		"2025550143@mms.example":               "2•••@mms.example",
		"x@2025550143.example":                 "x•••@••• 0143.example",
		"chat " + uuid + " is gone":            "chat " + uuid + " is gone",
		strings.ToUpper(uuid):                  strings.ToUpper(uuid),
		"12345678-1234-1234-1234-123456789012": "12345678-1234-1234-1234-123456789012",
		"trace id " + trace + ".":              "trace id " + trace + ".",
		"2025550143 " + uuid:                   "••• 0143 " + uuid,
		uuid + "@example.com":                  "3•••@example.com",
		"12345678901234567890123456789012":     "••• 9012",
		trace + "0":                            "0af••• 1916cd43dd8448eb211c80319c0",
	} {
		assert.Equal(t, linq.MaskText(text), want, "%q", text)
	}
}

var (
	anyID    = regexp.MustCompile(`(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}`)
	anyEmail = regexp.MustCompile(`[a-zA-Z0-9]{2,}@[a-zA-Z0-9]`)
)

// longestNumber counts the digits of the longest number in the text, whatever separates them.
func longestNumber(text string) int {
	longest, digits := 0, 0
	for _, r := range text {
		switch {
		case unicode.IsDigit(r):
			digits++
			longest = max(longest, digits)
		case strings.ContainsRune(" .-()[]/\t", r), unicode.Is(unicode.Pd, r), unicode.Is(unicode.Zs, r), unicode.Is(unicode.Cf, r):
		default:
			digits = 0
		}
	}
	return longest
}

func FuzzMaskText(f *testing.F) {
	for _, seed := range []string{
		"+12025550143, jane@example.com", "(202) 555-0143", "0af7651916cd43dd8448eb211c80319c",
		"3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11 5", "a@123456 7", "123456 7@x", "1 2 3 4 5 6 7", "\xff1234567", "12-34[56]7",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := linq.MaskText(text)
		bare := anyID.ReplaceAllString(got, "x")
		if n := longestNumber(bare); n >= 7 {
			t.Errorf("%q became %q, which shows a number of %d digits", text, got, n)
		}
		if address := anyEmail.FindString(bare); address != "" {
			t.Errorf("%q became %q, which shows %q", text, got, address)
		}
		if again := linq.MaskText(got); again != got {
			t.Errorf("%q became %q and then %q", text, got, again)
		}
	})
}

func BenchmarkMaskText(b *testing.B) {
	const name = "+12025550143, +12025550132, jane.doe@example.com, +442071234567"
	b.ReportAllocs()
	for b.Loop() {
		linq.MaskText(name)
	}
}
