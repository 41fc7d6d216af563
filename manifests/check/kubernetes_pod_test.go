package check_test

import (
	"os"
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"linqbot/manifests/check"
)

// TestKubernetesPromises holds each kustomization against what is said of it, and against the program.
func TestKubernetesPromises(t *testing.T) {
	for name, c := range kustomizations(t) {
		t.Run(name, func(t *testing.T) {
			assert.Equal(t, len(c.Deployment.Spec.Template.Spec.Containers), 1)
			assert.Equal(t, len(c.Deployment.Spec.Template.Spec.InitContainers), 0)
			t.Run("rights", func(t *testing.T) { checkRights(t, c) })
			t.Run("ports and probes", func(t *testing.T) { checkPorts(t, c) })
			t.Run("files", func(t *testing.T) { checkFiles(t, c) })
			t.Run("resources", func(t *testing.T) { checkResources(t, c) })
			t.Run("labels", func(t *testing.T) { checkLabels(t, c) })
			t.Run("end", func(t *testing.T) { checkEnd(t, c) })
			if c.Ingress != nil {
				t.Run("ingress", func(t *testing.T) { checkIngress(t, c) })
				t.Run("bounds at the ingress", func(t *testing.T) { checkIngressBounds(t, c) })
			}
		})
	}
}

func checkRights(t *testing.T, c check.Cluster) {
	t.Helper()
	pod := c.Deployment.Spec.Template.Spec
	assert.DeepEqual(t, pod.SecurityContext.RunAsNonRoot, new(true))
	assert.DeepEqual(t, pod.SecurityContext.SeccompProfile, &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault})
	user, group, _ := strings.Cut(dockerfile(t, "USER"), ":")
	assert.Equal(t, number(pod.SecurityContext.RunAsUser), user)
	assert.Equal(t, number(pod.SecurityContext.RunAsGroup), group)
	assert.DeepEqual(t, pod.SecurityContext.FSGroup, pod.SecurityContext.RunAsGroup)

	assert.DeepEqual(t, pod.AutomountServiceAccountToken, new(false))
	assert.DeepEqual(t, c.Account.AutomountServiceAccountToken, new(false))
	assert.Equal(t, pod.ServiceAccountName, c.Account.Name)
	assert.Assert(t, !pod.HostNetwork && !pod.HostPID && !pod.HostIPC)

	own := pod.Containers[0].SecurityContext
	assert.DeepEqual(t, own.AllowPrivilegeEscalation, new(false))
	assert.DeepEqual(t, own.ReadOnlyRootFilesystem, new(true))
	assert.DeepEqual(t, own.Capabilities, &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}})
	assert.Assert(t, own.Privileged == nil && own.RunAsUser == nil && own.RunAsNonRoot == nil, "the pod's hold")
	assert.Equal(t, c.Namespace.Labels["pod-security.kubernetes.io/enforce"], "restricted")
}

// migrateSeconds is how long linqbot takes at most to bring the schema up to date before it listens.
const migrateSeconds = 300

func checkPorts(t *testing.T, c check.Cluster) {
	t.Helper()
	container, env := c.Deployment.Spec.Template.Spec.Containers[0], c.Environment()
	ports := map[string]string{}
	for _, port := range container.Ports {
		ports[port.Name] = strconv.Itoa(int(port.ContainerPort))
	}
	assert.DeepEqual(t, ports, map[string]string{"http": dockerfile(t, "EXPOSE"), "metrics": "9090"})
	assert.Equal(t, env["LISTEN_ADDR"], ":"+ports["http"])
	assert.Equal(t, env["ADMIN_ADDR"], ":"+ports["metrics"])
	assert.Equal(t, c.Deployment.Spec.Template.Annotations["prometheus.io/port"], ports["metrics"])

	for _, probe := range []*corev1.Probe{container.StartupProbe, container.LivenessProbe, container.ReadinessProbe} {
		assert.Equal(t, probe.HTTPGet.Port.String(), "http")
	}

	startup := container.StartupProbe
	assert.Assert(t, startup.PeriodSeconds*startup.FailureThreshold > migrateSeconds, "a migration would be ended half way, and begin anew")

	assert.Equal(t, len(c.Service.Spec.Ports), 1, "the admin port is for Prometheus alone")
	assert.Equal(t, c.Service.Spec.Ports[0].TargetPort.String(), "http")
	assert.DeepEqual(t, c.Policy.Spec.PolicyTypes, []networkingv1.PolicyType{"Ingress", "Egress"})
	for i, port := range []string{"http", "metrics"} {
		rule := c.Policy.Spec.Ingress[i]
		assert.Equal(t, rule.Ports[0].Port.String(), port)
		assert.Assert(t, len(rule.From) == 1 && len(rule.Ports) == 1)
		from := rule.From[0].NamespaceSelector
		assert.Assert(t, len(from.MatchLabels)+len(from.MatchExpressions) == 1, "an empty selector lets everybody in")
	}
	assert.Equal(t, len(c.Policy.Spec.Ingress), 2)
}

