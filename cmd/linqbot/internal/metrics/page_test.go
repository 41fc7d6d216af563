package metrics

import (
	"strings"
	"testing"

	"github.com/prometheus/client_golang/prometheus"
	"gotest.tools/v3/assert"

	"linqbot/docs/docstest"
)

// The page has a row for each metric as it is registered: `make docs` writes them again.
func TestTheGeneratedTable(t *testing.T) {
	t.Parallel()
	m := exercised()
	families, err := m.registry.Gather()
	assert.NilError(t, err)
	rows := [][]string{{"metric", "type", "labels", "what it is"}}
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), namespace) {
			continue
		}
		var labels []string
		for _, label := range family.GetMetric()[0].GetLabel() {
			labels = append(labels, "`"+label.GetName()+"`")
		}
		rows = append(rows, []string{
			"`" + family.GetName() + "`", strings.ToLower(family.GetType().String()), strings.Join(labels, ", "),
			strings.TrimSuffix(family.GetHelp(), "."),
		})
	}
	assert.Equal(t, len(rows)-1, registered(m.registry), "exercised leaves a metric out")
	docstest.Table(t, "../../../../docs/metrics.md", "metrics", rows)
}

// registered counts our metrics, also those that have no series yet.
func registered(registry *prometheus.Registry) int {
	descriptions := make(chan *prometheus.Desc)
	go func() {
		registry.Describe(descriptions)
		close(descriptions)
	}()
	ours := 0
	for description := range descriptions {
		if strings.Contains(description.String(), `fqName: "`+namespace+`_`) {
			ours++
		}
	}
	return ours
}
