package parse

import (
	"regexp"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/nyaruka/phonenumbers"

	"linqbot/commands/richtext"
	"linqbot/linq/handle"
)

// ParsedHandle is a handle as linqbot understood it, with what a person should see before believing
// it. It masks itself like its handle wherever it is printed or put into JSON.
type ParsedHandle struct {
	Handle        handle.Handle // E.164, or the address
	International string        // for the private ack: "+1 415-555-0132", or the address
	Region        string        // "US"; "" for an e-mail or a number of no known region
	Guessed       bool          // written without an international prefix, and read as a number of DEFAULT_REGION
	Unassigned    bool          // possible as a number, but in no range that is known to be in use: let through with a warning
}

// String returns the masked handle.
func (u ParsedHandle) String() string { return u.Handle.String() }

// GoString keeps the value out of %#v.
func (u ParsedHandle) GoString() string { return "parse.ParsedHandle(" + u.String() + ")" }

// MarshalText writes the masked handle.
func (u ParsedHandle) MarshalText() ([]byte, error) { return u.Handle.MarshalText() }

// Cautions are what a person should know before believing a number.
func (u ParsedHandle) Cautions() []richtext.Text {
	var texts []richtext.Text
	if u.Guessed && u.Region != "" {
		texts = append(texts, richtext.Say("%s was written without a country code, so it was read as a %s number. If it belongs to another country, write it with + and the country code.", richtext.Name(u.International), richtext.ID(u.Region)))
	}
	if u.Unassigned {
		texts = append(texts, richtext.Say("%s has a possible length, but is not a number that its country gives out: check the digits.", richtext.Name(u.International)))
	}
	return texts
}

// Handle reads one handle, a phone number or an e-mail address, as people type and paste them.
// Numbers written without an international prefix are read as numbers of region, such as "US". A
// text that holds no handle, or several, is refused with a [*UsageError].
func Handle(text, region string) (ParsedHandle, error) {
	return readSingle(text, region, readListed)
}

// HandleToAdd reads one handle as [Handle] does, of somebody who is to be added; see [Add].
func HandleToAdd(text, region string) (ParsedHandle, error) {
	return readSingle(text, region, readAddable)
}

func readSingle(text, region string, read reader) (ParsedHandle, error) {
	if err := RefuseLong(text); err != nil {
		return ParsedHandle{}, err
	}
	text = Clean(text)
	items := append(Split(StripPairs(text)), "")
	const oneAndTheEmpty = 2
	if len(items) > oneAndTheEmpty {
		return ParsedHandle{}, oneHandleOnly(text)
	}
	u, err := read(items[0], region)
	switch {
	case err == nil:
		return u, nil
	case err.Code == usageSeveralWithoutComma:
		return ParsedHandle{}, oneHandleOnly(text)
	}
	return ParsedHandle{}, err
}

func oneHandleOnly(text string) *UsageError {
	return usageError(usageOneHandleOnly, text,
		"%s looks like several handles, and here only one can be given. Give one phone number or one e-mail address.", richtext.Quoted(text))
}

// MostCharacters is how long a text may be.
const MostCharacters = 4000

// RefuseLong refuses a text that is longer than linqbot reads; nil for any other.
func RefuseLong(text string) *UsageError {
	if utf8.RuneCountInString(text) <= MostCharacters {
		return nil
	}
	return usageError(UsageTextTooLong, "",
		"The text is longer than the 4,000 characters that linqbot reads. Name fewer people at a time.")
}

// reader reads one handle from cleaned text that holds no separators.
type reader func(typed, region string) (ParsedHandle, *UsageError)

// readHandle is a [reader] for texts that may be something else than handles.
func readHandle(typed, region string) (ParsedHandle, *UsageError) {
	return readAs(typed, region, removing())
}

func readAs(typed, region string, w words) (ParsedHandle, *UsageError) {
	text := bareHandle(typed)
	u, err := readOne(text, region, w)
	if err == nil || err.Code == usageSlackMention {
		return u, err
	}
	readings := mostReadings
	if each := readEach(text, region, &readings); len(each) > 1 {
		return ParsedHandle{}, usageError(usageSeveralWithoutComma, text,
			"%s looks like %s handles. Put a comma between them: %s.", richtext.Quoted(text), len(each), richtext.Quoted(strings.Join(each, ", ")))
	}
	return ParsedHandle{}, err
}

var (
	shortCode  = regexp.MustCompile(`^\d{4,6}$`)
	businessID = regexp.MustCompile(`(?i)^urn:biz:[0-9a-z-]{1,64}$`)
)

// isShortCode reports whether a chat may list a text as the short code of a service. Three digits are mostly what is left
// of a number, so they are a code only where the region's numbering plan has it.
func isShortCode(text, region string) bool {
	const fewest = 3
	if shortCode.MatchString(text) || len(text) != fewest {
		return shortCode.MatchString(text)
	}
	number, err := phonenumbers.Parse(text, region)
	return err == nil && phonenumbers.IsValidShortNumberForRegion(number, region)
}

