package check_test

import (
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/compose-spec/compose-go/v2/types"
	"gotest.tools/v3/assert"

	"linqbot/manifests/check"
)

// dotenv is the least that people write into .env.
func dotenv() map[string]string {
	return map[string]string{"LINQBOT_HOST": "linqbot.example.com", "ALLOWED_USERS": "U0123ABCD"}
}

func compose(t *testing.T, files ...string) *types.Project {
	t.Helper()
	paths := make([]string, len(files))
	for i, file := range files {
		paths[i] = filepath.Join("..", file)
	}
	project, err := check.Compose(t.Context(), dotenv(), paths...)
	assert.NilError(t, err)
	return project
}

// composeWays is each way in which people run linqbot with Compose.
func composeWays() map[string][]string {
	return map[string][]string{
		"compose":               {"compose.yaml"},
		"compose with webhooks": {"compose.yaml", "compose.webhooks.yaml"},
	}
}

func TestCompose(t *testing.T) {
	for name, files := range composeWays() {
		t.Run(name, func(t *testing.T) {
			project := compose(t, files...)
			assert.DeepEqual(t, project.ServiceNames(), []string{"caddy", "linqbot", "postgres"})
			for _, service := range project.Services {
				t.Run(service.Name, func(t *testing.T) { checkService(t, project, service) })
			}
			linqbot := project.Services["linqbot"]
			_, webhooks := check.Environment(linqbot)["LINQ_WEBHOOK_SECRET_FILE"]
			assert.Equal(t, webhooks, len(files) > 1)
			assert.Assert(t, time.Duration(*linqbot.StopGracePeriod) >= 15*time.Second)
			assert.DeepEqual(t, []string(linqbot.HealthCheck.Test), []string{"CMD", "/linqbot", "healthcheck"})
			assert.Assert(t, time.Duration(*linqbot.HealthCheck.StartPeriod) > migrateSeconds*time.Second)
			assert.Equal(t, linqbot.DependsOn["postgres"].Condition, types.ServiceConditionHealthy)
			assert.Equal(t, project.Services["caddy"].DependsOn["linqbot"].Condition, types.ServiceConditionHealthy)
		})
	}
}

func checkService(t *testing.T, project *types.Project, service types.ServiceConfig) {
	t.Helper()
	public := service.Name == "caddy"
	var rights []string
	if public {
		rights = []string{"NET_BIND_SERVICE"}
	}
	assert.Assert(t, service.ReadOnly && !service.Privileged)
	assert.DeepEqual(t, service.CapDrop, []string{"ALL"})
	assert.DeepEqual(t, service.CapAdd, rights)
	assert.DeepEqual(t, service.SecurityOpt, []string{"no-new-privileges:true"})
	assert.Assert(t, service.HealthCheck != nil && len(service.HealthCheck.Test) > 0)
	assert.Equal(t, service.Restart, "unless-stopped")
	assert.Equal(t, len(service.Ports) > 0, public, "only the proxy is reached from outside")
	assert.Equal(t, service.Ulimits["nofile"] != nil, public, "the proxy's connections have no bound but this one")
	assert.Assert(t, service.Build != nil || regexp.MustCompile(`:\d+\.\d+`).MatchString(service.Image), service.Image)

	_, edge := service.Networks["edge"]
	_, database := service.Networks["database"]
	assert.Equal(t, edge, service.Name != "postgres")
	assert.Equal(t, database, service.Name != "caddy")
	assert.Assert(t, project.Networks["database"].Internal)

	for _, secret := range service.Secrets {
		file := project.Secrets[secret.Source].File
		assert.Equal(t, filepath.Base(filepath.Dir(file)), "secrets", file)
		assert.Equal(t, filepath.Base(file), secret.Source)
	}
	for name, value := range check.Environment(service) {
		if !strings.HasSuffix(name, "_FILE") {
			continue
		}
		assert.Equal(t, path.Dir(value), "/run/secrets", name)
		assert.Assert(t, slices.ContainsFunc(service.Secrets, func(secret types.ServiceSecretConfig) bool {
			return secret.Source == path.Base(value) && secret.Target == value
		}), "%s: %s is not mounted", name, value)
	}
}

// A person who follows the first lines of the file makes every secret that it mounts.
func TestComposeExplainsEachSecret(t *testing.T) {
	for name := range compose(t, "compose.yaml", "compose.webhooks.yaml").Secrets {
		explained := regexp.MustCompile(`(?m)^#.*>secrets/` + name + `\b`)
		assert.Assert(t, slices.ContainsFunc([]string{"compose.yaml", "compose.webhooks.yaml"}, func(file string) bool {
			content, err := os.ReadFile(filepath.Join("..", file))
			assert.NilError(t, err)
			return explained.Match(content)
		}), name)
	}
	for _, ignored := range []string{"../../.gitignore", "../../.dockerignore"} {
		content, err := os.ReadFile(ignored)
		assert.NilError(t, err)
		assert.Assert(t, strings.Contains(string(content), "secrets"), ignored)
	}
}

func TestComposeMistakesAreFound(t *testing.T) {
	for name, spoil := range map[string]struct{ old, new, says string }{
		"unknown key":       {"stop_grace_period", "stop_grace", "stop_grace"},
		"text for a truth":  {"read_only: true", "read_only: maybe", "read_only"},
		"a secret too many": {"secrets: [postgres_password]", "secrets: [password]", "password"},
		"an absent network": {"networks: [database]", "networks: [databases]", "databases"},
		"an absent service": {"postgres: {condition", "postgre: {condition", "postgre"},
	} {
		t.Run(name, func(t *testing.T) {
			content, err := os.ReadFile("../compose.yaml")
			assert.NilError(t, err)
			assert.Assert(t, strings.Contains(string(content), spoil.old))
			folder, err := os.OpenRoot(t.TempDir())
			assert.NilError(t, err)
			defer folder.Close()
			assert.NilError(t, folder.WriteFile("compose.yaml", []byte(strings.Replace(string(content), spoil.old, spoil.new, 1)), 0o600))
			_, err = check.Compose(t.Context(), dotenv(), filepath.Join(folder.Name(), "compose.yaml"))
			assert.ErrorContains(t, err, spoil.says)
		})
	}
	_, err := check.Compose(t.Context(), nil, "../compose.yaml")
	assert.ErrorContains(t, err, "LINQBOT_HOST")
}