// checkFiles: what a variable names lies in the secret, and the pod finds all that it mounts.
func checkFiles(t *testing.T, c check.Cluster) {
	t.Helper()
	pod := c.Deployment.Spec.Template.Spec
	files := 0
	for name, value := range c.Environment() {
		if !strings.HasSuffix(name, "_FILE") {
			continue
		}
		files++
		volume := mountAt(c, path.Dir(value))
		assert.Assert(t, volume != nil && volume.Secret != nil, "%s: no secret at %s", name, value)
		assert.DeepEqual(t, volume.Secret.DefaultMode, new(int32(0o440)))
		assert.Assert(t, slices.Contains(secretFiles, path.Base(value)), "%s: nobody is told to make %s", name, value)
	}
	assert.Assert(t, files >= 3)
	assert.Equal(t, len(pod.Volumes), len(pod.Containers[0].VolumeMounts))
	for _, mount := range pod.Containers[0].VolumeMounts {
		assert.Assert(t, mountAt(c, mount.MountPath) != nil, mount.Name)
		assert.Equal(t, mount.ReadOnly, mount.MountPath != "/data")
	}
	for _, variable := range pod.Containers[0].Env {
		assert.Assert(t, variable.ValueFrom == nil, "%s: no secret belongs into the environment", variable.Name)
	}
	assert.Equal(t, len(pod.Containers[0].EnvFrom), 1)
	assert.Equal(t, pod.Containers[0].EnvFrom[0].ConfigMapRef.Name, c.Config.Name)
}

func checkResources(t *testing.T, c check.Cluster) {
	t.Helper()
	resources := c.Deployment.Spec.Template.Spec.Containers[0].Resources
	assert.Assert(t, !resources.Requests.Cpu().IsZero() && resources.Limits.Cpu().IsZero())
	assert.Assert(t, !resources.Requests.Memory().IsZero())
	limit := resources.Limits.Memory().Value()
	soft, found := strings.CutSuffix(c.Environment()["GOMEMLIMIT"], "MiB")
	assert.Assert(t, found)
	megabytes, err := strconv.ParseInt(soft, 10, 64)
	assert.NilError(t, err)
	assert.Assert(t, megabytes<<20 > limit/2 && megabytes<<20 < limit*9/10, "%d MiB of %d", megabytes, limit>>20)
}

// checkLabels: whatever selects pods selects these, and everything is in one namespace.
func checkLabels(t *testing.T, c check.Cluster) {
	t.Helper()
	selectors := []*metav1.LabelSelector{
		c.Deployment.Spec.Selector, &c.Policy.Spec.PodSelector, {MatchLabels: c.Service.Spec.Selector},
	}
	objects := []metav1.Object{c.Account, c.Config, c.Deployment, c.Service, c.Policy}
	if c.Budget != nil {
		selectors, objects = append(selectors, c.Budget.Spec.Selector), append(objects, c.Budget)
	}
	if c.Claim != nil {
		objects = append(objects, c.Claim)
	}
	if c.Ingress != nil {
		objects = append(objects, c.Ingress)
	}
	for _, middleware := range c.Traefik {
		objects = append(objects, middleware)
	}
	for _, constraint := range c.Deployment.Spec.Template.Spec.TopologySpreadConstraints {
		selectors = append(selectors, constraint.LabelSelector)
	}
	for _, selector := range selectors {
		parsed, err := metav1.LabelSelectorAsSelector(selector)
		assert.NilError(t, err)
		assert.Assert(t, !parsed.Empty() && parsed.Matches(labels.Set(c.Deployment.Spec.Template.Labels)), parsed)
	}
	for _, object := range objects {
		assert.Equal(t, object.GetNamespace(), c.Namespace.Name, object.GetName())
		assert.Equal(t, object.GetLabels()["app.kubernetes.io/name"], "linqbot", object.GetName())
	}
}

// checkEnd: nothing kills linqbot before it has drained.
func checkEnd(t *testing.T, c check.Cluster) {
	t.Helper()
	const drain = 10
	pod := c.Deployment.Spec.Template.Spec
	var sleep int64
	if hook := pod.Containers[0].Lifecycle; hook != nil {
		sleep = hook.PreStop.Sleep.Seconds
	}
	assert.Equal(t, sleep > 0, *c.Deployment.Spec.Replicas > 1)
	assert.Assert(t, *pod.TerminationGracePeriodSeconds >= sleep+drain+2)
}

// checkIngress: every path leads to linqbot's service. Which paths these are is recorded in rendered.json.
func checkIngress(t *testing.T, c check.Cluster) {
	t.Helper()
	assert.Equal(t, len(c.Ingress.Spec.Rules), 1)
	rule := c.Ingress.Spec.Rules[0]
	assert.DeepEqual(t, c.Ingress.Spec.TLS[0].Hosts, []string{rule.Host})
	for _, p := range rule.HTTP.Paths {
		assert.Equal(t, p.Backend.Service.Name, c.Service.Name)
		assert.Equal(t, p.Backend.Service.Port.Name, c.Service.Spec.Ports[0].Name)
	}
}

func number(n *int64) string {
	if n == nil {
		return "nothing"
	}
	return strconv.FormatInt(*n, 10)
}

// secretFiles are the names that people are told to give their secrets.
var secretFiles = []string{
	"slack_signing_secret", "slack_bot_token", "linq_api_key", "linq_webhook_secret", "database_url",
}

// dockerfile returns what stands behind the last such instruction.
func dockerfile(t *testing.T, instruction string) (value string) {
	t.Helper()
	content, err := os.ReadFile("../../Dockerfile")
	assert.NilError(t, err)
	for line := range strings.Lines(string(content)) {
		if found, ok := strings.CutPrefix(line, instruction+" "); ok {
			value = strings.TrimSpace(found)
		}
	}
	assert.Assert(t, value != "", instruction)
	return value
}
