package linq

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Phone numbers are found with a wide net: seven digits of any script or more, however they are
// grouped. The separators are spaces, dots, dashes, slashes and brackets of all kinds, and the
// invisible marks that come along when a number is pasted. A comma separates numbers: Linq joins
// the handles of a nameless chat with commas.
const (
	phoneSeparators = `[\p{Zs}\t.·．/\p{Pd}\x{2212}\x{00AD}\x{30FC}~()\[\]（）\p{Cf}]*`
	phoneStart      = `[(\[（]?\+?[(\[（]?\p{Nd}`
	phoneRest       = `(?:` + phoneSeparators + `\p{Nd}){6,}`
)

// An address is whatever touches an @ on both sides, without the spaces and quotes that RFC 5321
// allows in theory.
const (
	emailLocal = `[\p{L}\p{M}\p{N}.!#$%&'*+/=?^_{|}~-]`
	emailLabel = `[\p{L}\p{M}\p{N}-]+`
)

// None of these is ever written to.
var (
	phonePattern = regexp.MustCompile(phoneStart + phoneRest)
	emailPattern = regexp.MustCompile(emailLocal + `(?:` + emailLocal + `|@)*@` + emailLabel + `(?:\.` + emailLabel + `)*`)
	idPattern    = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})\b`)
)

// MaskText masks every phone number and every e-mail address in free text, such as a chat's name or
// a message of Linq's, the way a [Handle] masks itself; of a number without a country code the last
// four digits stay. It rather masks too much (a date, say) than too little. UUIDs and trace ids are
// kept whole.
func MaskText(s string) string {
	var out strings.Builder
	done := 0
	for _, at := range idPattern.FindAllStringIndex(s, -1) {
		if !isID(s[at[0]:at[1]], s[at[1]:]) {
			continue
		}
		out.WriteString(maskPeople(s[done:at[0]]))
		out.WriteString(s[at[0]:at[1]])
		done = at[1]
	}
	if done == 0 {
		return maskPeople(s)
	}
	out.WriteString(maskPeople(s[done:]))
	return out.String()
}

// isID tells an id from 32 digits in a row, and from the local part of an e-mail address.
func isID(candidate, rest string) bool {
	return strings.ContainsAny(candidate, "-abcdefABCDEF") && !strings.HasPrefix(rest, "@")
}

func maskPeople(s string) string {
	s = emailPattern.ReplaceAllStringFunc(s, func(address string) string {
		at := strings.LastIndexByte(address, '@')
		return maskEmail(address[:at], address[at+1:])
	})
	return maskNumbers(s)
}

func maskNumbers(s string) string { return phonePattern.ReplaceAllStringFunc(s, maskNumber) }

func maskNumber(number string) string {
	var digits []rune
	for _, r := range number {
		if unicode.IsDigit(r) {
			digits = append(digits, r)
		}
	}
	before := ""
	if first, size := utf8.DecodeRuneInString(number); strings.ContainsRune("([（", first) && !strings.ContainsAny(number, ")]）") {
		before = number[:size] // it belongs to the text around the number
	}
	if strings.Contains(number, "+") {
		return before + NewHandle("+"+string(digits)).String()
	}
	return before + masked + " " + string(digits[len(digits)-shownDigits:])
}
