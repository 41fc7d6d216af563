//go:build unix

package soak_test

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"
)

// report is a column of the table.
type report struct {
	name  string
	cells map[string]string
}

// promises are the rows that are judged. What is counted for them is "checked: " and the name.
func promises() []string {
	return []string{"1 ended", "2 one effect", "3 true", "4 once", "4 signed only", "5 private", "6 explained", "no crash"}
}

const mostShown = 12 // broken promises of a kind that are shown in full

// report checks everything, fails the test for each broken promise, and makes the column.
func (s *soak) report(name string) report {
	s.check()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts["checked: 4 signed only"] = s.counts["unsigned requests"]
	s.counts["checked: no crash"] = s.counts["drains"]
	s.counts["checked: 5 private"] += s.counts["log lines"]
	r := report{name: name, cells: make(map[string]string)}
	for _, promise := range promises() {
		checked, broken := s.counts["checked: "+promise], s.broken[promise]
		delete(s.counts, "checked: "+promise)
		r.cells[promise] = fmt.Sprintf("%d checked, %d broken", checked, len(broken))
		if checked == 0 {
			s.t.Errorf("%s: nothing was there to be checked", promise)
		}
		if len(broken) > 0 {
			s.t.Errorf("%s: %d broken:\n%s", promise, len(broken), strings.Join(broken[:min(mostShown, len(broken))], "\n"))
		}
	}
	s.enoughHappened()
	for what, n := range s.counts {
		r.cells[what] = strconv.Itoa(n)
	}
	for what, took := range s.took {
		slices.Sort(took)
		r.cells["time: "+what] = fmt.Sprintf("p50 %s, p99 %s, max %s", short(took[len(took)/2]), short(took[len(took)*99/100]), short(took[len(took)-1]))
	}
	return r
}

// enoughHappened keeps a soak from passing in which nothing went wrong.
func (s *soak) enoughHappened() {
	must := []string{"kill -9 with a DELETE under way", "faults of Linq", "faults of Slack", "acks: recorded", "drains"}
	if len(s.replicas) > 1 {
		must = append(must, "trouble: PostgreSQL restarted, immediate")
	}
	for _, what := range must {
		if s.counts[what] == 0 {
			s.t.Errorf("in this soak there were none: %s", what)
		}
	}
}

func short(d time.Duration) string {
	if d < time.Second {
		return d.Round(time.Millisecond).String()
	}
	return d.Round(100 * time.Millisecond).String()
}

func renderTable(title string, reports []report) string {
	rows := make(map[string]bool)
	for _, r := range reports {
		for row := range r.cells {
			rows[row] = true
		}
	}
	var b bytes.Buffer
	w := tabwriter.NewWriter(&b, 0, 0, 3, ' ', 0)
	line := func(row string, cell func(report) string) {
		fmt.Fprint(w, row)
		for _, r := range reports {
			fmt.Fprint(w, "\t", cell(r))
		}
		fmt.Fprintln(w)
	}
	line(title, func(r report) string { return r.name })
	for _, promise := range promises() {
		delete(rows, promise)
		line(promise, func(r report) string { return r.cells[promise] })
	}
	for _, row := range slices.Sorted(maps.Keys(rows)) {
		line(row, func(r report) string { return r.cells[row] })
	}
	_ = w.Flush() // a buffer takes all
	return b.String()
}
