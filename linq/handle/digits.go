package handle

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// digitsOf returns the digits, 0 to 9, that a person reads in r: of any script, in a circle, raised,
// with a full stop. Fractions have none.
func digitsOf(r rune) string {
	switch {
	case r >= '0' && r <= '9':
		return string(r)
	case r < utf8.RuneSelf || unicode.IsLetter(r):
		return ""
	case unicode.IsDigit(r):
		return string('0' + decimalValue(r))
	case !unicode.In(r, unicode.No, unicode.So):
		return ""
	}
	if number := numberSign(r); number >= 0 {
		return strconv.Itoa(number)
	}
	const fractionSlash = "⁄"
	plain := norm.NFKC.String(string(r))
	if strings.Contains(plain, fractionSlash) {
		return ""
	}
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, plain)
}

// decimalValue relies on what Unicode promises of decimal digits: ten in a row, in order. Some rows
// touch.
func decimalValue(r rune) rune {
	first := r
	for unicode.IsDigit(first - 1) {
		first--
	}
	return (r - first) % 10
}

// numberSign returns the number of those signs for which Unicode has no plain form, or -1.
func numberSign(r rune) int {
	const no = -1
	for _, row := range []struct {
		first, last rune
		number      int // that of the first; the next ones follow
	}{
		{'\u2776', '\u277f', 1}, {'\u2780', '\u2789', 1}, {'\u278a', '\u2793', 1}, // dingbats in circles
		{'\u24eb', '\u24f4', 11}, {'\u24f5', '\u24fe', 1}, {'\u24ff', '\u24ff', 0}, // negative and double circles
		{'\U0001f10b', '\U0001f10b', 0}, {'\U0001f10c', '\U0001f10c', 0}, // dingbats in circles again
		{'\U0001f51f', '\U0001f51f', 10}, // a keycap
		{'\u1369', '\u1371', 1}, {'\u19da', '\u19da', 1}, {'\U00010a40', '\U00010a43', 1}, {'\U00010e60', '\U00010e68', 1}, {'\U00011052', '\U0001105a', 1},
	} {
		if r >= row.first && r <= row.last {
			return row.number + int(r-row.first)
		}
	}
	if first, ten := rune('\u3248'), 10; r >= first && r < first+8 { // 10 to 80 on black squares
		return ten * (int(r-first) + 1)
	}
	return no
}
