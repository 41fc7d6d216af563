package metrics

import (
	"bytes"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"gopkg.in/yaml.v3"
	"gotest.tools/v3/assert"
)

// ruleFile is a Prometheus rule file.
// Source: https://prometheus.io/docs/prometheus/latest/configuration/alerting_rules/
type ruleFile struct {
	Groups []struct {
		Name  string      `yaml:"name"`
		Rules []alertRule `yaml:"rules"`
	} `yaml:"groups"`
}

type alertRule struct {
	Alert       string            `yaml:"alert"`
	Expr        string            `yaml:"expr"`
	For         string            `yaml:"for"`
	Labels      map[string]string `yaml:"labels"`
	Annotations map[string]string `yaml:"annotations"`
}

func alertRules(t *testing.T) []alertRule {
	t.Helper()
	text, err := os.ReadFile("../../../../manifests/prometheus-rules.yaml")
	assert.NilError(t, err)
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	var file ruleFile
	assert.NilError(t, decoder.Decode(&file))
	var rules []alertRule
	for _, group := range file.Groups {
		assert.Assert(t, group.Name != "")
		rules = append(rules, group.Rules...)
	}
	return rules
}

// measured is what exists: by the name of each metric of ours, the labels that its series have.
func measured(t *testing.T, m *Metrics) map[string]map[string]bool {
	t.Helper()
	families, err := m.registry.Gather()
	assert.NilError(t, err)
	labels := make(map[string]map[string]bool)
	for _, family := range families {
		if !strings.HasPrefix(family.GetName(), namespace) {
			continue
		}
		of := make(map[string]bool)
		for _, metric := range family.GetMetric() {
			for _, label := range metric.GetLabel() {
				of[label.GetName()] = true
			}
			if metric.GetHistogram() != nil {
				of["le"] = true
			}
		}
		labels[family.GetName()] = of
	}
	return labels
}

func ourNames(t *testing.T, m *Metrics) []string {
	t.Helper()
	var names []string
	for name := range measured(t, m) {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

var (
	selector   = regexp.MustCompile(`\b(linqbot_[a-z_]+)(?:\{([^}]*)\})?`)
	matcher    = regexp.MustCompile(`([a-z_]+)\s*(?:=~|!~|!=|=)\s*"`)
	grouping   = regexp.MustCompile(`\b(?:by|without)\s*\(([^)]*)\)`)
	annotation = regexp.MustCompile(`\$labels\.([a-z_]+)`)
	suffix     = regexp.MustCompile(`_(bucket|sum|count)$`)
)

// Labels that the scrape adds to every series.
func scraped(label string) bool {
	return slices.Contains([]string{"job", "instance", "namespace"}, label)
}

func TestAlertsAskAboutWhatIsMeasured(t *testing.T) {
	t.Parallel()
	exists := measured(t, exercised())
	wanted := []string{"LinqbotAcksSlow", "LinqbotBacklogOld", "LinqbotLinqRefusesKey", "LinqbotRepliesUndelivered"}
	var found []string
	for _, rule := range alertRules(t) {
		found = append(found, rule.Alert)
		named := make(map[string]bool) // labels of the metrics that it asks about
		selectors := selector.FindAllStringSubmatch(rule.Expr, -1)
		assert.Check(t, len(selectors) > 0, "%s asks about nothing of ours", rule.Alert)
		for _, s := range selectors {
			labels, ok := exists[s[1]]
			if base := suffix.ReplaceAllString(s[1], ""); !ok && exists[base]["le"] {
				labels, ok = exists[base], true
			}
			assert.Check(t, ok, "%s asks about %s, which is not measured", rule.Alert, s[1])
			for _, m := range matcher.FindAllStringSubmatch(s[2], -1) {
				assert.Check(t, labels[m[1]], "%s asks %s about %s", rule.Alert, s[1], m[1])
			}
			for label := range labels {
				named[label] = true
			}
		}
		for _, g := range grouping.FindAllStringSubmatch(rule.Expr, -1) {
			for label := range strings.SplitSeq(g[1], ",") {
				label = strings.TrimSpace(label)
				assert.Check(t, named[label] || scraped(label), "%s groups by %s", rule.Alert, label)
			}
		}
		for _, l := range annotation.FindAllStringSubmatch(rule.Annotations["summary"]+rule.Annotations["description"], -1) {
			assert.Check(t, named[l[1]] || scraped(l[1]), "%s tells of the label %s", rule.Alert, l[1])
		}
		for _, name := range selector.FindAllStringSubmatch(rule.Annotations["description"], -1) {
			_, ok := exists[name[1]]
			assert.Check(t, ok, "%s sends people to %s", rule.Alert, name[1])
		}
		assert.Check(t, rule.Annotations["summary"] != "" && rule.Annotations["description"] != "", rule.Alert)
		assert.Check(t, slices.Contains([]string{"warning", "critical"}, rule.Labels["severity"]), rule.Alert)
		if rule.For != "" {
			_, err := time.ParseDuration(rule.For)
			assert.Check(t, err, rule.Alert)
		}
	}
	slices.Sort(found)
	assert.DeepEqual(t, found, wanted)
}

// The bounds that the alert and Slack have: an ack just above one is not counted below it.
func TestAcksHaveTheBoundsThatMatter(t *testing.T) {
	t.Parallel()
	m := newMetrics()
	m.Acked(route, 2*time.Second+time.Millisecond)
	m.Acked(route, 3*time.Second+time.Millisecond)
	wantLines(t, m,
		`linqbot_ack_seconds_bucket{route="/slack/commands",le="2"} 0`,
		`linqbot_ack_seconds_bucket{route="/slack/commands",le="3"} 1`,
		`linqbot_ack_seconds_bucket{route="/slack/commands",le="5"} 2`,
	)
	for _, rule := range alertRules(t) {
		if rule.Alert == "LinqbotAcksSlow" {
			assert.Assert(t, strings.Contains(rule.Expr, `le=~"2(\\.0)?"`), rule.Expr)
		}
	}
}
