package chatindex

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"

	"linqbot/commands/parse"
	"linqbot/linq"
	"linqbot/linq/handle"
)

// listedChat is a chat with what it is searched by. Listings share it, so it never changes.
type listedChat struct {
	chat   linq.Chat
	id     string
	names  []string // its name in every spelling
	people []string // the handles of those who are in it, our line apart
}

func asSearched(chat linq.Chat) *listedChat {
	listed := &listedChat{chat: chat, id: chat.ID.String(), names: spellings(chat.DisplayName)}
	for _, person := range chat.Active() {
		if !person.IsMe {
			listed.people = append(listed.people, strings.ToLower(person.Handle.Full()))
		}
	}
	return listed
}

// readSearch reads the words once for all chats. It takes the first longestSearch characters of a longer text.
func readSearch(words, region string) func(*listedChat) bool {
	var all []func(*listedChat) bool
	words = parse.Clean(words)
	if characters := []rune(words); len(characters) > longestSearch {
		words = string(characters[:longestSearch])
	}
	for _, item := range parse.Split(parse.StripPairs(words)) {
		all = append(all, readItem(item, region))
	}
	return func(chat *listedChat) bool {
		for _, match := range all {
			if !match(chat) {
				return false
			}
		}
		return true
	}
}

// readItem reads what may be a number, an address, or words. Digits may be all of these.
func readItem(item, region string) func(*listedChat) bool {
	var forms []handle.Handle
	if parsed, err := parse.Handle(item, region); err == nil {
		forms = parsed.Handle.Forms()
	}
	number := partsOfNumber(item)
	var terms []term
	for word := range strings.FieldsSeq(item) {
		terms = append(terms, asTerm(word))
	}
	return func(chat *listedChat) bool {
		for _, form := range forms {
			if person, listed := chat.chat.Find(form); listed && person.Active() {
				return true
			}
		}
		if chat.hasPart(number...) {
			return true
		}
		for _, t := range terms {
			if !t.in(chat) {
				return false
			}
		}
		return true
	}
}

// term is one word of a search.
type term struct {
	word      string
	spellings []string
	parts     []string // the digits of a handle that it may stand for
}

func asTerm(word string) term {
	t := term{word: strings.ToLower(word), spellings: spellings(word), parts: partsOfNumber(word)}
	if strings.Contains(word, "@") {
		t.parts = append(t.parts, t.word)
	}
	return t
}

func (t term) in(chat *listedChat) bool {
	const enough = 4 // a shorter beginning of an id would match many by chance
	if len(t.word) >= enough && strings.HasPrefix(chat.id, t.word) || chat.hasPart(t.parts...) {
		return true
	}
	for _, name := range chat.names {
		for _, spelling := range t.spellings {
			if strings.Contains(name, spelling) {
				return true
			}
		}
	}
	return false
}

func (c *listedChat) hasPart(parts ...string) bool {
	for _, handle := range c.people {
		for _, part := range parts {
			if strings.Contains(handle, part) {
				return true
			}
		}
	}
	return false
}

// partsOfNumber returns how the digits of a text may stand in a handle. It returns nothing if there are too few
// digits, or if the text has anything but digits and the signs between them. With a + in front they are the
// beginning of a number. Without, zeros in front may be those that people dial and Linq leaves out.
func partsOfNumber(text string) []string {
	const enough = 4
	digits, plus, unexpected := parse.LexNumber(text)
	if unexpected != "" || len(digits) < enough {
		return nil
	}
	if plus {
		return []string{"+" + digits}
	}
	parts := []string{digits}
	if short := strings.TrimLeft(digits, "0"); short != digits && len(short) >= enough {
		parts = append(parts, short)
	}
	return parts
}

// spellings returns a name as it is compared: without case, accents and widths, and with the letters
// that have no accent to lose written as most keyboards can. A name with an umlaut has two, for it is
// written both ways: Muller and Mueller are Müller.
func spellings(name string) []string {
	name = strings.Map(parse.PlainRune, norm.NFKC.String(name))
	name = cases.Fold().String(name) // ß becomes ss
	bare := withoutAccents(name)
	if written := withoutAccents(strings.NewReplacer("ä", "ae", "ö", "oe", "ü", "ue", "ø", "oe", "å", "aa").Replace(name)); written != bare {
		return []string{bare, written}
	}
	return []string{bare}
}

func withoutAccents(name string) string {
	name = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFKD.String(name))
	return strings.NewReplacer("ø", "o", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "æ", "ae", "œ", "oe", "ı", "i", "ħ", "h").Replace(name)
}

// longestSearch is how long a search may be. It fits into a button in any alphabet, and is long enough for the name
// that Linq gives the largest chat.
const longestSearch = 900

// ReadWords returns what is searched for in text; false if it is too long to be.
func ReadWords(text string) (words string, ok bool) {
	if parse.RefuseLong(text) != nil {
		return "", false
	}
	words = parse.Clean(text)
	return words, utf8.RuneCountInString(words) <= longestSearch
}
