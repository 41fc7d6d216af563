package audit

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/terminal"
)

// hostile has a character of each kind that a terminal acts on.
const hostile = "a\x00\x07\x08\t\n\v\f\r\x1b[31m\x7f\u0080\u0085\u009b31m\u009d\u061c\u200e\u200f\u202a\u202e\u2028\u2029\u2066\u2069\u206f\xff\x9bz"

// actsOn reports whether a terminal acts on any of a line.
func actsOn(line string) bool {
	return strings.ContainsAny(line, "\n\t") || string(terminal.Inert([]byte(line))) != line
}

// hostileRow has the same text in every field that holds text.
func hostileRow(text string) entry {
	row := entry{person: text, chatName: text}
	fill(reflect.ValueOf(&row.Row).Elem(), text)
	return row
}

func fill(fields reflect.Value, text string) {
	for _, field := range fields.Fields() {
		switch {
		case !field.CanSet():
		case field.Kind() == reflect.String:
			field.SetString(text)
		case field.Type() == reflect.TypeFor[[]string]():
			field.Set(reflect.ValueOf([]string{text, text}))
		case field.Kind() == reflect.Struct:
			fill(field, text)
		}
	}
}

func printedRow(t *testing.T, format string, row entry) string {
	t.Helper()
	var out bytes.Buffer
	if err := printers()[format](&out, func(yield func(entry, error) bool) { yield(row, nil) }); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestNoCellActsOnATerminal(t *testing.T) {
	t.Parallel()
	for format := range printers() {
		printed := printedRow(t, format, hostileRow(hostile))
		for line := range strings.Lines(printed) {
			if line = strings.TrimSuffix(line, "\n"); actsOn(line) {
				t.Errorf("%s: %q", format, line)
			}
		}
		want := 2 // with the names of the columns
		if format == "jsonl" {
			want = 1
		}
		if got := strings.Count(printed, "\n"); got != want {
			t.Errorf("%s: %d lines, want %d", format, got, want)
		}
	}
}

func TestJSONLinesStayData(t *testing.T) {
	t.Parallel()
	text := strings.ToValidUTF8(hostile, "\ufffd")
	var row map[string]any
	if err := json.Unmarshal([]byte(printedRow(t, "jsonl", hostileRow(text))), &row); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"kind", "state", "user", "rule", "handle", "chat_name", "reason", "request", "searched"} {
		if row[name] != text {
			t.Errorf("%s: %q", name, row[name])
		}
	}
	if got := row["trace_ids"]; !reflect.DeepEqual(got, []any{text, text}) {
		t.Errorf("%q", got)
	}
}

func TestNoCellIsAFormula(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"=1+1", "+1", "-2+3", "@SUM(1)", "\t=1", "\r=1", "\n=1", "＝1", "＋1", "－1", "＠SUM(1)", "﹦1", "﹢1", "﹣1", "﹫a", "−1", "⁼1",
		" =1", "\u00a0=1", "\u3000＝1", "'=1", `"=1`, ` " '=1`, "\ufeff=1", "\u200b=1", "\u202e=1", "\ufe0f=1", "\u2028=1", "\u0085=1",
		"=cmd|' /C calc'!A1", "=cmd@evil.example", "Fun;=1", "Fun; ＝1", "a;b;-1", "+14155550132;=1", "+1415555013a", "+14155550132=1", "+1",
	} {
		records, err := csv.NewReader(strings.NewReader(printedRow(t, "csv", hostileRow(text)))).ReadAll()
		if err != nil {
			t.Fatal(err)
		}
		for _, cell := range records[1] {
			for part := range strings.SplitSeq(cell, ";") {
				if opensFormula(part) && !strings.HasPrefix(part, "'") {
					t.Errorf("%q is written %q", text, cell)
				}
			}
		}
	}
	for _, text := range []string{"", "+14155550132", "+1 ••• ••• 0132", "+290 ••• ••• 1234", "a•••@example.com", "Spring -1", "Fun;)", "2026-01-01"} {
		if got := noFormula(text); got != text {
			t.Errorf("%q becomes %q", text, got)
		}
	}
}

func FuzzCells(f *testing.F) {
	for _, seed := range []string{hostile, "=1", " ＝1", "+14155550132", "a;=b", "\xff=1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cell := csvCells(text)[0]
		if actsOn(cell) || cell != "" && strings.ContainsAny(cell[:1], "=+-@") && !numberCell.MatchString(cell) {
			t.Errorf("%q becomes %q", text, cell)
		}
	})
}
