package audit

import (
	"slices"
	"strings"
	"testing"
)

// What others wrote begins no formula, and moves no cursor.
func TestAuditCellsAreInert(t *testing.T) {
	t.Parallel()
	row := entry{person: "=cmd@evil.example", chatName: "-2+3"}
	row.UserID, row.ChannelID, row.ChatID, row.Reason = "=1+1", "@SUM(1)", "c1", "\x9b31m\x7f\r"
	rows := func(yield func(entry, error) bool) {
		_ = yield(row, nil) && yield(entry{person: "+14155550132"}, nil)
	}
	var csv, table strings.Builder
	if err := printCSV(&csv, rows); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{",'=1+1,", ",'@SUM(1),", ",'=cmd@evil.example,", ",'-2+3,", ",+14155550132,"} {
		if !strings.Contains(csv.String(), want) {
			t.Errorf("without %s:\n%s", want, csv.String())
		}
	}
	if err := printTable(&table, rows); err != nil {
		t.Fatal(err)
	}
	if strings.ContainsFunc(table.String(), func(r rune) bool { return slices.Contains([]rune{0x9b, 0x7f, '\r'}, r) }) {
		t.Errorf("%q", table.String())
	}
}
