package parse

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"
)

// A row is one way in which people write or paste a handle.
type handleRow struct {
	form   string
	text   string
	region string // "US" if empty
	want   ParsedHandle
}

func (r handleRow) regionOrUS() string {
	if r.region == "" {
		return "US"
	}
	return r.region
}

func TestParseHandleAccepts(t *testing.T) {
	for _, row := range append(acceptedNumbers(), acceptedEmails()...) {
		t.Run(row.form, func(t *testing.T) {
			got, err := Handle(row.text, row.regionOrUS())
			if err != nil {
				t.Fatalf("ParseHandle(%q): %v", row.text, err)
			}
			if got != row.want {
				t.Errorf("ParseHandle(%q)\n got %s\nwant %s", row.text, inFull(got), inFull(row.want))
			}
		})
	}
}

func TestParseHandleRefuses(t *testing.T) {
	for _, row := range refusedHandles() {
		t.Run(row.form, func(t *testing.T) {
			region := row.region
			if region == "" {
				region = "US"
			}
			got, err := Handle(row.text, region)
			var usage *UsageError
			if !errors.As(err, &usage) {
				t.Fatalf("ParseHandle(%q) = %s, %v; want %s", row.text, inFull(got), err, row.code)
			}
			if usage.Code != row.code {
				t.Errorf("ParseHandle(%q): %s %q; want %s", row.text, usage.Code, usage.Why, row.code)
			}
			if usage.Usage != nil {
				t.Errorf("ParseHandle knows no command, and gives the usage %q", usage.Usage)
			}
			if got != (ParsedHandle{}) {
				t.Errorf("refused, and yet returned %s", inFull(got))
			}
			wantNoTraceOf(t, usage, row.text)
		})
	}
}

func TestUnderstoodMasksItself(t *testing.T) {
	u, err := Handle("+1 415 555 0132", "US")
	if err != nil {
		t.Fatal(err)
	}
	args := Args{Handles: []ParsedHandle{u}}
	text, err := u.MarshalText()
	if err != nil {
		t.Fatal(err)
	}
	for _, printed := range []string{
		fmt.Sprint(u), fmt.Sprintf("%+v", u), fmt.Sprintf("%#v", u), fmt.Sprintf("%+v", args), fmt.Sprintf("%#v", args), string(text),
	} {
		if strings.Contains(printed, "415") || !strings.Contains(printed, "0132") {
			t.Errorf("printed as %q", printed)
		}
	}
}

func TestParseHandleRefusesRatherThanDropping(t *testing.T) {
	// Every printable ASCII character at every place of a number after the +: the number is refused,
	// or understood unchanged because numbers are written with that sign.
	const number, same = "+14155550132", "+14155550132"
	for r := '!'; r <= '~'; r++ {
		for at := 1; at <= len(number); at++ {
			text := number[:at] + string(r) + number[at:]
			u, err := Handle(text, "US")
			switch {
			case err != nil:
			case strings.ContainsRune("-./()[],;?", r) && u.Handle.Full() == same:
			case r >= '0' && r <= '9', r == '+' && at == 1:
			default:
				t.Errorf("ParseHandle(%q) = %s", text, inFull(u))
			}
		}
	}
}

// wantNoTraceOf fails if what may be logged holds digits or an address from typed.
func wantNoTraceOf(t *testing.T, err *UsageError, typed string) {
	t.Helper()
	for _, logged := range []string{err.Error(), fmt.Sprintf("%+v", err), fmt.Sprintf("%#v", err)} {
		for _, word := range strings.FieldsFunc(typed, func(r rune) bool { return !unicode.IsDigit(r) && !unicode.IsLetter(r) }) {
			const tellsNothing = 3
			if len(word) > tellsNothing && len(DigitsOf(word)) > 0 && strings.Contains(logged, word) {
				t.Errorf("%q shows up in %q", word, logged)
			}
		}
	}
}

func inFull(u ParsedHandle) string {
	return fmt.Sprintf("{%s %q region=%q guessed=%t unassigned=%t}",
		u.Handle.Full(), u.International, u.Region, u.Guessed, u.Unassigned)
}
