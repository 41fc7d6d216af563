package config_test

import (
	"encoding/json"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/config"
)

// Whatever can be set can be set with Compose, in .env or by a secret.
func TestComposePassesEverySetting(t *testing.T) {
	t.Parallel()
	passed := rendered(t, "compose with webhooks")
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
		database string
		webhooks bool
	}{
		"compose":                      {"postgres://linqbot:secret@postgres:5432/linqbot?sslmode=disable", false},
		"compose with webhooks":        {"postgres://linqbot:secret@postgres:5432/linqbot?sslmode=disable", true},
		"the example":                  {"sqlite:///data/linqbot.db", false},
		"kubernetes/overlays/postgres": {"postgres://linqbot:secret@postgres:5432/linqbot?sslmode=disable", false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			env := imageEnvironment(t)
			said := rendered(t, name)
			maps.Copy(env, said)
			for name := range said {
				if !known(name) {
					t.Errorf("%s is no setting of linqbot", name)
				}
			}
			if env["ALLOWED_USERS"] == "" {
				env["ALLOWED_USERS"] = "U0123ABCD" // left to those who build on the overlay
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

// rendered is the environment that a manifest comes to for linqbot. The tests in manifests/check, a module of
// their own, write it down, since it takes the libraries of Compose and Kubernetes to read it.
func rendered(t *testing.T, name string) map[string]string {
	t.Helper()
	content, err := os.ReadFile("../../../../manifests/testdata/rendered.json")
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]struct {
		Environment map[string]string `json:"environment"`
	}
	if err := json.Unmarshal(content, &all); err != nil {
		t.Fatal(err)
	}
	if len(all[name].Environment) == 0 {
		t.Fatalf("%q is not in rendered.json", name)
	}
	return all[name].Environment
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
