package audit

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"linqbot/cmd/linqbot/internal/terminal"
)

// A phone number, whole or masked, begins with a + but is not a formula.
var numberCell = regexp.MustCompile(`^\+\d{1,3}(?:\d{4,12}| ••• ••• \d{4})$`)

// cells makes a row of what others may have written fit to be printed in any format for people.
func cells(row ...string) []string {
	for i, cell := range row {
		row[i] = terminal.Printable(cell)
	}
	return row
}

// csvCells is [cells] for a file that a spreadsheet may open.
func csvCells(row ...string) []string {
	row = cells(row...)
	for i, cell := range row {
		row[i] = noFormula(cell)
	}
	return row
}

// noFormula keeps a spreadsheet from running what somebody wrote, such as the name of their chat. A
// semicolon separates cells in half of the world's spreadsheets, so what follows one is a cell too.
func noFormula(cell string) string {
	if numberCell.MatchString(cell) {
		return cell
	}
	parts := strings.Split(cell, ";")
	for i, part := range parts {
		if opensFormula(part) {
			parts[i] = "'" + part
		}
	}
	return strings.Join(parts, ";")
}

// opensFormula looks at the first character after the spaces and quotes that spreadsheets take away.
// The wide, small and raised forms of a sign count as the sign.
func opensFormula(cell string) bool {
	cell = strings.TrimLeftFunc(cell, isStripped)
	for _, r := range cell {
		return strings.ContainsAny(norm.NFKC.String(string(r)), "=+-@−")
	}
	return false
}

// isStripped also accepts characters without width, since a formula may follow them.
func isStripped(r rune) bool {
	return r == '"' || r == '\'' || unicode.IsSpace(r) || unicode.In(r, unicode.Cf, unicode.M, unicode.Other_Default_Ignorable_Code_Point)
}
