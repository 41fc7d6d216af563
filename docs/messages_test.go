// Package docs_test holds the pages in this folder to the code: what can be generated is, and every link leads
// somewhere. `go test ./docs -update` writes the generated pages again.
package docs_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/golden"
)

// sentences is the folder of golden files that hold what linqbot says.
const sentences = "../commands/outcome/testdata"

// chapter is a table of the page: the rows of one golden file under a heading.
type chapter struct {
	heading string // "" goes on below the last one
	intro   string
	file    string // below the folder explain
}

func chapters() []chapter {
	return []chapter{
		{
			heading: "Where a removal stands",
			intro:   "What the reply says in each state, where no reason has to be given:",
			file:    "states",
		},
		{
			heading: "Where adding back stands",
			intro:   "What the reply says in each state, where no reason has to be given:",
			file:    "add_states",
		},
		{
			heading: "Where adding stands",
			intro:   "Of somebody whom linqbot had not removed, in each state where no reason has to be given:",
			file:    "addition_states",
		},
		{
			heading: "Why somebody was not removed",
			intro:   "Linq, or a look at the chat, said no for good (state `refused`), or found that nothing was to be done:",
			file:    "reasons",
		},
		{intro: "Linq refused with one of its error codes:", file: "refused_codes"},
		{intro: "Linq refused, or something in front of it did, with an HTTP status and no code:", file: "refused_statuses"},
		{
			heading: "Why somebody is not removed yet",
			intro:   "The request waits for its next try (state `accepted`):",
			file:    "under_way",
		},
		{
			heading: "When a removal is given up",
			intro:   "15 minutes of tries were not enough (state `failed`):",
			file:    "failed",
		},
		{
			heading: "When linqbot's settings or a pause hold a removal back",
			intro:   "The person is one of `PROTECTED_HANDLES` (state `refused`), or [removals are paused](using.md#pause-all-removals) (state `accepted`):",
			file:    "rails",
		},
		{
			heading: "Why somebody was not added back",
			intro:   "Linq, or a look at the chat, said no for good (state `refused`):",
			file:    "add_reasons",
		},
		{intro: "Linq refused with one of its error codes:", file: "add_refused_codes"},
		{intro: "Linq refused, or something in front of it did, with an HTTP status and no code:", file: "add_refused_statuses"},
		{
			heading: "Why somebody is not added back yet",
			intro:   "The request waits for its next try (state `accepted`):",
			file:    "add_under_way",
		},
		{
			heading: "When adding back is given up",
			intro:   "15 minutes of tries were not enough (state `failed`):",
			file:    "add_failed",
		},
		{
			heading: "Why somebody was not added",
			intro:   "Somebody whom linqbot had not removed. Linq, or a look at the chat, said no for good (state `refused`):",
			file:    "addition_reasons",
		},
		{intro: "Linq refused with one of its error codes:", file: "addition_refused_codes"},
		{intro: "Linq refused, or something in front of it did, with an HTTP status and no code:", file: "addition_refused_statuses"},
		{
			heading: "Why somebody is not added yet",
			intro:   "The request waits for its next try (state `accepted`):",
			file:    "addition_under_way",
		},
		{
			heading: "When adding is given up",
			intro:   "15 minutes of tries were not enough (state `failed`):",
			file:    "addition_failed",
		},
		{
			heading: "What a dry run tells a workflow",
			intro:   "Nothing was done (state `dry_run`). The private answer to a command has more:",
			file:    "dry_runs",
		},
	}
}

const messagesIntro = `# Messages

<!-- Generated from the golden files of the sentences. Run "go test ./docs -update" to write it again. -->

These are the sentences with which linqbot reports. In the examples +1 ••• ••• 0132 is the person and *Spring launch* the chat.
[The states](using.md#what-a-request-goes-through) are explained elsewhere, and [Failures](failures.md) says what linqbot does in each case.

The first column is the state or the reason:

- a word is a state, or what a look at the chat showed, as the log and ` + "`linqbot audit`" + ` name it;
- four digits are Linq's error code, which the audit names as ` + "`linq_2013`" + `;
- three digits are the HTTP status of an answer without a code, which the audit names as ` + "`http_404`" + `;
- "in doubt" means that an earlier try may have reached Linq.

For a code that is not listed, the reply names the code and quotes Linq's own words, with numbers masked. A time in brackets is shown in the
reader's time zone.
`

func TestTheMessagesPageIsCurrent(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	page.WriteString(messagesIntro)
	for _, c := range chapters() {
		if c.heading != "" {
			fmt.Fprintf(&page, "\n## %s\n", c.heading)
		}
		fmt.Fprintf(&page, "\n%s\n\n| state or reason | what the reply says |\n| --- | --- |\n", c.intro)
		for line := range strings.Lines(read(t, filepath.Join(sentences, "explain", c.file+".golden"))) {
			reason, sentence, ok := strings.Cut(line, ": ")
			if !ok {
				t.Fatalf("%s.golden has a line without a reason: %s", c.file, line)
			}
			page.WriteString(row(reason, sentence))
		}
	}
	page.WriteString(commandSentences(t))
	golden.Assert(t, page.String(), "../messages.md")
}

// commandSentences shows, by an example each, what is said of a command that cannot be read.
func commandSentences(t *testing.T) string {
	t.Helper()
	files, err := filepath.Glob("../commands/parse/testdata/parse/*.golden")
	if err != nil || len(files) == 0 {
		t.Fatalf("no golden files of commands: %v", err)
	}
	var page strings.Builder
	page.WriteString("\n## Why a command was not understood\n\n" +
		"The private answer to a command that cannot be read. Each code has one example; the log names it as `usage_code`. The\n" +
		"usage line follows the sentence.\n\n| code | what the answer says |\n| --- | --- |\n")
	for _, file := range files {
		_, rest, ok := strings.Cut(read(t, file), "\nsentence:")
		if !ok {
			t.Fatalf("%s has no sentence", file)
		}
		sentence, _, _ := strings.Cut(rest, "\n")
		page.WriteString(row(strings.TrimSuffix(filepath.Base(file), ".golden"), sentence))
	}
	return page.String()
}

func row(cells ...string) string {
	var line strings.Builder
	for _, cell := range cells {
		line.WriteString("| " + strings.ReplaceAll(strings.TrimSpace(cell), "|", `\|`) + " ")
	}
	return line.String() + "|\n"
}

func read(t *testing.T, path string) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
