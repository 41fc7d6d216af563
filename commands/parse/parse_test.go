package parse

import (
	"errors"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"strconv"
	"strings"
	"testing"

	"linqbot/commands/richtext"

	"github.com/google/go-cmp/cmp"
	"gotest.tools/v3/golden"
)

const testChat = "550e8400-e29b-41d4-a716-446655440000"

func TestParseRemoveAccepts(t *testing.T) {
	many := make([]string, 20)
	for i := range many {
		many[i] = fmt.Sprintf("+141555501%02d", i)
	}
	const one, two, jane = "+14155550132", "+14155550133", "jane@example.com"
	for _, row := range []struct {
		form string
		text string
		want []string
	}{
		{"one number", testChat + " " + one, []string{one}},
		{"one e-mail", testChat + " " + jane, []string{jane}},
		{"spaces around", "  " + testChat + "   " + one + "  ", []string{one}},
		{"a new line between", testChat + "\n" + one, []string{one}},
		{"a tab between", testChat + "\t" + one, []string{one}},
		{"a no-break space between", testChat + "\u00a0" + one, []string{one}},
		{"upper case", strings.ToUpper(testChat) + " " + one, []string{one}},
		{"mixed case", "550E8400-e29b-41D4-A716-446655440000 " + one, []string{one}},
		{"en dashes in the id", strings.ReplaceAll(testChat, "-", "–") + " " + one, []string{one}},
		{"no-break hyphens in the id", strings.ReplaceAll(testChat, "-", "\u2011") + " " + one, []string{one}},
		{"full-width id", "５５０ｅ８４００－ｅ２９ｂ－４１ｄ４－ａ７１６－４４６６５５４４００００ " + one, []string{one}},
		{"zero-width space in the id", "550e8400-\u200be29b-41d4-a716-446655440000 " + one, []string{one}},
		{"id in double quotes", `"` + testChat + `" ` + one, []string{one}},
		{"id in curly quotes", "“" + testChat + "” " + one, []string{one}},
		{"id in backticks", "`" + testChat + "` " + one, []string{one}},
		{"id in asterisks", "*" + testChat + "* " + one, []string{one}},
		{"id in angle brackets", "<" + testChat + "> <" + one + ">", []string{one}},
		{"id in parentheses", "(" + testChat + ") (" + one + ")", []string{one}},
		{"both in quotes", `"` + testChat + `" "` + one + `"`, []string{one}},
		{"both in backticks", "`" + testChat + "` `" + one + "`", []string{one}},
		{"the whole in quotes", `"` + testChat + " " + one + `"`, []string{one}},
		{"the whole in backticks", "`" + testChat + " " + one + "`", []string{one}},
		{"a number with spaces", testChat + " (415) 555-0132", []string{one}},
		{"a Slack link", testChat + " <tel:+14155550132|(415) 555-0132>", []string{one}},
		{"comma", testChat + " " + one + "," + two, []string{one, two}},
		{"comma and space", testChat + " " + one + ", " + two, []string{one, two}},
		{"semicolon", testChat + " " + one + "; " + two, []string{one, two}},
		{"new lines", testChat + "\n" + one + "\n" + two + "\n", []string{one, two}},
		{"carriage returns", testChat + "\r\n" + one + "\r\n" + two, []string{one, two}},
		{"Unicode line separator", testChat + " " + one + "\u2028" + two, []string{one, two}},
		{"full-width comma", testChat + " " + one + "，" + two, []string{one, two}},
		{"ideographic comma", testChat + " " + one + "、" + two, []string{one, two}},
		{"Arabic comma", testChat + " " + one + "، " + two, []string{one, two}},
		{"comma at the end", testChat + " " + one + ",", []string{one}},
		{"two commas", testChat + " " + one + ",, " + two, []string{one, two}},
		{"a list with marks", testChat + "\n- " + one + "\n• " + jane, []string{one, jane}},
		{"numbers with spaces", testChat + " +1 415 555 0132, (415) 555-0133", []string{one, two}},
		{"a number and an e-mail", testChat + " " + one + ", " + jane, []string{one, jane}},
		{"Slack links", testChat + " <tel:+14155550132|+14155550132>, <mailto:jane@example.com|jane@example.com>", []string{one, jane}},
		{"names with commas", testChat + ` "Doe, Jane" <jane@example.com>, ` + one, []string{jane, one}},
		{"each in quotes", testChat + ` "` + one + `", "` + jane + `"`, []string{one, jane}},
		{"the list in quotes", testChat + ` "` + one + `, ` + jane + `"`, []string{one, jane}},
		{"the same number twice", testChat + " " + one + ", (415) 555-0132", []string{one}},
		{"the same e-mail in another case", testChat + " " + jane + ", JANE@example.com", []string{jane}},
		{"twenty", testChat + " " + strings.Join(many, ","), many},
		{"twenty and one again", testChat + " " + strings.Join(many, ",") + "," + many[0], many},
	} {
		t.Run(row.form, func(t *testing.T) {
			args, err := Remove(row.text, "US")
			if err != nil {
				t.Fatalf("ParseRemove(%q): %v", row.text, err)
			}
			if args.Chat.String() != testChat {
				t.Errorf("chat %q", args.Chat)
			}
			var got []string
			for _, u := range args.Handles {
				got = append(got, u.Handle.Full())
			}
			if diff := cmp.Diff(row.want, got); diff != "" {
				t.Errorf("handles (-want +got):\n%s", diff)
			}
		})
	}
}

