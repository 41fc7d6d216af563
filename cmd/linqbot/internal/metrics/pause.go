package metrics

import "github.com/prometheus/client_golang/prometheus"

// WatchPause reads at each scrape whether all removals are paused.
func (m *Metrics) WatchPause(read func() (bool, error)) {
	m.registry.MustRegister(pauseCollector{
		read:   read,
		paused: prometheus.NewDesc(prometheus.BuildFQName(namespace, "", "removals_paused"), "1 while somebody has paused all removals; else 0.", nil, nil),
	})
}

type pauseCollector struct {
	read   func() (bool, error)
	paused *prometheus.Desc
}

func (c pauseCollector) Describe(descriptions chan<- *prometheus.Desc) { descriptions <- c.paused }

// Collect leaves the gauge out while the ledger does not answer.
func (c pauseCollector) Collect(collected chan<- prometheus.Metric) {
	paused, err := c.read()
	if err != nil {
		collected <- prometheus.NewInvalidMetric(c.paused, err)
		return
	}
	value := 0.0
	if paused {
		value = 1
	}
	collected <- prometheus.MustNewConstMetric(c.paused, prometheus.GaugeValue, value)
}
