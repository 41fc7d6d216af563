package parse

import (
	"errors"
	"regexp"
	"strconv"
	"strings"
	"unicode"

	"github.com/nyaruka/phonenumbers"

	"linqbot/commands/richtext"
	"linqbot/linq/handle"
)

// extension finds the end of a number in an office; the number in front of it is group 1.
var extension = regexp.MustCompile(`(?i)^([^\pL#]*?)[\s;/-]*(?:extension|extn|ext|x|#)[.:=\s]*\d+#?$`)

// spreadsheetNumber matches a number to which a spreadsheet has added decimals: the digits, and the rest.
var spreadsheetNumber = regexp.MustCompile(`^(\+?\d{7,15})(\.0{1,2})$`)

// readNumber reads a phone number. libphonenumber is only ever given digits and perhaps a leading
// +, because it drops or converts whatever else it meets, and a number with something missing is
// another person's number.
func readNumber(typed, region string) (ParsedHandle, *UsageError) {
	if err := refuseExtension(typed, region); err != nil {
		return ParsedHandle{}, err
	}
	if m := spreadsheetNumber.FindStringSubmatch(typed); m != nil {
		return ParsedHandle{}, usageError(usageNumberUnexpected, typed,
			"%s ends in %s, as spreadsheets write numbers that they calculate with. If %s is the person, write just that, and check each digit.",
			richtext.Quoted(typed), richtext.ID(m[2]), richtext.ID(m[1]))
	}
	if strings.ContainsFunc(typed, isLetter) {
		return ParsedHandle{}, refuseLetters(typed, region)
	}
	digits, plus, unexpected := LexNumber(typed)
	switch {
	case unexpected == "+":
		return ParsedHandle{}, usageError(usageNumberUnexpected, typed,
			"%s has a + after its first digit. Write + only at the start, and a comma between two numbers.", richtext.Quoted(typed))
	case unexpected != "":
		return ParsedHandle{}, usageError(usageNumberUnexpected, typed,
			"%s has a sign that phone numbers are not written with: %s. Write the digits, with + and the country code in front.",
			richtext.Quoted(typed), shownSign(unexpected))
	}
	u, code := interpret(digits, plus, region)
	if code != "" {
		return ParsedHandle{}, refuseNumber(code, typed, digits, plus, region)
	}
	return u, nil
}

// LexNumber takes a number apart. unexpected is the first sign that is not punctuation of numbers,
// or a + that is not at the start; "" if there is none.
func LexNumber(text string) (digits string, plus bool, unexpected string) {
	var b strings.Builder
	for _, r := range text {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r == '+' && b.Len() == 0:
			plus = true
		case !strings.ContainsRune(" -./()[]ー", r): // ー is what Japanese keyboards write for a hyphen
			return "", false, string(r)
		}
	}
	return b.String(), plus, ""
}

func isLetter(r rune) bool { return r != 'ー' && (unicode.IsLetter(r) || unicode.IsMark(r)) }

// interpret finds the one number that digits are.
func interpret(digits string, plus bool, region string) (ParsedHandle, UsageCode) {
	if plus {
		return international(digits)
	}
	if rest, ok := strings.CutPrefix(digits, "00"); ok {
		return doubleZero(digits, rest, region)
	}
	return national(digits, region)
}

func interpretText(text, region string) (u ParsedHandle, ok bool) {
	digits, plus, unexpected := LexNumber(text)
	if unexpected != "" {
		return ParsedHandle{}, false
	}
	u, code := interpret(digits, plus, region)
	return u, code == ""
}

func international(digits string) (ParsedHandle, UsageCode) { return askLibrary("+"+digits, "") }

func national(digits, region string) (ParsedHandle, UsageCode) {
	region = strings.ToUpper(strings.TrimSpace(region))
	if phonenumbers.GetCountryCodeForRegion(region) == 0 {
		return ParsedHandle{}, usageUnknownRegion
	}
	u, wrong := askLibrary(digits, region)
	if code := countryCode(region); wrong == "" && u.Handle.Full() == "+"+code+digits && strings.HasPrefix(digits, code) {
		asPlus, wrongAsPlus := international(digits)
		switch {
		case wrongAsPlus != "", asPlus.Unassigned && !u.Unassigned:
		case u.Unassigned && !asPlus.Unassigned:
			asPlus.Guessed = true
			return asPlus, ""
		default:
			return ParsedHandle{}, usageNumberAmbiguous
		}
	}
	return u, wrong
}

