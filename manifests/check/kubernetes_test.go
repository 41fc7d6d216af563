package check_test

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"gotest.tools/v3/assert"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/kustomize/kyaml/filesys"

	"linqbot/manifests/check"
)

// kustomizations is each way in which people run linqbot on Kubernetes.
func kustomizations(t *testing.T) map[string]check.Cluster {
	t.Helper()
	all := map[string]check.Cluster{}
	for name, edit := range map[string]func(string) string{
		"the example":                       func(s string) string { return s },
		"the example with webhooks":         withWebhooks,
		"the example with a PodMonitor":     withPodMonitor,
		"the example on PostgreSQL":         onPostgres,
		"… on PostgreSQL and with webhooks": func(s string) string { return withWebhooks(onPostgres(s)) },
	} {
		files := inMemory(t)
		const path = "kubernetes/example/kustomization.yaml"
		content, err := files.ReadFile(path)
		assert.NilError(t, err)
		assert.NilError(t, files.WriteFile(path, []byte(edit(string(content)))))
		all[name], err = check.Render(files, "kubernetes/example")
		assert.NilError(t, err, name)
	}
	for _, folder := range []string{"kubernetes/base", "kubernetes/overlays/postgres"} {
		var err error
		all[folder], err = check.Render(filesys.MakeFsOnDisk(), filepath.Join("..", folder))
		assert.NilError(t, err, folder)
	}
	return all
}

func withWebhooks(s string) string {
	return strings.NewReplacer("# components:", "components:", "#   - ../components", "  - ../components").Replace(s)
}

func withPodMonitor(s string) string {
	return strings.Replace(s, "  # - podmonitor", "  - podmonitor", 1)
}

func onPostgres(s string) string {
	return strings.Replace(s, "  - ../base\n", "  - ../overlays/postgres\n", 1)
}

// inMemory copies the files, so that a test may change what it reads.
func inMemory(t *testing.T) filesys.FileSystem {
	t.Helper()
	files := filesys.MakeFsInMemory()
	disk := os.DirFS("..")
	assert.NilError(t, fs.WalkDir(disk, "kubernetes", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		content, err := fs.ReadFile(disk, path)
		if err != nil {
			return err
		}
		return files.WriteFile(path, content)
	}))
	return files
}

// A check that takes everything would prove nothing.
func TestKubernetesMistakesAreFound(t *testing.T) {
	for name, spoil := range map[string]struct{ path, old, new, says string }{
		"unknown field":        {"base/deployment.yaml", "replicas: 1", "replica: 1", `unknown field "spec.replica"`},
		"other capitals":       {"base/deployment.yaml", "runAsNonRoot", "runAsNonroot", "unknown field"},
		"text for a number":    {"base/deployment.yaml", "replicas: 1", "replicas: one", "int32"},
		"unknown in a patch":   {"overlays/postgres/deployment.yaml", "maxSurge", "maxSurges", "unknown field"},
		"unknown setting":      {"overlays/postgres/kustomization.yaml", "patches:", "patchs:", "patchs"},
		"a quantity":           {"base/persistentvolumeclaim.yaml", "1Gi", "1GB", "quantities"},
		"a kind without test":  {"base/service.yaml", "kind: Service", "kind: Pod", "not known here"},
		"a file that is gone":  {"base/kustomization.yaml", "service.yaml", "services.yaml", "services.yaml"},
		"a patch for nothing":  {"overlays/postgres/deployment.yaml", "name: linqbot\n  namespace", "name: linqbots\n  namespace", "no matches"},
		"a key that is double": {"base/service.yaml", "  selector:", "  selector: {}\n  selector:", "already"},
	} {
		t.Run(name, func(t *testing.T) {
			files := inMemory(t)
			path := "kubernetes/" + spoil.path
			content, err := files.ReadFile(path)
			assert.NilError(t, err)
			assert.Assert(t, strings.Contains(string(content), spoil.old), "%q is not in %s", spoil.old, path)
			assert.NilError(t, files.WriteFile(path, []byte(strings.Replace(string(content), spoil.old, spoil.new, 1))))
			_, base := check.Render(files, "kubernetes/base")
			_, overlay := check.Render(files, "kubernetes/overlays/postgres")
			assert.ErrorContains(t, errors.Join(base, overlay), spoil.says)
		})
	}
}

func TestKubernetesStores(t *testing.T) {
	all := kustomizations(t)

	t.Run("SQLite", func(t *testing.T) {
		c := all["kubernetes/base"]
		assert.Equal(t, *c.Deployment.Spec.Replicas, int32(1))
		assert.Equal(t, c.Deployment.Spec.Strategy.Type, appsv1.RecreateDeploymentStrategyType)
		assert.DeepEqual(t, c.Claim.Spec.AccessModes, []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOncePod})
		assert.Assert(t, strings.HasPrefix(c.Environment()["DATABASE_URL"], "sqlite:///data/"))
		assert.Equal(t, mountAt(c, "/data").PersistentVolumeClaim.ClaimName, c.Claim.Name)
		assert.Assert(t, c.Budget == nil, "would keep the node from being drained")
		assert.Assert(t, !egressTo(c, 5432))
	})
	t.Run("PostgreSQL", func(t *testing.T) {
		c := all["kubernetes/overlays/postgres"]
		assert.Equal(t, *c.Deployment.Spec.Replicas, int32(2))
		assert.Equal(t, c.Deployment.Spec.Strategy.Type, appsv1.RollingUpdateDeploymentStrategyType)
		assert.Equal(t, c.Deployment.Spec.Strategy.RollingUpdate.MaxUnavailable.IntValue(), 0)
		assert.Equal(t, c.Deployment.Spec.Template.Spec.TopologySpreadConstraints[0].TopologyKey, corev1.LabelHostname)
		assert.Assert(t, c.Budget != nil)
		assert.Equal(t, c.Budget.Spec.MaxUnavailable.IntValue(), 1)
		assert.Assert(t, c.Claim == nil)
		assert.Assert(t, mountAt(c, "/data") == nil)
		assert.Assert(t, egressTo(c, 5432))
	})
	for name, c := range all {
		_, webhooks := c.Environment()["LINQ_WEBHOOK_SECRET_FILE"]
		assert.Equal(t, webhooks, strings.Contains(name, "with webhooks"), name)
		assert.Equal(t, c.Ingress != nil, !strings.HasPrefix(name, "kubernetes/"), name)
	}
}

// mountAt returns what is mounted exactly there, or nil.
func mountAt(c check.Cluster, path string) *corev1.Volume {
	pod := c.Deployment.Spec.Template.Spec
	for _, mount := range pod.Containers[0].VolumeMounts {
		for _, volume := range pod.Volumes {
			if mount.MountPath == path && mount.Name == volume.Name {
				return &volume
			}
		}
	}
	return nil
}

func egressTo(c check.Cluster, port int) bool {
	for _, rule := range c.Policy.Spec.Egress {
		for _, allowed := range rule.Ports {
			if allowed.Port.IntValue() == port {
				return true
			}
		}
	}
	return false
}