// TestSentences shows every sentence to readers of the golden files: one file for each code.
func TestSentences(t *testing.T) {
	shown := map[UsageCode]string{}
	for _, row := range sentences() {
		region := row.region
		if region == "" {
			region = "US"
		}
		var err error
		if row.alone {
			_, err = Handle(row.text, region)
		} else {
			_, err = Remove(row.text, region)
		}
		var usage *UsageError
		if !errors.As(err, &usage) {
			t.Fatalf("%q is understood", row.text)
		}
		wantNoTraceOf(t, usage, row.text)
		shown[usage.Code] += fmt.Sprintf("typed:     %s\noffending: %s\nsentence:  %s\nusage:     %s\nlogged:    %s\n\n",
			abridged(row.text), abridged(usage.Offending), markedUp(usage.Why), markedUp(usage.Usage), usage)
	}
	for _, code := range allCodes(t) {
		if shown[code] == "" {
			t.Errorf("no sentence is shown for %s", code)
			continue
		}
		golden.Assert(t, shown[code], "parse/"+string(code)+".golden")
	}
}

type sentenceRow struct {
	text   string
	region string // "US" if empty
	alone  bool   // for Handle
}

func sentences() []sentenceRow {
	many := make([]string, 21)
	for i := range many {
		many[i] = fmt.Sprintf("+141555501%02d", i)
	}
	var rows []sentenceRow
	for _, text := range []string{
		"", " \u00a0\n", `""`,
		"help", "?", "--help", "-h", "HELP", "`help`", "—help", "help remove",
		strings.Repeat("4", 4001),
		"+14155550132", "415 555 0132", "jane@example.com, +14155550132", "+14155550132 +14155550133",
		testChat, "`" + testChat + "`", testChat + "\n",
		testChat + " +14155550132 because", testChat + " +14155550132 because " + strings.Repeat("x", 301),
		"launch jane@example.com", "<chatId> <handle>", "remove +14155550132",
		"{" + testChat + "} +14155550132", "urn:uuid:" + testChat + " +14155550132",
		strings.ReplaceAll(testChat, "-", "") + " +14155550132",
		testChat + ", +14155550132", testChat + ". +14155550132", testChat + ",+14155550132",
		testChat[1:] + " +14155550132", testChat + "0 +14155550132", testChat[1:] + "g +14155550132", testChat[1:] + "é +14155550132",
		"https://example.com/chats/" + testChat + " +14155550132",
		"<https://example.com/chats/" + testChat + "|the chat> +14155550132",
		"<#C0123ABC|general> +14155550132", "<@U0123ABC> +14155550132",
		"+14155550132 " + testChat, "(415) 555-0132 " + strings.ToUpper(testChat), "jane@example.com, 4155550132 {" + testChat + "}",
		"please remove +14155550132 from " + testChat, "launch " + testChat + " +14155550132",
		testChat + " ,", testChat + ` ""`,
		testChat + " bob", testChat + " @bob", testChat + " +14155550132, bob", testChat + " help", testChat + " " + testChat,
		testChat + " " + strings.Repeat("bob ", 400),
		testChat + " <@U0123ABC|jane>", testChat + " <#C0123ABC|general>", testChat + " <!subteam^S0123|@a, b>",
		testChat + " 415", testChat + " +1 415 555 013", testChat + " 0044 20 71",
		testChat + " +1 415 555 0132 4", testChat + " 442071234567",
		testChat + " +354 1234 5678", testChat + " +49 780 1417 2892 922",
		testChat + " 555-0132",
		testChat + " +999 1234567", testChat + " +44 (0)080 735 8191",
		testChat + " +1-800-FLOWERS", testChat + " +1415555267a", testChat + " remove +14155550132 please", testChat + " (415) 555-0132 (mobile)",
		testChat + " +1 415 555 0132 ext. 5", testChat + " 415-555-0132;ext=5",
		testChat + " +14155550132!", testChat + " +1415\x00555 0132", testChat + " 415+5550132",
		testChat + " jane@@example.com", testChat + " @example.com", testChat + " jane@", testChat + " jane @example.com",
		testChat + " ja(ne@example.com", testChat + " " + strings.Repeat("a", 65) + "@example.com",
		testChat + " jane@" + strings.Repeat("abcdefg.", 32) + "com",
		testChat + " jane@example", testChat + " jane@example..com", testChat + " jane@" + strings.Repeat("a", 64) + ".com",
		testChat + " jane@-example.com", testChat + " jane@exam_ple.com", testChat + " jane@192.0.2.1", testChat + " jane..doe@example.com",
		testChat + " +14155550132 +14155550133", testChat + " +14155550132+14155550133", testChat + " 415 555 0132 415 555 0133 415 555 0134",
		testChat + " jane@example.com joe@example.com", testChat + " jane@example.com +1 415 555 0132",
		testChat + " +14155550132 <jane@example.com>",
		testChat + " " + strings.Join(many, ", "),
	} {
		rows = append(rows, sentenceRow{text: text})
	}
	return append(rows,
		sentenceRow{text: testChat + " 4155550132", region: "UK"},
		sentenceRow{text: testChat + " 4155550132", region: " "},
		sentenceRow{text: testChat + " 00 91 90124 27184", region: "CO"},
		sentenceRow{text: testChat + " 020 71", region: "gb"},
		sentenceRow{text: "+14155550132, +14155550133", alone: true},
		sentenceRow{text: "+14155550132 +14155550133", alone: true},
		sentenceRow{text: "", alone: true},
		sentenceRow{text: "bob", alone: true},
	)
}

