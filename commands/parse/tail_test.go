package parse

import (
	"errors"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTail(t *testing.T) {
	t.Parallel()
	const one, jane = "+14155550132", "jane@example.com"
	longest := strings.Repeat("ä", LongestReason)
	for text, want := range map[string]struct {
		people string
		tail   Tail
	}{
		testChat + " " + one: {one, Tail{}},

		testChat + " " + one + " because they left the firm":             {one, Tail{Because: "they left the firm"}},
		testChat + " (415) 555-0132 BECAUSE they  left ":                 {one, Tail{Because: "they left"}},
		testChat + " " + one + ", " + jane + "\nBecause: they\nleft":     {one + " " + jane, Tail{Because: "they left"}},
		testChat + " " + one + ", because spam, and because of more":     {one, Tail{Because: "spam, and because of more"}},
		testChat + " " + one + " because \"left the firm\"":              {one, Tail{Because: "left the firm"}},
		testChat + " " + one + " because " + longest:                     {one, Tail{Because: longest}},
		testChat + " because@example.com":                                {"because@example.com", Tail{}},
		testChat + " because@example.com because because@example.com":    {"because@example.com", Tail{Because: "because@example.com"}},
		testChat + ` "Just because" <` + jane + "> because of spam":      {jane, Tail{Because: "of spam"}},
		testChat + " " + one + " because ＋１ left":                        {one, Tail{Because: "+1 left"}},
		testChat + " <tel:" + one + "|" + one + ">\u00a0because it’s so": {one, Tail{Because: "it's so"}},

		"--dry-run " + testChat + " " + one:                            {one, Tail{DryRun: true}},
		"—dry-run " + testChat + " " + one:                             {one, Tail{DryRun: true}},
		testChat + " –dry-run " + one:                                  {one, Tail{DryRun: true}},
		testChat + " " + one + " ‐‐dry‑run":                            {one, Tail{DryRun: true}},
		testChat + " " + one + ",--DRY-RUN":                            {one, Tail{DryRun: true}},
		testChat + " " + one + "\n`--dry-run`\n" + jane:                {one + " " + jane, Tail{DryRun: true}},
		"`--dry-run " + testChat + " " + one + "`":                     {one, Tail{DryRun: true}},
		"--dry-run `" + testChat + " " + one + "` --dryrun":            {one, Tail{DryRun: true}},
		testChat + " " + one + " because they left --dry-run for good": {one, Tail{DryRun: true, Because: "they left for good"}},
		testChat + " dry-run@example.com":                              {"dry-run@example.com", Tail{}},
	} {
		args, err := Remove(text, "US")
		if err != nil {
			t.Errorf("%q: %v", text, err)
			continue
		}
		var people []string
		for _, u := range args.Handles {
			people = append(people, u.Handle.Full())
		}
		if got := strings.Join(people, " "); got != want.people || args.Tail != want.tail || args.Chat.String() != testChat {
			t.Errorf("%q: %s %+v", text, got, args.Tail)
		}
	}
}

func TestTailRefuses(t *testing.T) {
	t.Parallel()
	const one = "+14155550132"
	for text, want := range map[string]struct {
		code UsageCode
		says string
	}{
		testChat + " " + one + " because":                                         {usageReasonEmpty, "Nothing follows the word because."},
		testChat + " " + one + " because \"\"":                                    {usageReasonEmpty, ""},
		testChat + " " + one + " because --dry-run":                               {usageReasonEmpty, ""},
		testChat + " " + one + " because " + strings.Repeat("x", LongestReason+1): {usageReasonTooLong, "301 characters, and linqbot keeps at most 300"},
		testChat + " because they left":                                           {usageMissingHandle, ""},
		testChat + " --dry-run":                                                   {usageMissingHandle, ""},
		"--dry-run":                                                               {usageNoArguments, ""},
		"--dry-run help":                                                          {UsageHelp, ""},
		testChat + " " + one + " --dry":                                           {"", ""},
		testChat + " " + one + " --dry-run=yes":                                   {"", ""},
		testChat + " " + one + " cause they left":                                 {"", ""},
		one + " " + testChat + " because of spam --dry-run":                       {usageLooksSwapped, "/linq-remove --dry-run " + testChat + " +1 415-555-0132 because of spam"},
		one + " because they left":                                                {usageMissingChat, ""},
		"because we can " + one:                                                   {UsageChatNotUUID, ""},
	} {
		_, err := Remove(text, "US")
		usage, ok := errors.AsType[*UsageError](err)
		if !ok || want.code != "" && usage.Code != want.code || !strings.Contains(usage.Why.String(), want.says) {
			t.Errorf("%q: %v", text, err)
			continue
		}
		if usage.Usage == nil {
			t.Errorf("%q: no usage line", text)
		}
	}
}

// A person who copies an offered command asks for the same as before.
func TestChatsNameWithTail(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]struct{ words, command string }{
		"just because we care +14155550132 because they left": {"just because we care", "/linq-remove id +1 415-555-0132 because they left"},
		"—dry-run spring launch +14155550132":                 {"spring launch", "/linq-remove --dry-run id +1 415-555-0132"},
		"spring launch --dry-run":                             {"spring launch", "/linq-remove --dry-run id"},
		"just because":                                        {"just because", "/linq-remove id"},
	} {
		named, ok := ChatByName(text, "US")
		if !ok || named.Words != want.words || named.Command(RemoveCommand, "id") != want.command {
			t.Errorf("%q: %v %q %q", text, ok, named.Words, named.Command(RemoveCommand, "id"))
		}
	}
}

