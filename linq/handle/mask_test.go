package handle_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"gotest.tools/v3/assert"

	"linqbot/linq/handle"
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

		"4️⃣1️⃣5️⃣5️⃣5️⃣5️⃣0️⃣1️⃣3️⃣2️⃣": "••• 0132",
		"+1️⃣ 4️⃣1️⃣5️⃣ 555-0132 !":      "+1 ••• ••• 0132 !",
		"①④①⑤⑤⑤⑤⓪①③②":                    "••• 0132",
		"⓵⓸⓵⓹⓹⓹⓹⓿⓵⓷⓶ ❶❹❶❺❺❺❺⓿❶❸❷":        "••• 0132",
		"➀➃➀➄➄➄➄🄋➀➂➁":                    "••• 0132",
		"➊➍➊➎➎➎➎🄌➊➌➋":                    "••• 0132",
		"⑴⑷⑴⑸⑸⑸⑸0⑴⑶⑵":                    "••• 0132",
		"⒈⒋⒈⒌⒌⒌⒌🄀⒈⒊⒉":                    "••• 0132",
		"🄂🄅🄂🄆🄆🄆🄆🄁🄂🄄🄃":                    "••• 0132",
		"¹⁴¹⁵⁵⁵⁵⁰¹³²":                    "••• 0132",
		"₁₄₁₅₅₅₅₀₁₃₂":                    "••• 0132",
		"⑩⑩⑩⑩":                           "••• 1010",
		"㊶㉕⑤⑤🔟⑬2":                        "••• 0132",
		"𝟒𝟏𝟓𝟓𝟓𝟓𝟎𝟏𝟑𝟐":                     "••• 𝟎𝟏𝟑𝟐",
		"+𝟭𝟰𝟭𝟱𝟱𝟱𝟱𝟬𝟭𝟯𝟮":                   "+1 ••• ••• 0132",
		"🯴🯱🯵🯵🯵🯵🯰🯱🯳🯲":                     "••• 🯰🯱🯳🯲",
		"＋1 415 555 0132":                "+1 ••• ••• 0132",
		"1:415:555:0132":                 "••• 0132",
		"1：415：555：0132":                 "••• 0132",
		"415_555_0132":                   "••• 0132",
		"*415*_555_~0132~":               "*••• 0132~",
		"4\u03361\u03365\u0336-555-0132": "••• 0132",
		"4•1•5•555•0132":                 "••• 0132",
		"415,555,0132":                   "••• 0132",
		"415, 555, 0132":                 "••• 0132",
		"1+415+555+0132":                 "••• 0132",
		"415|555|0132":                   "••• 0132",
		"415\n555\n0132":                 "••• 0132",
		"4'1'5'5'5'5'0'1'3'2":            "••• 0132",
		"1,2025550143":                   "••• 0143",
		"+1,202,555,0143":                "+1 ••• ••• 0143",
		"202,555-0143":                   "••• 0143",
		"1,234,567":                      "••• 4567",

		"2025550143,2025550132":             "••• 0143,••• 0132",
		"2025550143; 2025550132":            "••• 0143; ••• 0132",
		"2025550143|2025550132\n2025550165": "••• 0143|••• 0132\n••• 0165",
		"+12025550143+12025550132":          "+1 ••• ••• 0143+1 ••• ••• 0132",
		"+420212345678, +420212345679":      "+420 ••• ••• 5678, +420 ••• ••• 5679",
		"12, +12025550143, 12":              "12, +1 ••• ••• 0143, 12",
		"+12025550143, 2025":                "+1 ••• ••• 0143, •••",
		"20255, +420212345678":              "•••, +420 ••• ••• 5678",
		"+1 ••• ••• 0143 202":               "+1 ••• ••• ••• 3202",
		"••• 0143, ••• 0132":                "••• 0143, ••• 0132",
		"½½½½½½½ Ⅷ 12 x 345 〇 67":           "½½½½½½½ Ⅷ 12 x 345 〇 67",
		"Q3 2026, team 12: 34 people":       "Q3 2026, team 12: 34 people",

		"jane＠example.com":             "j•••@example.com",
		"jane﹫example.com":             "j•••@example.com",
		"jane．doe＠example.com":         "j•••@example.com",
		"ｊａｎｅ＠ｅｘａｍｐｌｅ.com":             "ｊ•••@ｅｘａｍｐｌｅ.com",
		"jane\u200b@\u200bexample.com": "j•••@\u200bexample.com",
		"😀jane@example.com":            "😀•••@example.com",
		"jane@[192.0.2.1]":             "j•••@[192.0.2.1]",
		uuid + "＠example.com":          "3•••@example.com",
	} {
		assert.Equal(t, handle.MaskText(text), want, "%q", text)
	}
}

var (
	anyID     = regexp.MustCompile(`(?i)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f]{32}`)
	anyEmail  = regexp.MustCompile(`[a-zA-Z0-9]{2,}@[a-zA-Z0-9]`)
	anyMasked = regexp.MustCompile(`(\+\d{1,3} ••• )?••• \d{4}`)
)

