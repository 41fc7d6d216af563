package audit

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"text/tabwriter"

	"linqbot/cmd/linqbot/internal/terminal"
)

type printer func(out io.Writer, rows iter.Seq2[entry, error]) error

func printers() map[string]printer {
	return map[string]printer{"table": printTable, "csv": printCSV, "jsonl": printJSONLines}
}

func printTable(out io.Writer, rows iter.Seq2[entry, error]) error {
	inTable := slices.DeleteFunc(columns(), func(c column) bool { return c.heading == "" })
	slices.SortStableFunc(inTable, func(a, b column) int { return cmp.Compare(a.place, b.place) })
	const gap = 2
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	headings := make([]string, len(inTable))
	for i, c := range inTable {
		headings[i] = c.heading
	}
	fmt.Fprintln(table, strings.Join(headings, "\t"))
	for row, err := range rows {
		if err != nil {
			return err
		}
		texts := make([]string, len(inTable))
		for i, c := range inTable {
			if c.shown == nil {
				texts[i] = textOf(c.value(row))
			} else {
				texts[i] = c.shown(row)
			}
		}
		texts = cells(texts...)
		for i, text := range texts {
			texts[i] = cmp.Or(text, "-")
		}
		fmt.Fprintln(table, strings.Join(texts, "\t"))
	}
	return table.Flush()
}

func printCSV(out io.Writer, rows iter.Seq2[entry, error]) error {
	all := columns()
	texts := make([]string, len(all))
	for i, c := range all {
		texts[i] = c.name
	}
	w := csv.NewWriter(out)
	if err := w.Write(texts); err != nil {
		return err
	}
	for row, err := range rows {
		if err != nil {
			return err
		}
		for i, c := range all {
			texts[i] = textOf(c.value(row))
		}
		if err := w.Write(csvCells(texts...)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// textOf is a value in a cell.
func textOf(value any) string {
	if several, ok := value.([]string); ok {
		return strings.Join(several, " ")
	}
	return fmt.Sprint(value)
}

// printJSONLines leaves the values as they are. What a terminal would act on is escaped.
func printJSONLines(out io.Writer, rows iter.Seq2[entry, error]) error {
	inert := terminal.NewWriter(out)
	for row, err := range rows {
		if err != nil {
			return err
		}
		line, err := jsonLine(row)
		if err != nil {
			return err
		}
		if _, err := inert.Write(line); err != nil {
			return err
		}
	}
	return nil
}

// jsonLine writes the columns in their order, which a map would lose.
func jsonLine(row entry) ([]byte, error) {
	var line bytes.Buffer
	encoder := json.NewEncoder(&line)
	encoder.SetEscapeHTML(false)
	for i, c := range columns() {
		separator := ","
		if i == 0 {
			separator = "{"
		}
		fmt.Fprintf(&line, "%s%q:", separator, c.name)
		value := c.value(row)
		if several, ok := value.([]string); ok && several == nil {
			value = []string{}
		}
		if err := encoder.Encode(value); err != nil {
			return nil, err
		}
		line.Truncate(line.Len() - 1) // the encoder ends each value with a new line
	}
	line.WriteString("}\n")
	return line.Bytes(), nil
}
