package check_test

import (
	"encoding/json"
	"testing"

	"gotest.tools/v3/assert"
	"gotest.tools/v3/golden"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"linqbot/manifests/check"
)

// rendered is what linqbot's own tests need of one way to run it.
type rendered struct {
	Environment map[string]string `json:"environment"`
	Probes      map[string]string `json:"probes,omitempty"`
	Ingress     []route           `json:"ingress,omitempty"`
}

// route is a path that an Ingress passes on.
type route struct {
	Path string                `json:"path"`
	Type networkingv1.PathType `json:"type"`
}

// With -update this renews the file that linqbot's own tests read. See the package's comment.
func TestWhatIsRenderedIsRecorded(t *testing.T) {
	all := map[string]rendered{}
	for name, files := range composeWays() {
		all[name] = rendered{Environment: check.Environment(compose(t, files...).Services["linqbot"])}
	}
	for name, c := range kustomizations(t) {
		all[name] = rendered{Environment: c.Environment(), Probes: probes(c), Ingress: routes(c)}
	}
	text, err := json.MarshalIndent(all, "", "  ")
	assert.NilError(t, err)
	golden.Assert(t, string(text)+"\n", "../../testdata/rendered.json")
}

func probes(c check.Cluster) map[string]string {
	container := c.Deployment.Spec.Template.Spec.Containers[0]
	paths := map[string]string{}
	for name, probe := range map[string]*corev1.Probe{
		"startup": container.StartupProbe, "liveness": container.LivenessProbe, "readiness": container.ReadinessProbe,
	} {
		paths[name] = probe.HTTPGet.Path
	}
	return paths
}

func routes(c check.Cluster) []route {
	if c.Ingress == nil {
		return nil
	}
	var found []route
	for _, rule := range c.Ingress.Spec.Rules {
		for _, p := range rule.HTTP.Paths {
			found = append(found, route{p.Path, *p.PathType})
		}
	}
	return found
}