// plain writes text as a person reads it, with each digit as 0 to 9.
func plain(text string) string {
	var b strings.Builder
	for _, r := range text {
		switch one := norm.NFKC.String(string(r)); {
		case unicode.IsNumber(r) && strings.Contains(one, "⁄"):
			b.WriteString("x") // a fraction is no digit
		case strings.ContainsRune("❶➀➊⓵", r):
			b.WriteString("1")
		default:
			b.WriteString(strings.Map(asciiDigit, one))
		}
	}
	return b.String()
}

func asciiDigit(r rune) rune {
	first := r
	for unicode.IsDigit(first - 1) {
		first--
	}
	if unicode.IsDigit(r) {
		return '0' + (r-first)%10
	}
	return r
}

// longestNumber counts the digits of the longest number in a plain text, whatever separates them but
// letters, other numerals, and three bullets.
func longestNumber(text string) int {
	longest, digits := 0, 0
	for _, r := range strings.ReplaceAll(text, "•••", "x") {
		switch {
		case r >= '0' && r <= '9':
			digits++
			longest = max(longest, digits)
		case unicode.IsNumber(r), unicode.IsLetter(r) && r != 'ー' && !unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
			digits = 0
		}
	}
	return longest
}

func FuzzMaskText(f *testing.F) {
	for _, seed := range []string{
		"+12025550143, jane@example.com", "(202) 555-0143", "0af7651916cd43dd8448eb211c80319c",
		"3b9d7c52-2f64-4a7e-8d0b-6f1f0a9c4e11 5", "a@123456 7", "123456 7@x", "1 2 3 4 5 6 7", "\xff1234567", "12-34[56]7",
		"1️⃣2️⃣3️⃣4️⃣5️⃣6️⃣7️⃣", "①②③④⑤⑥⑦", "❶➀➊⓵❶❶❶", "1:415:555:0132", "415,555,0132", "12,34,+12025550143,5;678", "a＠b﹫c", "1½2 3",
		"••• 0143 202", "+1 ••• ••• 0143, 202", "202•••5550143", "1,2•3_4*5\n6|7", "+1+2+3+4+5+6+7", "1\u3164234567", "²³⁴⁵⁶⁷₈",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		got := handle.MaskText(text)
		bare := plain(anyID.ReplaceAllString(got, "x"))
		lasts := anyMasked.ReplaceAllStringFunc(bare, func(number string) string { return "•••" + number[len(number)-4:] })
		if n := longestNumber(lasts); n >= 7 && !strings.Contains(text, "•••") {
			t.Errorf("%q became %q, of which %d digits are readable", text, got, n)
		}
		if n := longestNumber(anyMasked.ReplaceAllString(bare, "•••")); n >= 7 {
			t.Errorf("%q became %q, which shows a number of %d digits", text, got, n)
		}
		if address := anyEmail.FindString(bare); address != "" {
			t.Errorf("%q became %q, which shows %q", text, got, address)
		}
		if again := handle.MaskText(got); again != got {
			t.Errorf("%q became %q and then %q", text, got, again)
		}
	})
}

// Whatever Unicode takes for a digit, or writes as one, is found.
func TestMaskTextKnowsEveryDigit(t *testing.T) {
	t.Parallel()
	for r := rune(0x80); r <= unicode.MaxRune; r++ {
		one := norm.NFKC.String(string(r))
		if strings.Contains(one, "⁄") || !strings.ContainsFunc(one, unicode.IsDigit) {
			continue
		}
		if got := handle.MaskText(strings.Repeat(string(r), 7)); !strings.HasPrefix(got, "••• ") {
			t.Errorf("%U %c: %q", r, r, got)
		}
	}
	for _, sign := range []struct{ first, last rune }{
		{'❶', '❿'}, {'➀', '➓'}, {'⓫', '⓿'}, {'㉈', '㉏'}, {'🄋', '🄌'}, {'🔟', '🔟'},
	} {
		for r := sign.first; r <= sign.last; r++ {
			if got := handle.MaskText(strings.Repeat(string(r), 7)); !strings.HasPrefix(got, "••• ") {
				t.Errorf("%U %c: %q", r, r, got)
			}
		}
	}
}

func BenchmarkMaskText(b *testing.B) {
	const name = "+12025550143, +12025550132, jane.doe@example.com, +442071234567"
	b.ReportAllocs()
	for b.Loop() {
		handle.MaskText(name)
	}
}

// BenchmarkMaskTextOfAnyLength shows that four times the text takes four times as long.
func BenchmarkMaskTextOfAnyLength(b *testing.B) {
	for _, part := range []string{"1", "1 ", "1,", "1234567,", "+1", "1234567 (((", "•••", "••• 0143", "••• 0143 ", " ", "a", "a@", "@", "a@b,", "a-", "1a", "0f", "①", "1️⃣", "(", "+", "1½", "\u0301"} {
		for _, length := range []int{10_000, 40_000} {
			text := strings.Repeat(part, length/len(part))
			b.Run(fmt.Sprintf("%s/%d", part, length), func(b *testing.B) {
				b.SetBytes(int64(len(text)))
				for b.Loop() {
					handle.MaskText(text)
				}
			})
		}
	}
}
