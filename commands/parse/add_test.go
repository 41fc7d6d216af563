package parse

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseAdd(t *testing.T) {
	t.Parallel()
	const one, jane = "+14155550132", "jane@example.com"
	for _, row := range []struct {
		text string
		want []string
	}{
		{testChat + " (415) 555-0132", []string{one}},
		{testChat + " " + one + ", " + jane + ", " + one, []string{one, jane}},
	} {
		args, err := Add(row.text, "US")
		if err != nil {
			t.Fatalf("%s: %v", row.text, err)
		}
		var got []string
		for _, u := range args.Handles {
			got = append(got, u.Handle.Full())
		}
		if diff := cmp.Diff(row.want, got); diff != "" || args.Chat.String() != testChat {
			t.Errorf("%s: %s", row.text, diff)
		}
	}
}

// What is refused is what a removal refuses, in words of its own.
func TestParseAddRefuses(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct {
		code UsageCode
		says string
	}{
		"":                                {usageNoArguments, "of the person to add."},
		"help":                            {UsageHelp, "This adds people to a Linq group chat."},
		testChat:                          {usageMissingHandle, "of the person to add."},
		testChat + ` ""`:                  {usageHandleEmpty, "Name the person to add."},
		"+14155550132":                    {usageMissingChat, "is who to add."},
		"+14155550132 " + testChat:        {usageLooksSwapped, "/linq-add " + testChat + " +1 415-555-0132"},
		"eva " + testChat:                 {usageLooksSwapped, "of the people to add."},
		"launch +14155550132":             {UsageChatNotUUID, "is not a chat id"},
		testChat + " eva":                 {usageNotAHandle, "Give the number or address of the person."},
		testChat + " <@U012ABC>":          {usageSlackMention, "Give the phone number or e-mail address of the person."},
		testChat + " 555":                 {usageNumberTooShort, "too few digits"},
		testChat + " 24365":               {usageNumberTooShort, ""},
		testChat + " urn:biz:abc":         {usageNotAHandle, "neither a phone number nor an e-mail address"},
		testChat + " +14155550132, 24365": {usageNumberTooShort, ""},
	} {
		_, err := Add(text, "US")
		usage, ok := errors.AsType[*UsageError](err)
		if !ok || usage.Code != want.code || !strings.Contains(usage.Why.String(), want.says) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if diff := cmp.Diff(AddUsage(), usage.Usage); diff != "" {
			t.Errorf("%q: %s", text, diff)
		}
		if strings.Contains(usage.Why.String()+usage.Usage.String(), "remove") {
			t.Errorf("%q speaks of removing: %s", text, usage.Why)
		}
	}
}

func TestHandleToAdd(t *testing.T) {
	t.Parallel()
	for text, code := range map[string]UsageCode{
		"+14155550132": "", "Jane <jane@example.com>": "",
		"": usageHandleEmpty, "24365": usageNumberTooShort, "urn:biz:abc": usageNotAHandle, "+14155550132, jane@example.com": usageOneHandleOnly,
	} {
		_, err := HandleToAdd(text, "US")
		usage, refused := errors.AsType[*UsageError](err)
		if refused != (code != "") || refused && (usage.Code != code || strings.Contains(usage.Why.String(), "remove")) {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// A text that adds a person also removes them.
func FuzzParseAdd(f *testing.F) {
	for _, row := range sentences() {
		f.Add(row.text)
	}
	for _, row := range append(acceptedNumbers(), acceptedEmails()...) {
		f.Add(testChat + " " + row.text + ", +14155550199")
	}
	f.Fuzz(func(t *testing.T, text string) {
		args, err := Add(text, "US")
		if err != nil {
			if wantUsage(t, err, text).Usage == nil {
				t.Error("no usage line")
			}
			return
		}
		removed, err := Remove(text, "US")
		if err != nil || removed.Chat != args.Chat || len(removed.Handles) != len(args.Handles) {
			t.Fatalf("removes %v, %v", removed, err)
		}
		for _, u := range args.Handles {
			if u.Handle.E164() == "" && !u.Handle.IsEmail() {
				t.Errorf("%s can be added", inFull(u))
			}
		}
	})
}
