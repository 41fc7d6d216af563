package check_test

import (
	"testing"
	"time"

	"gotest.tools/v3/assert"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"
)

// The operator takes what matches nothing without a word.
func TestThePodMonitorFindsThePods(t *testing.T) {
	all := kustomizations(t)
	assert.Assert(t, all["the example"].Monitor == nil, "a cluster without the operator refuses it")
	c := all["the example with a PodMonitor"]
	assert.Assert(t, c.Monitor != nil)
	assert.Equal(t, c.Monitor.Namespace, c.Deployment.Namespace)
	pod := c.Deployment.Spec.Template
	selector, err := metav1.LabelSelectorAsSelector(&c.Monitor.Spec.Selector)
	assert.NilError(t, err)
	assert.Assert(t, !selector.Empty() && selector.Matches(labels.Set(pod.Labels)))
	assert.Equal(t, len(c.Monitor.Spec.PodMetricsEndpoints), 1)
	endpoint := c.Monitor.Spec.PodMetricsEndpoints[0]
	assert.Equal(t, endpoint.Path, pod.Annotations["prometheus.io/path"])
	_, err = time.ParseDuration(endpoint.Interval)
	assert.NilError(t, err)
	for _, port := range pod.Spec.Containers[0].Ports {
		if port.Name == endpoint.Port {
			assert.Equal(t, c.Environment()["ADMIN_ADDR"], ":9090")
			assert.Equal(t, port.ContainerPort, int32(9090))
			return
		}
	}
	t.Errorf("the pod has no port %s", endpoint.Port)
}