func countryCode(region string) string {
	return strconv.Itoa(phonenumbers.GetCountryCodeForRegion(region))
}

// doubleZero reads a leading 00 as the + it is in most of the world, unless the region dials
// another prefix that begins with 00 and that gives the better number.
func doubleZero(digits, rest, region string) (ParsedHandle, UsageCode) {
	asPlus, code := international(rest)
	asDialled, codeDialled := national(digits, region)
	switch {
	case codeDialled != "", asDialled.Guessed, asDialled.Handle == asPlus.Handle:
		return asPlus, code
	case code != "", asPlus.Unassigned && !asDialled.Unassigned:
		return asDialled, ""
	case asDialled.Unassigned && !asPlus.Unassigned:
		return asPlus, ""
	}
	return ParsedHandle{}, usageNumberAmbiguous
}

// askLibrary asks libphonenumber. A number is taken if it is possible; that no operator is known to use
// it only sets Unassigned, since new ranges open before the tables learn of them.
func askLibrary(text, region string) (ParsedHandle, UsageCode) {
	number, err := northAmerican(text, region), error(nil)
	if number == nil {
		number, err = phonenumbers.ParseAndKeepRawInput(text, region)
	}
	switch {
	case errors.Is(err, phonenumbers.ErrInvalidCountryCode):
		return ParsedHandle{}, usageNumberNoCountry
	case errors.Is(err, phonenumbers.ErrNumTooLong):
		return ParsedHandle{}, usageNumberTooLong
	case err != nil: // nothing but digits goes in, so there were too few
		return ParsedHandle{}, usageNumberTooShort
	}
	full := phonenumbers.Format(number, phonenumbers.E164)
	if former := handle.FormerRegion(full); former != "" { // chats keep such numbers
		return ParsedHandle{
			Handle: handle.New(full), International: phonenumbers.Format(number, phonenumbers.INTERNATIONAL), Region: former, Guessed: guessed(number),
		}, ""
	}
	switch reason := phonenumbers.IsPossibleNumberWithReason(number); {
	case reason == phonenumbers.INVALID_COUNTRY_CODE:
		return ParsedHandle{}, usageNumberNoCountry
	case reason == phonenumbers.IS_POSSIBLE_LOCAL_ONLY:
		return ParsedHandle{}, usageNumberLocalOnly
	case reason == phonenumbers.TOO_SHORT, len(full) < len("+1234567"):
		return ParsedHandle{}, usageNumberTooShort
	case reason == phonenumbers.TOO_LONG, len(full) > len("+123456789012345"): // the most that E.164 allows
		return ParsedHandle{}, usageNumberTooLong
	case reason != phonenumbers.IS_POSSIBLE:
		return ParsedHandle{}, usageNumberWrongLength
	}
	u := ParsedHandle{
		Handle:        handle.New(full),
		International: phonenumbers.Format(number, phonenumbers.INTERNATIONAL),
		Guessed:       guessed(number),
	}
	u.Region, u.Unassigned = regionOf(number)
	if u.Unassigned && !stable(full) {
		return ParsedHandle{}, usageNumberAmbiguous
	}
	if u.Region == phonenumbers.REGION_CODE_FOR_NON_GEO_ENTITY {
		u.Region = ""
	}
	if u.Region == "" && u.Guessed {
		u.Region = region
	}
	return u, ""
}

// stable reports whether full is read as itself. With the trunk 0 written
// twice, as in +44 (0)080…, one of them stays, and the next reader takes it away.
func stable(full string) bool {
	again, err := phonenumbers.Parse(full, "")
	return err == nil && phonenumbers.Format(again, phonenumbers.E164) == full
}

func guessed(number *phonenumbers.PhoneNumber) bool {
	switch number.GetCountryCodeSource() {
	case phonenumbers.PhoneNumber_FROM_NUMBER_WITH_PLUS_SIGN, phonenumbers.PhoneNumber_FROM_NUMBER_WITH_IDD:
		return false
	}
	return true
}

// refuseExtension returns nil unless what stands in front of the extension is a number: the x of
// +1 415 555 x132 is a letter.
func refuseExtension(typed, region string) *UsageError {
	if !strings.ContainsAny(typed, "xX#") { // each extension has one of these, and the search is expensive
		return nil
	}
	m := extension.FindStringSubmatch(typed)
	if m == nil {
		return nil
	}
	u, ok := interpretText(m[1], region)
	if !ok {
		return nil
	}
	return usageError(usageNumberExtension, typed,
		"%s has an extension, and Linq has no handles with extensions. Without it the number is %s: if that is the person, write just that.",
		richtext.Quoted(typed), richtext.ID(u.International))
}

