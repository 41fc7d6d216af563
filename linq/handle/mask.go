package handle

import (
	"regexp"
	"strings"
)

// An address is whatever touches an @ on both sides, without the spaces and quotes that RFC 5321
// allows in theory. Full-width and small forms of its signs, and invisible characters, count too.
const (
	emailLocal = `[\p{L}\p{M}\p{N}\p{So}\p{Cf}.!#$%&'*+/=?^_{|}~．＿－＋-]`
	emailLabel = `[\p{L}\p{M}\p{N}\p{So}\p{Cf}_-]+`
	emailAt    = `[` + atSigns + `]`
	atSigns    = "@＠﹫"
)

// None of these is ever written to.
var (
	emailPattern = regexp.MustCompile(emailLocal + `(?:` + emailLocal + `|` + emailAt + `)*` + emailAt + `\[?` + emailLabel + `(?:\.` + emailLabel + `)*`)
	idPattern    = regexp.MustCompile(`(?i)\b(?:[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{32})\b`)
)

// MaskText masks every phone number and every e-mail address in free text, such as a chat's name or a message of
// Linq's, as a [Handle] masks itself. A number without a country code keeps its last four digits. It would rather mask
// too much, such as a date, than too little. UUIDs and trace ids are kept whole.
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
	return strings.ContainsAny(candidate, "-abcdefABCDEF") && strings.IndexAny(rest, atSigns) != 0
}

func maskPeople(s string) string {
	s = emailPattern.ReplaceAllStringFunc(s, func(address string) string {
		local, domain, _ := cutEmail(address)
		return maskEmail(local, domain)
	})
	return maskNumbers(s)
}