// allCodes reads the codes from the source, so that none can be forgotten here.
func allCodes(t *testing.T) []UsageCode {
	t.Helper()
	file, err := parser.ParseFile(token.NewFileSet(), "usage.go", nil, 0)
	if err != nil {
		t.Fatal(err)
	}
	var codes []UsageCode
	ast.Inspect(file, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok {
			return true
		}
		if kind, ok := spec.Type.(*ast.Ident); ok && kind.Name == "UsageCode" {
			value, err := strconv.Unquote(spec.Values[0].(*ast.BasicLit).Value)
			if err != nil {
				t.Fatal(err)
			}
			codes = append(codes, UsageCode(value))
		}
		return true
	})
	return codes
}

func TestRefusalNamesThePart(t *testing.T) {
	_, err := Remove(testChat+" +14155550132, (415) 555-013, jane@example.com", "US")
	var usage *UsageError
	if !errors.As(err, &usage) {
		t.Fatal(err)
	}
	if usage.Offending != "(415) 555-013" || usage.Code != usageNumberTooShort {
		t.Errorf("%s names %q", usage.Code, usage.Offending)
	}
	if diff := cmp.Diff(RemoveUsage(), usage.Usage); diff != "" {
		t.Error(diff)
	}
}

func abridged(text string) string {
	const most = 200
	if len(text) > most {
		text = text[:most] + "…"
	}
	quoted := strconv.Quote(text)
	return quoted[1 : len(quoted)-1]
}

// markedUp shows the kinds of a text's parts.
func markedUp(text richtext.Text) string {
	var b strings.Builder
	for _, span := range text {
		switch span.Kind {
		case richtext.Words:
			b.WriteString(span.Value)
		case richtext.Code:
			b.WriteString("`" + span.Value + "`")
		default:
			b.WriteString("[" + richtext.Text{span}.String() + "]")
		}
	}
	return strings.ReplaceAll(b.String(), "\x00", `\x00`)
}

func BenchmarkParseRemove(b *testing.B) {
	for name, text := range map[string]string{
		"number":   testChat + " +1 (415) 555-0132",
		"national": testChat + " (415) 555-0132",
		"email":    testChat + " jane@example.com",
		"slack":    testChat + " <tel:+14155550132|(415) 555-0132>",
	} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := Remove(text, "US"); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
