package metrics

import (
	"sync"

	"github.com/prometheus/client_golang/prometheus"
)

const namespace = "linqbot"

func (m *Metrics) counter(name, help string) prometheus.Counter {
	counter := prometheus.NewCounter(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help})
	m.registry.MustRegister(counter)
	return counter
}

func (m *Metrics) counters(name, help string, labels ...string) *prometheus.CounterVec {
	vec := prometheus.NewCounterVec(prometheus.CounterOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.registry.MustRegister(vec)
	return vec
}

func (m *Metrics) gauges(name, help string, labels ...string) *prometheus.GaugeVec {
	vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Namespace: namespace, Name: name, Help: help}, labels)
	m.registry.MustRegister(vec)
	return vec
}

func (m *Metrics) histograms(name, help string, buckets []float64, labels ...string) *prometheus.HistogramVec {
	vec := prometheus.NewHistogramVec(prometheus.HistogramOpts{Namespace: namespace, Name: name, Help: help, Buckets: buckets}, labels)
	m.registry.MustRegister(vec)
	return vec
}

// vocabulary bounds the values of a label that somebody else chooses.
type vocabulary struct {
	mu    sync.Mutex
	words map[string]bool
}

const (
	mostWords   = 100
	longestWord = 60
)

func (v *vocabulary) bounded(word string) string {
	v.mu.Lock()
	defer v.mu.Unlock()
	if v.words[word] {
		return word
	}
	if len(v.words) >= mostWords || len(word) > longestWord {
		return "other"
	}
	if v.words == nil {
		v.words = make(map[string]bool)
	}
	v.words[word] = true
	return word
}
