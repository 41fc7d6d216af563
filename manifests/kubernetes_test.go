package manifests_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"gotest.tools/v3/assert"

	"linqbot/bot"
)

// rendered is one way to run linqbot. The file is written by the tests in check, which read the manifests as
// Compose and Kubernetes do.
type rendered struct {
	Probes  map[string]string `json:"probes"`
	Ingress []struct {
		Path string `json:"path"`
		Type string `json:"type"`
	} `json:"ingress"`
}

func TestKubernetesPathsAreRoutes(t *testing.T) {
	content, err := os.ReadFile("testdata/rendered.json")
	assert.NilError(t, err)
	var all map[string]rendered
	assert.NilError(t, json.Unmarshal(content, &all))
	probed, routed := 0, 0
	for name, way := range all {
		t.Run(name, func(t *testing.T) {
			if way.Probes != nil {
				probed++
				assert.DeepEqual(t, way.Probes, map[string]string{
					"startup": bot.HealthPath, "liveness": bot.HealthPath, "readiness": bot.ReadyPath,
				})
			}
			if way.Ingress != nil {
				routed++
				checkRoutes(t, func(to string) bool {
					for _, p := range way.Ingress {
						if to == p.Path || p.Type == "Prefix" && strings.HasPrefix(to, p.Path+"/") {
							return true
						}
					}
					return false
				})
			}
		})
	}
	assert.Assert(t, probed > routed && routed > 0)
}

// checkRoutes asks a proxy which paths it passes on: the routes for Slack and Linq, and no other.
func checkRoutes(t *testing.T, leads func(path string) bool) {
	t.Helper()
	for _, route := range []string{bot.CommandsPath, bot.InteractionsPath, bot.EventsPath, bot.LinqWebhooksPath} {
		assert.Assert(t, leads(route), route)
	}
	for _, route := range []string{"/", bot.HealthPath, bot.ReadyPath, "/metrics", "/debug/pprof/", bot.LinqWebhooksPath + "/x"} {
		assert.Assert(t, !leads(route), route)
	}
}
