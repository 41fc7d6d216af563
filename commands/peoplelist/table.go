package peoplelist

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"

	"linqbot/commands/parse"
)

// row is a line of the text, in cells.
type row struct {
	number int
	cells  []string
}

// readRows splits a text into rows that hold something.
func readRows(text string) ([]row, error) {
	text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	if strings.Count(text, "\n") >= mostLines {
		return nil, errTooLong
	}
	reader := csv.NewReader(strings.NewReader(text))
	reader.Comma, reader.LazyQuotes, reader.FieldsPerRecord = separator(text), true, -1
	var rows []row
	for {
		cells, err := reader.Read()
		if errors.Is(err, io.EOF) {
			return rows, nil
		}
		if err != nil { // lazy quotes leave none
			return nil, err
		}
		number, _ := reader.FieldPos(0)
		for i := range cells {
			cells[i] = strings.TrimSpace(parse.Clean(cells[i]))
		}
		if slices.ContainsFunc(cells, func(cell string) bool { return cell != "" }) {
			rows = append(rows, row{number: number, cells: cells})
		}
	}
}

// separator finds what stands between the cells: the sign that most of the first lines have, outside of quotes.
func separator(text string) rune {
	const looked = 50
	best, most := ',', 0
	for _, sign := range []rune{'\t', ';', ','} {
		count := 0
		for i, line := range strings.SplitN(text, "\n", looked+1) {
			if i < looked && strings.ContainsRune(unquoted(line), sign) {
				count++
			}
		}
		if count > most {
			best, most = sign, count
		}
	}
	return best
}

// unquoted leaves out what is in quotes.
func unquoted(line string) string {
	var out strings.Builder
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 0 {
			out.WriteString(part)
		}
	}
	return out.String()
}

// column is where the handles are.
type column struct {
	at      int // -1: every cell is one
	heading string
}

func (c column) of(r row, region string) []string {
	if c.at < 0 {
		var all []string
		for _, cell := range r.cells {
			all = append(all, pieces(cell, region)...)
		}
		return all
	}
	if c.at >= len(r.cells) || r.cells[c.at] == "" {
		return []string{strings.TrimSpace(strings.Join(r.cells, " "))} // wrong, and shown as such
	}
	return pieces(r.cells[c.at], region)
}

// pieces are the handles of a cell that holds several, or else the whole cell; none for an empty one.
func pieces(cell, region string) []string {
	switch {
	case cell == "":
		return nil
	case len(cell) > longestPart:
		return []string{cell}
	}
	if all := parse.Split(cell); len(all) > 1 && !looksLikeHandle(cell, region) && holdsHandles(cell, region) {
		return all
	}
	return []string{cell}
}

// holdsHandles reports whether a cell is one handle, or several with separators between them.
func holdsHandles(cell, region string) bool {
	if len(cell) > longestPart {
		return false
	}
	all := parse.Split(cell)
	isNone := func(piece string) bool { return !looksLikeHandle(piece, region) }
	return looksLikeHandle(cell, region) || len(all) > 0 && !slices.ContainsFunc(all, isNone)
}

// columnOf finds the column that holds handles: by its heading, else by what stands in it. Without headings, every cell
// is one if several columns hold some. heading reports that the first row is one of headings.
func columnOf(rows []row, region string) (found column, heading bool) {
	const looked = 50
	if len(rows) == 0 {
		return column{at: -1}, false
	}
	width := 0
	for _, r := range rows[:min(len(rows), looked)] {
		width = max(width, len(r.cells))
	}
	const widest = 200
	width = min(width, widest)
	body := rows
	heading = len(rows) > 1 && !slices.ContainsFunc(rows[0].cells, func(cell string) bool { return holdsHandles(cell, region) }) &&
		(slices.ContainsFunc(rows[0].cells, namesHandles) || anyHandle(rows[1:min(len(rows), looked)], region))
	if heading {
		body = rows[1:]
	}
	body = body[:min(len(body), looked)]
	best := column{at: -1}
	most, holding, all := -1, 0, true
	for at := range width {
		named := heading && at < len(rows[0].cells) && namesHandles(rows[0].cells[at])
		handles := 0
		for _, r := range body {
			if at >= len(r.cells) || r.cells[at] == "" {
				continue
			}
			if holdsHandles(r.cells[at], region) {
				handles++
			} else {
				all = false
			}
		}
		if handles > 0 {
			holding++
		}
		if named {
			handles += looked + 1 // a heading counts more than what stands below
		}
		if handles > most {
			most, best = handles, column{at: at}
		}
	}
	switch {
	case width == 1, !heading && (all || holding > 1): // of several people in a line, none is left out
		best.at = -1
	}
	if heading && best.at < 0 {
		best.heading = rows[0].cells[0]
	} else if heading && best.at < len(rows[0].cells) {
		best.heading = rows[0].cells[best.at]
	}
	return best, heading
}

func anyHandle(rows []row, region string) bool {
	return slices.ContainsFunc(rows, func(r row) bool {
		return slices.ContainsFunc(r.cells, func(cell string) bool { return holdsHandles(cell, region) })
	})
}

// looksLikeHandle takes for a handle what a person would: also one that a spreadsheet has spoiled.
func looksLikeHandle(cell, region string) bool {
	if cell == "" || len(cell) > longestCell {
		return false
	}
	if rewritten.MatchString(cell) {
		return true
	}
	const fewestDigits = 7 // a year or a house number has fewer
	if !strings.Contains(cell, "@") && len(parse.DigitsOf(cell)) < fewestDigits {
		return false
	}
	_, err := parse.Handle(cell, region)
	return err == nil
}

// namesHandles recognises the heading of a column of handles.
func namesHandles(heading string) bool {
	heading = strings.ToLower(strings.Trim(heading, " :#*"))
	for _, word := range []string{"phone", "mobile", "cell", "handle", "e-mail", "email", "telephone", "telefon", "handy", "number"} {
		if heading == word || strings.HasPrefix(heading, word+" ") || strings.HasPrefix(heading, word+"_") ||
			strings.HasSuffix(heading, " "+word) || strings.HasSuffix(heading, "_"+word) {
			return true
		}
	}
	return heading == "tel" || heading == "tel." || heading == "contact"
}
