package webhook

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/linq"
)

// List prints subscriptions, without anything that is secret.
func List(out io.Writer, all []linq.Subscription) error {
	if len(all) == 0 {
		_, err := fmt.Fprintln(out, "There are no webhook subscriptions.")
		return err
	}
	const padding = 2
	table := tabwriter.NewWriter(out, 0, 0, padding, ' ', 0)
	fmt.Fprintln(table, "ID\tURL\tEVENTS\tACTIVE\tLINQBOT'S")
	for _, s := range all {
		active := "no"
		if s.Active {
			active = "yes"
		}
		fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\n", cmp.Or(s.ID.String(), "?"), terminal.Cell(s.TargetURL), terminal.Cell(strings.Join(s.Events, ",")), active, ours(s))
	}
	return table.Flush()
}
