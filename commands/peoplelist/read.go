package peoplelist

import (
	"errors"
	"regexp"
	"strings"
	"unicode/utf8"

	"linqbot/commands/parse"
	"linqbot/commands/richtext"
)

const (
	// mostPeople is how many people a list may have.
	mostPeople = 500
	// MostBytes is how large a file may be.
	MostBytes = 1 << 20
)

const (
	mostLines   = 5000 // and most handles in them
	longestCell = 320  // characters: the longest e-mail address
	longestPart = parse.MostCharacters
)

// Line is a line of a list that holds something.
type Line struct {
	Number int // from 1, as an editor counts them
	Text   string
	Who    parse.ParsedHandle
	Wrong  richtext.Text // why it was not understood; empty when it was
}

// List is a list as it was understood.
type List struct {
	Lines  []Line
	People []parse.ParsedHandle // each once, in the order of the lines; only of those that were understood
	Wrong  int                  // how many lines were not understood
	Column string               // the heading of the column that was read; "" without one
}

// errTooLong says that a list has more lines than are read.
var errTooLong = errors.New("peoplelist: more lines than are read")

// readFile reads a file. See [readText].
func readFile(data []byte, region string) (List, error) {
	text, err := decoded(data)
	if err != nil {
		return List{}, err
	}
	return readText(text, region)
}

// readText reads a list: a handle a line, several in a line with separators between them, or a table of which one column
// holds handles. Numbers without a country code are read as those of region. Wrong lines are part of the list.
func readText(text, region string) (List, error) {
	rows, err := readRows(text)
	if err != nil {
		return List{}, err
	}
	column, heading := columnOf(rows, region)
	if heading {
		rows = rows[1:]
	}
	list := List{}
	if heading {
		list.Column = column.heading
	}
	seen := make(map[string]bool)
	for _, row := range rows {
		for _, cell := range column.of(row, region) {
			if len(list.Lines) == mostLines {
				return List{}, errTooLong
			}
			line := readLine(row.number, cell, region)
			list.Lines = append(list.Lines, line)
			if len(line.Wrong) > 0 {
				list.Wrong++
				continue
			}
			if key := strings.ToLower(line.Who.Handle.Full()); !seen[key] {
				seen[key] = true
				list.People = append(list.People, line.Who)
			}
		}
	}
	return list, nil
}

// rewritten recognises numbers that a spreadsheet took for quantities: digits are lost in them, or may be.
var rewritten = regexp.MustCompile(`^[+-]?\d+([.,]\d+)?[eE][+-]?\d+$|^\+?\d{7,}[.,]0+$`)

func readLine(number int, cell, region string) Line {
	line := Line{Number: number, Text: cell}
	switch {
	case rewritten.MatchString(cell):
		line.Wrong = richtext.Say("A spreadsheet has rewritten this number, and digits may be lost. Format the column as text, and enter the number again.")
		return line
	case utf8.RuneCountInString(cell) > longestCell:
		line.Wrong = richtext.Say("This is longer than any phone number or e-mail address.")
		return line
	}
	who, err := parse.Handle(cell, region)
	if usage, ok := errors.AsType[*parse.UsageError](err); ok {
		line.Wrong = usage.Why
		return line
	}
	line.Who = who
	return line
}
