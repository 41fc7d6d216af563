package audit

import (
	"cmp"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/ledger"
	"linqbot/ledger/audit"
	"linqbot/linq/handle"
)

// entry is a row as it is printed. The names of its fields are a promise to whoever reads them by
// machine.
type entry struct {
	At       string   `json:"at"`
	Kind     string   `json:"kind"`
	State    string   `json:"state"`
	User     string   `json:"user"`
	Source   string   `json:"source"`
	Rule     string   `json:"rule"`
	Team     string   `json:"team"`
	Channel  string   `json:"channel"`
	Handle   string   `json:"handle"`
	Chat     string   `json:"chat"`
	ChatName string   `json:"chat_name"`
	EndedAt  string   `json:"ended_at"`
	Reason   string   `json:"reason"`
	TraceIDs []string `json:"trace_ids"`
	Reply    string   `json:"reply"` // by which way the outcome went
	ReplyAt  string   `json:"reply_at"`
	Request  string   `json:"request"`
	Undoes   string   `json:"undoes"`
	Searched string   `json:"searched"` // the words of a reading
	Batch    string   `json:"batch"`
	LeftOut  int64    `json:"left_out"` // denials or readings like this one that have no row
}

func newEntry(row audit.Row, full bool) entry {
	person, name := "", handle.MaskText(row.ChatName)
	if text := row.Handle.Value(); text != "" {
		person = handle.New(text).String()
		if full {
			person, name = text, row.ChatName
		}
	}
	printed := entry{
		At: instant(row.AcceptedAt), Kind: string(row.Kind), State: string(row.State), User: row.UserID,
		Source: string(row.Source), Rule: row.Rule, Team: row.TeamID, Channel: row.ChannelID, Handle: person,
		Chat: row.ChatID, ChatName: name, EndedAt: instant(row.EndedAt), Reason: row.Reason, TraceIDs: row.TraceIDs,
		Reply: string(row.Thread.Route), Request: row.ID, Undoes: row.Undoes, Batch: row.BatchID,
		Searched: row.Searched, LeftOut: row.LeftOut,
	}
	if row.Thread.TS != "" {
		printed.ReplyAt = row.Thread.ChannelID + "/" + row.Thread.TS
	}
	return printed
}

func instant(at time.Time) string {
	if at.IsZero() {
		return ""
	}
	return at.UTC().Format("2006-01-02T15:04:05.000Z")
}

type printer func(out io.Writer, rows iter.Seq2[entry, error]) error

func printers() map[string]printer {
	return map[string]printer{"table": printTable, "csv": printCSV, "jsonl": printJSONLines}
}

func printTable(out io.Writer, rows iter.Seq2[entry, error]) error {
	const gap = 2
	table := tabwriter.NewWriter(out, 0, 0, gap, ' ', 0)
	fmt.Fprintln(table, "TIME\tREQUEST\tSTATE\tBY\tRULE\tCHANNEL\tHANDLE\tCHAT NAME\tCHAT\tWHY\tREPLY\tTRACE IDS\tSEARCHED\tLEFT OUT")
	for row, err := range rows {
		if err != nil {
			return err
		}
		row := cells(
			strings.TrimSuffix(row.At, "Z"), ledger.Request{ID: row.Request}.ShortID(), stateOf(row), row.User, row.Rule, row.Channel,
			row.Handle, row.ChatName, row.Chat, row.Reason, row.Reply, strings.Join(row.TraceIDs, " "),
			row.Searched, strconv.FormatInt(row.LeftOut, 10),
		)
		for i, cell := range row {
			row[i] = cmp.Or(cell, "-")
		}
		fmt.Fprintln(table, strings.Join(row, "\t"))
	}
	return table.Flush()
}

// stateOf tells an addition from a removal where its state does not.
func stateOf(row entry) string {
	switch {
	case row.Kind != string(ledger.Add):
	case row.Undoes != "":
		return row.State + " (add back)"
	default:
		return row.State + " (add)"
	}
	return row.State
}

func printCSV(out io.Writer, rows iter.Seq2[entry, error]) error {
	w := csv.NewWriter(out)
	if err := w.Write([]string{
		"at", "kind", "state", "user", "source", "rule", "team", "channel", "handle", "chat", "chat_name",
		"ended_at", "reason", "trace_ids", "reply", "reply_at", "request", "undoes",
		"searched", "left_out", "batch",
	}); err != nil {
		return err
	}
	for r, err := range rows {
		if err != nil {
			return err
		}
		if err := w.Write(csvCells(
			r.At, r.Kind, r.State, r.User, r.Source, r.Rule, r.Team, r.Channel, r.Handle, r.Chat, r.ChatName,
			r.EndedAt, r.Reason, strings.Join(r.TraceIDs, " "), r.Reply, r.ReplyAt, r.Request, r.Undoes,
			r.Searched, strconv.FormatInt(r.LeftOut, 10), r.Batch,
		)); err != nil {
			return err
		}
	}
	w.Flush()
	return w.Error()
}

// printJSONLines leaves the values as they are. What a terminal would act on is escaped.
func printJSONLines(out io.Writer, rows iter.Seq2[entry, error]) error {
	encoder := json.NewEncoder(terminal.NewWriter(out))
	encoder.SetEscapeHTML(false)
	for row, err := range rows {
		if err != nil {
			return err
		}
		if row.TraceIDs == nil {
			row.TraceIDs = []string{}
		}
		if err := encoder.Encode(row); err != nil {
			return err
		}
	}
	return nil
}
