package config_test

import (
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"sigs.k8s.io/kustomize/kyaml/filesys"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/manifests/manifeststest"
)

// Whatever can be set can be set with Compose, in .env or by a secret.
func TestComposePassesEverySetting(t *testing.T) {
	t.Parallel()
	passed := composed("compose.yaml", "compose.webhooks.yaml")(t)
	for _, v := range config.Variables() {
		switch v.Name {
		case "LISTEN_ADDR", "PORT": // the image and the proxy agree on it
		case "SLACK_API_URL", "LINQ_API_V3_BASE_URL": // Slack's and Linq's own
		default:
			_, plain := passed[v.Name]
			_, file := passed[v.Name+"_FILE"]
			if !plain && !file {
				t.Errorf("%s is not passed on", v.Name)
			}
		}
	}
}

// TestManifestsAreRightSettings starts from what the image sets, as a container does, puts what each
// manifest says on top, and reads the settings as linqbot would.
func TestManifestsAreRightSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env      func(t *testing.T) map[string]string
		database string
		webhooks bool
	}{
		"compose":               {composed("compose.yaml"), "postgres://linqbot:secret@postgres:5432/linqbot?sslmode=disable", false},
		"compose with webhooks": {composed("compose.yaml", "compose.webhooks.yaml"), "postgres://linqbot:secret@postgres:5432/linqbot?sslmode=disable", true},
		"example":               {rendered("example"), "sqlite:///data/linqbot.db", false},
		"overlay":               {rendered("overlays/postgres"), "postgres://linqbot:secret@postgres:5432/linqbot?sslmode=disable", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := imageEnvironment(t)
			said := test.env(t)
			maps.Copy(env, said)
			for name := range said {
				if !known(name) {
					t.Errorf("%s is no setting of linqbot", name)
				}
			}
			if env["ALLOWED_USERS"] == "" {
				env["ALLOWED_USERS"] = "U0123ABCD" // left to whoever builds on the overlay
			}
			folder := secretsFolder(t)
			s, err := config.Load(func(name string) string {
				if value := env[name]; strings.HasSuffix(name, "_FILE") && value != "" {
					return filepath.Join(folder, path.Base(value))
				}
				return env[name]
			})
			if err != nil {
				t.Fatal(err)
			}
			if s.DatabaseURL != test.database || (s.Webhooks != nil) != test.webhooks || s.ListenAddr != ":8080" {
				t.Errorf("%+v", s)
			}
		})
	}
}

// known tells whether linqbot, or the Go runtime in it, reads the variable.
func known(name string) bool {
	return slices.Contains([]string{"GOMEMLIMIT", "GOMAXPROCS"}, name) ||
		slices.ContainsFunc(config.Variables(), func(v config.Variable) bool { return name == v.Name || name == v.Name+"_FILE" })
}

func composed(files ...string) func(t *testing.T) map[string]string {
	return func(t *testing.T) map[string]string {
		t.Helper()
		paths := make([]string, len(files))
		for i, file := range files {
			paths[i] = filepath.Join("..", "..", "..", "..", "manifests", file)
		}
		dotenv := map[string]string{"LINQBOT_HOST": "linqbot.example.com", "ALLOWED_USERS": "U0123ABCD"}
		project, err := manifeststest.Compose(t.Context(), dotenv, paths...)
		if err != nil {
			t.Fatal(err)
		}
		return manifeststest.Environment(project.Services["linqbot"])
	}
}

func rendered(folder string) func(t *testing.T) map[string]string {
	return func(t *testing.T) map[string]string {
		t.Helper()
		cluster, err := manifeststest.Render(filesys.MakeFsOnDisk(), filepath.Join("..", "..", "..", "..", "manifests", "kubernetes", folder))
		if err != nil {
			t.Fatal(err)
		}
		return cluster.Environment()
	}
}

// imageEnvironment is what the Dockerfile sets.
func imageEnvironment(t *testing.T) map[string]string {
	t.Helper()
	content, err := os.ReadFile("../../../../Dockerfile")
	if err != nil {
		t.Fatal(err)
	}
	env := map[string]string{}
	for line := range strings.Lines(string(content)) {
		if assignment, ok := strings.CutPrefix(line, "ENV "); ok {
			name, value, _ := strings.Cut(strings.TrimSpace(assignment), "=")
			env[name] = value
		}
	}
	if env["DATABASE_URL"] == "" {
		t.Fatal("the image sets no DATABASE_URL")
	}
	return env
}

// secretsFolder holds the secrets under the names that the manifests give them.
func secretsFolder(t *testing.T) string {
	t.Helper()
	folder := t.TempDir()
	for name, value := range map[string]string{
		"slack_signing_secret": rightSecret,
		"slack_bot_token":      "xoxb-1",
		"linq_api_key":         "k",
		"linq_webhook_secret":  "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
		"database_url":         "postgres://linqbot:secret@postgres:5432/linqbot?sslmode=disable",
	} {
		if err := os.WriteFile(filepath.Join(folder, name), []byte(value+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}
