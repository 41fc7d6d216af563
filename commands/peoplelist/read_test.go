package peoplelist_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf16"

	"gotest.tools/v3/assert"

	"linqbot/commands/commandstest"
	"linqbot/commands/peoplelist"
	"linqbot/commands/policy"
)

// wide writes a text in UTF-16.
func wide(text string, bigEndian, mark bool) string {
	var out strings.Builder
	if mark {
		text = "\ufeff" + text
	}
	for _, unit := range utf16.Encode([]rune(text)) {
		first, second := byte(unit), byte(unit>>8)
		if bigEndian {
			first, second = second, first
		}
		out.WriteByte(first)
		out.WriteByte(second)
	}
	return out.String()
}

// lists reads lists as a linqbot in the USA.
func lists() *peoplelist.Lists {
	return peoplelist.NewLists(peoplelist.ListsConfig{
		Gate: policy.NewGate(policy.GateConfig{Policy: policy.Policy{Everyone: true}}), Region: "US", Logger: commandstest.Quiet(),
	})
}

func TestReadFile(t *testing.T) {
	t.Parallel()
	const table = "Name,Phone\nAda,+1 202-555-0132\nBen,(202) 555-0143\n"
	both := []string{"2 +12025550132", "3 +12025550143"}
	for name, test := range map[string]struct {
		data string
		want []string // line and handle, or line, ! and what stands there
	}{
		"nothing":                     {"", nil},
		"a handle a line":             {"+12025550132\n\n ben@example.com \r\n", []string{"1 +12025550132", "3 ben@example.com"}},
		"several in a line":           {"+12025550132, ben@example.com; carla@example.com", []string{"1 +12025550132", "1 ben@example.com", "1 carla@example.com"}},
		"one in a line is no handle":  {"+12025550132, bob, ben@example.com", []string{"1 +12025550132", "1 ! bob", "1 ben@example.com"}},
		"lines of several":            {"+12025550132,+12025550143\nben@example.com,bob", []string{"1 +12025550132", "1 +12025550143", "2 ben@example.com", "2 ! bob"}},
		"twice":                       {"ben@example.com\nBen@Example.com", []string{"1 ben@example.com", "2 Ben@example.com"}},
		"Slack's own forms":           {"<tel:+12025550132|+1 202-555-0132>\n<mailto:ben@example.com|ben@example.com>", []string{"1 +12025550132", "2 ben@example.com"}},
		"by heading":                  {table, both},
		"a mark of UTF-8":             {"\xef\xbb\xbf" + table, both},
		"UTF-16, little":              {wide(table, false, true), both},
		"UTF-16, big":                 {wide(table, true, true), both},
		"UTF-16 without a mark":       {wide(table, false, false), both},
		"UTF-16, big, without a mark": {wide(table, true, false), both},
		"semicolons":                  {strings.ReplaceAll(table, ",", ";"), both},
		"tabs":                        {strings.ReplaceAll(table, ",", "\t"), both},
		"semicolons and commas":       {"Name;Phone\n\"Byron, Ada\";+1 202-555-0132\nBen;(202) 555-0143\n", both},
		"quotes":                      {"Name,Phone\n\"Byron, Ada\",\"+1 202-555-0132\"\n\"Ben\",\"(202) 555-0143\"", both},
		"Latin letters":               {"Name,Phone\nJos\xe9,+1 202-555-0132\nBen,(202) 555-0143\n", both},
		"old line ends":               {strings.ReplaceAll(table, "\n", "\r"), both},
		"by content": {
			"Ada,1984,+1 202-555-0132\nBen,1990,(202) 555-0143", []string{"1 +12025550132", "2 +12025550143"},
		},
		"by content below a heading": {"who,since,how\nAda,1984,+1 202-555-0132\nBen,1990,(202) 555-0143", both},
		"a heading alone names it":   {"id,mobile phone\n2025550100,+1 202-555-0132\n2025550101,(202) 555-0143", both},
		"an empty cell":              {table + "Carla,\n", append(both[:2:2], "4 ! Carla")},
		"what is no handle":          {table + "Carla,carla\n", append(both[:2:2], "4 ! carla")},
		"a spreadsheet's float":      {table + "Dan,1.2025550165E+10\n", append(both[:2:2], "4 ! 1.2025550165E+10")},
		"a spreadsheet's comma":      {"Name;Phone\nDan;1,2025550165E+10\nBen;2025550143,00", []string{"2 ! 1,2025550165E+10", "3 ! 2025550143,00"}},
		"a float without a table":    {"12025550132.0\n+12025550143", []string{"1 ! 12025550132.0", "2 +12025550143"}},
		"a heading without a table":  {"Phone\n+12025550132", []string{"2 +12025550132"}},
		"a very long cell":           {"+12025550132\n" + strings.Repeat("9", 400), []string{"1 +12025550132", "2 ! " + strings.Repeat("9", 400)}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			list, _, _ := lists().ReadFile([]byte(test.data))
			var got []string
			wrong := 0
			for _, line := range list.Lines {
				if len(line.Wrong) > 0 {
					wrong++
					got = append(got, fmt.Sprintf("%d ! %s", line.Number, line.Text))
				} else {
					got = append(got, fmt.Sprintf("%d %s", line.Number, line.Who.Handle.Full()))
				}
			}
			assert.DeepEqual(t, got, test.want)
			assert.Equal(t, list.Wrong, wrong)
		})
	}
}