// refuseLetters offers the number only if no letter stands between its digits: there, a letter may
// stand for a digit.
func refuseLetters(typed, region string) *UsageError {
	number := strings.TrimFunc(typed, func(r rune) bool { return r != '+' && (r < '0' || r > '9') })
	if u, ok := interpretText(number, region); ok {
		return usageError(usageNumberLetters, typed,
			"%s has letters beside a number. If %s is the person, write just that.", richtext.Quoted(typed), richtext.ID(u.International))
	}
	return usageError(usageNumberLetters, typed,
		"%s has letters in it, and linqbot does not guess which digits they stand for. Write the whole number in digits.", richtext.Quoted(typed))
}

func refuseNumber(code UsageCode, typed, digits string, plus bool, region string) *UsageError {
	hint := numberHint(code, digits, plus)
	if readings := bothReadings(digits, region); code == usageNumberAmbiguous && !plus && len(readings) > 1 {
		hint = richtext.Say("Write the one that you mean: %s or %s.", richtext.ID(readings[0]), richtext.ID(readings[1]))
	}
	return usageError(code, typed, "%s %s", wrongWithNumber(code, typed, plus, region), hint)
}

// bothReadings are those of a number without a plus: as one with its country code, and as a national one.
func bothReadings(digits, region string) (both []string) {
	if asPlus, wrong := international(strings.TrimPrefix(digits, "00")); wrong == "" {
		both = append(both, asPlus.International)
	}
	if asDialled, wrong := askLibrary(digits, strings.ToUpper(strings.TrimSpace(region))); wrong == "" {
		both = append(both, asDialled.International)
	}
	return both
}

func wrongWithNumber(code UsageCode, typed string, plus bool, region string) richtext.Text {
	number := richtext.Say("%s", richtext.Quoted(typed))
	if !plus && !strings.HasPrefix(DigitsOf(typed), "00") {
		number = richtext.Say("Read as a %s number, %s", richtext.Quoted(strings.ToUpper(region)), number)
	}
	switch code {
	case usageNumberNoCountry:
		return richtext.Say("%s starts with a country code that does not exist.", number)
	case usageNumberLocalOnly:
		return richtext.Say("%s lacks its area code.", number)
	case usageNumberTooShort:
		return richtext.Say("%s has too few digits.", number)
	case usageNumberTooLong:
		return richtext.Say("%s has too many digits.", number)
	case usageNumberAmbiguous:
		return richtext.Say("%s can be read as two different numbers.", richtext.Quoted(typed))
	case usageUnknownRegion:
		if strings.TrimSpace(region) == "" {
			return richtext.Say("%s has no country code, and linqbot has no region to read it in.", richtext.Quoted(typed))
		}
		return richtext.Say("%s has no country code, and %s, the region set in %s, is none that linqbot knows.",
			richtext.Quoted(typed), richtext.Quoted(region), richtext.ID("DEFAULT_REGION"))
	}
	return richtext.Say("%s has a count of digits that its country does not use.", number)
}

// numberHint says what to write instead. The commonest slip is a country code without its +.
func numberHint(code UsageCode, digits string, plus bool) richtext.Text {
	if !plus {
		if u, wrong := international(digits); wrong == "" && !u.Unassigned {
			return richtext.Say("If it is %s, write it with the +.", richtext.ID(u.International))
		}
	}
	const fewest, most = 7, 15 // digits, of a whole number of some country
	wrongCount := code == usageNumberTooLong || code == usageNumberTooShort || code == usageNumberWrongLength ||
		code == usageNumberLocalOnly && len(digits) > fewest
	if wrongCount && !plus && len(digits) >= fewest && len(digits) <= most && !strings.HasPrefix(digits, "00") {
		return richtext.Say("If it is a number of another country, write it with + and that country's code, in most countries without its first 0: %s in Britain is %s.",
			richtext.ID("020 7946 0321"), richtext.ID("+44 20 7946 0321"))
	}
	return richtext.Say("Write the whole number, with + and the country code, like %s.", richtext.ID("+1 415-555-0132"))
}