func TestReason(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"": "", " \n": "", "\u200b": "", " left\n the  firm ": "left the firm", "<!channel> &amp; all": "<!channel> & all",
		"because": "because", strings.Repeat("x", LongestReason) + " ": strings.Repeat("x", LongestReason),
	} {
		if got, err := Reason(text); err != nil || got != want {
			t.Errorf("%q: %q, %v", text, got, err)
		}
	}
	if _, err := Reason(strings.Repeat("x", LongestReason+1)); err == nil {
		t.Error("too long a reason was taken")
	}
}

func FuzzTail(f *testing.F) {
	for _, text := range []string{
		"+14155550132 because they left", "—dry-run +14155550132", `"a because" <a@b.c>, --dry-run because x`, testChat + " because", "because because because",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		text = StripPairs(Clean(text))
		rest, tail, refused := cutTail(text)
		if refused != nil {
			return
		}
		if utf8.RuneCountInString(tail.Because) > LongestReason || strings.ContainsAny(tail.Because, "\n") || strings.TrimSpace(tail.Because) != tail.Because {
			t.Errorf("%q: the reason is %q", text, tail.Because)
		}
		if tail == (Tail{}) && rest != text {
			t.Errorf("%q became %q, without a tail", text, rest)
		}
		if len(rest)+len(tail.Because) > len(text) {
			t.Errorf("%q: %q and %q", text, rest, tail.Because)
		}
	})
}

// Each command that names people takes the tail.
func TestTailOfTheOtherCommands(t *testing.T) {
	t.Parallel()
	want := Tail{DryRun: true, Because: "they left"}
	const text = "+14155550132, jane@example.com —dry-run because they left"
	if args, err := Add(testChat+" "+text, "US"); err != nil || args.Tail != want || len(args.Handles) != 2 {
		t.Errorf("%v, %v", args, err)
	}
	if args, err := Offboard(text, "US"); err != nil || args.Tail != want || len(args.Handles) != 2 {
		t.Errorf("%v, %v", args, err)
	}
	if _, err := Offboard("+14155550132 because", "US"); err == nil {
		t.Error("an empty reason was taken")
	}
	many := strings.Repeat("+14155550132\n", MostHandles)
	if list, ok := RemoveList(testChat + "\n" + many + text); !ok || list.Tail != want || strings.Contains(list.People, "because") {
		t.Errorf("%v, %v", list, ok)
	}
}