func TestWhatIsNoList(t *testing.T) {
	t.Parallel()
	_, answer, ok := lists().ReadFile([]byte("PK\x03\x04\x14\x00\x06\x00"))
	assert.Assert(t, !ok && strings.Contains(answer[0].String(), "This file is no text."), answer)
	_, answer, ok = lists().Read(strings.Repeat("a@example.com\n", 5001))
	assert.Assert(t, !ok && strings.Contains(answer[0].String(), "This list has more than 5,000 lines. A list takes at most 500 people."), answer)
}

func TestCheck(t *testing.T) {
	t.Parallel()
	many := func(count int, format string) string {
		var out strings.Builder
		for i := range count {
			fmt.Fprintf(&out, format+"\n", i)
		}
		return out.String()
	}
	for name, test := range map[string]struct {
		text  string
		lines int
		want  []string
	}{
		"right":             {many(500, "p%d@example.com"), 0, nil},
		"too many":          {many(501, "p%d@example.com"), 1, []string{"That is 501 people, and a list takes at most 500."}},
		"twice is once":     {many(500, "p%d@example.com") + "p1@example.com", 0, nil},
		"nobody":            {"\n\n", 1, []string{"Nobody is named"}},
		"one line is wrong": {"ada@example.com\nbob", 2, []string{"1 person was understood, and 1 line was not. Nothing was recorded.", "Line 2: bob. bob is neither"}},
		"many are wrong":    {many(25, "bob%d"), 22, []string{"0 people were understood, and 25 lines were not.", "And 5 more."}},
		"in a column":       {"Name,Phone\nAda,+12025550132\nBen,none", 2, []string{"1 person was understood in the column Phone, and 1 line was not."}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, answer, ok := lists().Read(test.text)
			assert.Equal(t, ok, test.lines == 0)
			var said []string
			for _, paragraph := range answer {
				said = append(said, paragraph.String())
			}
			assert.Equal(t, len(said), test.lines)
			for _, want := range test.want {
				assert.Assert(t, strings.Contains(strings.Join(said, "\n"), want), said)
			}
		})
	}
}

// Whatever a file holds, each line of it that holds something is understood or shown as wrong, and nobody is in the
// list whose handle was not in the file.
func FuzzReadFile(f *testing.F) {
	for _, seed := range []string{
		"", "a@example.com", "Name,Phone\nAda,+1 202-555-0132\n", "\xef\xbb\xbfPhone\n2025550132", wide("Phone\n2025550132", false, true),
		"a;b\tc,\"", "\"a\nb\",1.2E+10", "\x00\x00", "+12025550132,+12025550143\n", strings.Repeat("\"", 100),
	} {
		f.Add([]byte(seed))
	}
	reads := lists()
	f.Fuzz(func(t *testing.T, data []byte) {
		list, answer, ok := reads.ReadFile(data)
		understood := 0
		for _, line := range list.Lines {
			if line.Number < 1 {
				t.Errorf("line %d", line.Number)
			}
			if len(line.Wrong) == 0 {
				understood++
			}
		}
		if understood+list.Wrong != len(list.Lines) || len(list.People) > understood {
			t.Errorf("%d people and %d wrong of %d lines", len(list.People), list.Wrong, len(list.Lines))
		}
		const mostPeople = 500
		if ok != (list.Wrong == 0 && len(list.People) > 0 && len(list.People) <= mostPeople) || ok != (len(answer) == 0) {
			t.Error(answer)
		}
		if len(answer) > 0 && strings.Contains(answer[0].String(), "could not be read") {
			t.Error("it is not said why")
		}
	})
}

// A large file takes no long time, whatever is in it.
func TestLargeFiles(t *testing.T) {
	t.Parallel()
	for _, text := range []string{",", "\"", "\t;", "1.2E+10,", "a@", "(202) 555-0132;"} {
		_, answer, ok := lists().ReadFile([]byte(strings.Repeat(text, peoplelist.MostBytes/len(text))))
		assert.Assert(t, ok || !strings.Contains(answer[0].String(), "could not be read") && !strings.Contains(answer[0].String(), "no text"), answer)
	}
}