// readListed also reads a short code, which a chat may list. It is for where nothing but a handle can be
// meant: elsewhere a few digits are a year, or a part of a name.
func readListed(typed, region string) (ParsedHandle, *UsageError) {
	u, err := readHandle(typed, region)
	if code := bareHandle(typed); err != nil && isShortCode(code, region) {
		return literal(code), nil
	}
	return u, err
}

// readAddable reads whom Linq may add: a number or an address.
func readAddable(typed, region string) (ParsedHandle, *UsageError) {
	w := adding()
	u, err := readAs(typed, region, w)
	if err == nil && u.Handle.E164() == "" && !u.Handle.IsEmail() {
		return ParsedHandle{}, notAHandle(u.International, w)
	}
	return u, err
}

// literal is a handle that is neither a number nor an address. It must be spelled exactly as the chat lists it.
func literal(text string) ParsedHandle {
	return ParsedHandle{Handle: handle.New(text), International: text}
}

// bareHandle strips what may stand around a handle: the mark of a list, quotes, tel: and mailto:.
func bareHandle(text string) string {
	text = strings.TrimSpace(text)
	for _, bullet := range []string{"- ", "* ", "• "} {
		text = strings.TrimPrefix(text, bullet)
	}
	text = StripPairs(text)
	switch scheme, rest := cutScheme(text); scheme {
	case "tel", "sms", "mailto":
		return StripPairs(rest)
	}
	return text
}

func readOne(text, region string, w words) (ParsedHandle, *UsageError) {
	if text == "" {
		return ParsedHandle{}, usageError(usageHandleEmpty, "",
			"There is nothing where the phone number or e-mail address should be. Name the person %s.", w.to)
	}
	if what, ok := mentioned(text); ok {
		return ParsedHandle{}, usageError(usageSlackMention, text,
			"%s Give the phone number or e-mail address %s.", unknownToLinq(what), w.theirs)
	}
	if businessID.MatchString(text) {
		return literal(text), nil
	}
	for word := range strings.FieldsSeq(text) {
		if id, _ := spelledUUID(word); id != "" {
			return ParsedHandle{}, usageError(usageNotAHandle, word,
				"%s is a chat id, and stands where the person should be. Give one chat id, then a phone number or an e-mail address.", richtext.Quoted(word))
		}
	}
	switch {
	case strings.LastIndexByte(text, '@') > 0, strings.HasPrefix(text, "@") && strings.Contains(text[1:], "."):
		return readEmail(text)
	case looksLikeNumber(text):
		return readNumber(text, region)
	}
	return ParsedHandle{}, notAHandle(text, w)
}

func notAHandle(text string, w words) *UsageError {
	return usageError(usageNotAHandle, text,
		"%s is neither a phone number nor an e-mail address. Give the number or address %s.", richtext.Quoted(text), w.theirs)
}

// looksLikeNumber decides which sentence an unreadable text gets: bob2 is not a number, and +1800FLOWERS is one with
// letters.
func looksLikeNumber(text string) bool {
	digits := len(DigitsOf(text))
	const enough = 4
	return digits >= enough || digits > 0 && (text[0] == '+' || !strings.ContainsFunc(text, unicode.IsLetter))
}

// readEach looks for handles that are separated by spaces, or by nothing but the + of the next one.
// It returns their private forms if the whole text can be read as such, in as few handles as
// possible, and nothing otherwise. It gives up when no readings are left.
func readEach(text, region string, readings *int) []string {
	if !strings.Contains(text, "@") {
		text = strings.ReplaceAll(text, "+", " +")
	}
	words := strings.Fields(text)
	const mostWords, longestHandle, shortestNumber, longestNumber = 100, 8, 7, 20 // the last with what is dialled before 15 digits
	if len(words) < 2 || len(words) > mostWords {
		return nil
	}
	from := make([][]string, len(words)+1) // from[i]: the handles in words[i:], nil if they are none
	from[len(words)] = []string{}
	for i := len(words) - 1; i >= 0; i-- {
		for end := i + 1; end <= min(len(words), i+longestHandle); end++ {
			if from[end] == nil || from[i] != nil && len(from[end])+1 >= len(from[i]) {
				continue
			}
			part := bareHandle(strings.Join(words[i:end], " "))
			if digits := len(DigitsOf(part)); !strings.Contains(part, "@") && (digits < shortestNumber || digits > longestNumber) {
				continue
			}
			if *readings == 0 {
				return nil
			}
			*readings--
			if u, err := readOne(part, region, removing()); err == nil {
				from[i] = append([]string{u.International}, from[end]...)
			}
		}
	}
	return from[0]
}

// Listed shows a handle that Linq gave us as people write it.
func Listed(person handle.Handle) ParsedHandle {
	if parsed, err := Handle(person.Full(), ""); err == nil {
		parsed.Handle, parsed.Unassigned = person, false
		return parsed
	}
	return ParsedHandle{Handle: person, International: person.Full()}
}

// International writes a handle as people do: a number in its international form, an address as it is.
func International(handle handle.Handle) string { return Listed(handle).International }
