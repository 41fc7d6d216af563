package parse

import (
	"errors"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"unicode"

	"linqbot/commands/richtext"
)

func FuzzParseHandle(f *testing.F) {
	for _, row := range append(acceptedNumbers(), acceptedEmails()...) {
		f.Add(row.text, row.regionOrUS())
	}
	for _, row := range refusedHandles() {
		f.Add(row.text, "DE")
	}
	f.Fuzz(func(t *testing.T, text, region string) {
		u, err := Handle(text, region)
		if err != nil {
			_ = wantUsage(t, err, text) // it fails the test itself
			return
		}
		wantSound(t, u, text, region)
	})
}

func FuzzParseRemove(f *testing.F) {
	for _, row := range sentences() {
		f.Add(row.text)
	}
	for _, row := range append(acceptedNumbers(), acceptedEmails()...) {
		f.Add(testChat + " " + row.text + ", +14155550199")
	}
	f.Fuzz(func(t *testing.T, text string) {
		args, err := Remove(text, "US")
		if err != nil {
			if wantUsage(t, err, text).Usage == nil {
				t.Error("no usage line")
			}
			return
		}
		if args.Chat.IsZero() || len(args.Handles) == 0 || len(args.Handles) > MostHandles {
			t.Fatalf("chat %q, %d handles", args.Chat, len(args.Handles))
		}
		if !strings.Contains(strings.ToLower(Clean(text)), args.Chat.String()) {
			t.Errorf("chat %q is not in the text", args.Chat)
		}
		for i, u := range args.Handles {
			wantShape(t, u)
			if namesAlready(args.Handles[:i], u) {
				t.Errorf("%s is named twice", inFull(u))
			}
		}
		again, err := Remove(args.Chat.String()+" "+privateForms(args.Handles), "US")
		if err != nil || len(again.Handles) != len(args.Handles) {
			t.Fatalf("%q is read again as %v, %v", privateForms(args.Handles), again, err)
		}
		for i, u := range again.Handles {
			if u.Handle != args.Handles[i].Handle {
				t.Errorf("%s becomes %s", inFull(args.Handles[i]), inFull(u))
			}
		}
	})
}

func wantUsage(t *testing.T, err error, typed string) *UsageError {
	t.Helper()
	var usage *UsageError
	if !errors.As(err, &usage) {
		t.Fatalf("%T: %v", err, err)
	}
	if usage.Code == "" || len(usage.Why) == 0 {
		t.Errorf("no sentence: %#v", usage)
	}
	const mostWords = 600
	if len([]rune(usage.Why.String())) > mostWords {
		t.Errorf("a sentence of %d characters", len(usage.Why.String()))
	}
	for _, span := range usage.Why {
		if span.Kind == richtext.Words && strings.Contains(span.Value, "%s") {
			t.Errorf("a part is missing: %q", usage.Why)
		}
	}
	wantNoLongDigits(t, usage)
	return usage
}

// wantNoLongDigits fails if a number shows up in what may be logged.
func wantNoLongDigits(t *testing.T, err *UsageError) {
	t.Helper()
	run := 0
	for _, r := range strings.ReplaceAll(err.Error(), "8-4-4-4-12", "") {
		if unicode.IsDigit(r) {
			run++
		} else {
			run = 0
		}
		const tellsNothing = 4
		if run > tellsNothing {
			t.Fatalf("a number shows up in %q", err)
		}
	}
}

var e164 = regexp.MustCompile(`^\+[1-9]\d{6,14}$`)

func wantShape(t *testing.T, u ParsedHandle) {
	t.Helper()
	full := u.Handle.Full()
	if isLiteral(u) {
		return
	}
	local, domain, isEmail := strings.Cut(full, "@")
	switch {
	case isEmail:
		if local == "" || !strings.Contains(domain, ".") || len(full) > 254 || strings.ContainsFunc(full, notInAddress) {
			t.Errorf("no address: %s", inFull(u))
		}
		if u.International != full || u.Region != "" || u.Guessed || u.Unassigned {
			t.Errorf("an address with the marks of a number: %s", inFull(u))
		}
	case !e164.MatchString(full):
		t.Errorf("no E.164: %s", inFull(u))
	case DigitsOf(u.International) != full[1:]:
		t.Errorf("shown as another number: %s", inFull(u))
	}
}

// isLiteral reports whether u is what chats list beside numbers and addresses, as it was typed.
func isLiteral(u ParsedHandle) bool {
	full := u.Handle.Full()
	return u == literal(full) && (shortCode.MatchString(full) || len(full) == 3 && full == DigitsOf(full) || businessID.MatchString(full))
}

func notInAddress(r rune) bool { return unicode.IsSpace(r) || !unicode.IsPrint(r) }

// wantSound checks that what was understood is what was typed. libphonenumber may add a country code
// (3 digits) and an area code or mobile prefix (4), and takes away prefixes that are dialled; the
// end of a number is never touched.
func wantSound(t *testing.T, u ParsedHandle, text, region string) {
	t.Helper()
	wantShape(t, u)
	again, err := Handle(u.International, region)
	if err != nil || again.Handle != u.Handle || again.Guessed {
		t.Errorf("%s is read again as %s, %v", inFull(u), inFull(again), err)
	}
	if isLiteral(u) {
		if !strings.Contains(Clean(text), u.Handle.Full()) {
			t.Errorf("%s is not in %q", inFull(u), text)
		}
		return
	}
	if u.Handle.IsEmail() {
		typed := Clean(text)
		if decoded, err := url.PathUnescape(typed); err == nil {
			typed += decoded
		}
		if !strings.Contains(strings.ToLower(typed), strings.ToLower(u.Handle.Full())) {
			t.Errorf("%s is not in %q", inFull(u), text)
		}
		return
	}
	cleaned := bareHandle(strings.Trim(Clean(text), ",; \n"))
	if strings.ContainsFunc(StripPairs(strings.Trim(StripPairs(cleaned), ",; \n")), isLetterOutsideScheme(cleaned)) {
		t.Errorf("%q has letters and is read as %s", text, inFull(u))
	}
	in, out := DigitsOf(cleaned), DigitsOf(u.Handle.Full())
	const mostAdded, neverTouched = 7, 4
	if len(out) > len(in)+mostAdded {
		t.Errorf("%q has %d digits, %s has %d", text, len(in), inFull(u), len(out))
	}
	if tail := out[len(out)-neverTouched:]; !strings.HasSuffix(in, tail) {
		t.Errorf("%q ends otherwise than %s", text, inFull(u))
	}
}

// isLetterOutsideScheme finds letters other than those of a scheme that is still in front.
func isLetterOutsideScheme(text string) func(rune) bool {
	if scheme, _ := cutScheme(text); scheme != "" {
		return func(rune) bool { return false }
	}
	return isLetter
}
