package config_test

import (
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/sirupsen/logrus"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

// rightSecret looks like a signing secret.
const rightSecret = "0123456789abcdef0123456789ABCDEF"

// enough is the least environment that is right.
func enough(and map[string]string) func(string) string {
	env := map[string]string{
		"SLACK_SIGNING_SECRET": rightSecret, "SLACK_BOT_TOKEN": "xoxb-1", "LINQ_API_V3_API_KEY": "k", "ALLOWED_USERS": "U1,W2",
	}
	maps.Copy(env, and)
	return func(name string) string { return env[name] }
}

func TestDefaults(t *testing.T) {
	t.Parallel()
	s, err := config.Load(enough(nil))
	if err != nil {
		t.Fatal(err)
	}
	if s.SlackURL != "https://slack.com/api/" || s.LinqURL != "https://api.linqapp.com/api/partner/" ||
		s.ListenAddr != ":8080" || s.DatabaseURL != "sqlite://linqbot.db" || s.Region != "US" || s.FullHandles || s.Concurrency != 8 ||
		s.LogLevel != logrus.InfoLevel || s.LogText || len(s.Policy.Users) != 2 {
		t.Errorf("%+v", s)
	}
}

func TestSettingsAreRead(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		env map[string]string
		ok  func(config.Settings) bool
	}{
		"two signing secrets": {map[string]string{"SLACK_SIGNING_SECRET": rightSecret + ", the-one-before-it,"}, func(s config.Settings) bool {
			return strings.Join(s.SigningSecrets, "|") == rightSecret+"|the-one-before-it"
		}},
		"a base URL without a slash": {map[string]string{"LINQ_API_V3_BASE_URL": "https://linq.example/api/partner"}, func(s config.Settings) bool { return s.LinqURL == "https://linq.example/api/partner" }},
		"http on loopback":           {map[string]string{"SLACK_API_URL": "http://127.0.0.1:99/api/"}, func(s config.Settings) bool { return s.SlackURL == "http://127.0.0.1:99/api/" }},
		"http on localhost":          {map[string]string{"SLACK_API_URL": "http://localhost:99/api/"}, func(s config.Settings) bool { return s.SlackURL == "http://localhost:99/api/" }},
		"a port":                     {map[string]string{"PORT": "9000"}, func(s config.Settings) bool { return s.ListenAddr == ":9000" }},
		"an address beats a port":    {map[string]string{"PORT": "9000", "LISTEN_ADDR": "127.0.0.1:1"}, func(s config.Settings) bool { return s.ListenAddr == "127.0.0.1:1" }},
		"a region in lower case":     {map[string]string{"DEFAULT_REGION": "gb"}, func(s config.Settings) bool { return s.Region == "GB" }},
		"metrics elsewhere":          {map[string]string{"ADMIN_ADDR": ":9191"}, func(s config.Settings) bool { return s.AdminAddr == ":9191" }},
		"no metrics":                 {map[string]string{"ADMIN_ADDR": "off"}, func(s config.Settings) bool { return s.AdminAddr == "" }},
		"records are kept 400 days": {nil, func(s config.Settings) bool {
			return s.Retention == 400*24*time.Hour && s.AdminAddr == "127.0.0.1:9090"
		}},
		"records are kept a week":    {map[string]string{"RETENTION": "7d"}, func(s config.Settings) bool { return s.Retention == 7*24*time.Hour }},
		"records are kept for good":  {map[string]string{"RETENTION": "off"}, func(s config.Settings) bool { return s.Retention == 0 }},
		"the fewest calls at a time": {map[string]string{"LINQ_CONCURRENCY": "1"}, func(s config.Settings) bool { return s.Concurrency == 1 }},
		"the most calls at a time":   {map[string]string{"LINQ_CONCURRENCY": "100"}, func(s config.Settings) bool { return s.Concurrency == 100 }},
		"everyone":                   {map[string]string{"ALLOWED_USERS": "*"}, func(s config.Settings) bool { return s.Policy.Everyone }},
		"everyone, and a comma":      {map[string]string{"ALLOWED_USERS": " * ,"}, func(s config.Settings) bool { return s.Policy.Everyone }},
		"a comma at the end":         {map[string]string{"ALLOWED_USERS": "U1, "}, func(s config.Settings) bool { return !s.Policy.Everyone && len(s.Policy.Users) == 1 }},
		"groups alone":               {map[string]string{"ALLOWED_USERS": "", "ALLOWED_USERGROUPS": "S1"}, func(s config.Settings) bool { return len(s.Policy.Groups) == 1 && !s.Policy.Everyone }},
		"at most 200 removals an hour": {nil, func(s config.Settings) bool {
			return s.Limits == ledger.Limits{PerHour: 200} && len(s.Protected.All()) == 0 && len(s.Admins) == 0
		}},
		"other limits": {map[string]string{"MAX_REMOVALS_PER_HOUR": "1", "MAX_REMOVALS_PER_DAY": "5000"}, func(s config.Settings) bool { return s.Limits == ledger.Limits{PerHour: 1, PerDay: 5000} }},
		"no limit":     {map[string]string{"MAX_REMOVALS_PER_HOUR": "off"}, func(s config.Settings) bool { return s.Limits == ledger.Limits{} }},
		"admins":       {map[string]string{"ADMINS": "U1, W2"}, func(s config.Settings) bool { return strings.Join(s.Admins, "|") == "U1|W2" }},
		"protected people": {map[string]string{"PROTECTED_HANDLES": "030 901820, Ceo@Example.com,\n", "DEFAULT_REGION": "DE"}, func(s config.Settings) bool {
			return len(s.Protected.All()) == 2 && s.Protected.Has(handle.New("+4930901820")) && s.Protected.Has(handle.New("ceo@example.com"))
		}},
		"whole handles":   {map[string]string{"HANDLES_IN_CHANNEL": "full"}, func(s config.Settings) bool { return s.FullHandles }},
		"logs for people": {map[string]string{"LOG_FORMAT": "text", "LOG_LEVEL": "debug"}, func(s config.Settings) bool { return s.LogText && s.LogLevel == logrus.DebugLevel }},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := config.Load(enough(test.env))
			if err != nil || !test.ok(s) {
				t.Errorf("%v %+v", err, s)
			}
		})
	}
}

func TestMistakes(t *testing.T) {
	t.Parallel()
	for name, env := range map[string]map[string]string{
		"SLACK_SIGNING_SECRET":   {"SLACK_SIGNING_SECRET": " "},
		"SLACK_SIGNING_SECRET ":  {"SLACK_SIGNING_SECRET": ","},
		"SLACK_BOT_TOKEN":        {"SLACK_BOT_TOKEN": "xoxp-secret-of-a-user"},
		"SLACK_API_URL":          {"SLACK_API_URL": "http://slack.example/api/"},
		"LINQ_API_V3_API_KEY":    {"LINQ_API_V3_API_KEY": ""},
		"LINQ_API_V3_BASE_URL":   {"LINQ_API_V3_BASE_URL": "http://linq.example/"},
		"LINQ_API_V3_BASE_URL ":  {"LINQ_API_V3_BASE_URL": "https://key@linq.example/?x=1"},
		"LISTEN_ADDR":            {"LISTEN_ADDR": "8080"},
		"LISTEN_ADDR ":           {"LISTEN_ADDR": "127.0.0.1:99999"},
		"LISTEN_ADDR  ":          {"LISTEN_ADDR": "127.0.0.1:"},
		"ADMIN_ADDR ":            {"ADMIN_ADDR": "127.0.0.1:99999"},
		"DATABASE_URL    ":       {"DATABASE_URL": "postgres://"},
		"DATABASE_URL     ":      {"DATABASE_URL": "postgresql://:@/"},
		"DATABASE_URL":           {"DATABASE_URL": "postgres://bot:100%@db/linqbot"},
		"DATABASE_URL ":          {"DATABASE_URL": "linqbot.db"},
		"DATABASE_URL  ":         {"DATABASE_URL": "sqlite://linqbot.db?mode=ro"},
		"LINQ_API_V3_API_KEY ":   {"LINQ_API_V3_API_KEY": "two words"},
		"LINQ_API_V3_BASE_URL  ": {"LINQ_API_V3_BASE_URL": "https://linq.example/v3"},
		"PORT":                   {"PORT": "abc"},
		"DEFAULT_REGION":         {"DEFAULT_REGION": "Germany"},
		"ALLOWED_USERS":          {"ALLOWED_USERS": "@bob"},
		"ALLOWED_USERS ":         {"ALLOWED_USERS": ""},
		"ALLOWED_USERS has a *":  {"ALLOWED_USERS": "U1,*"},
		"ALLOWED_CHANNELS holds nothing but spaces": {"ALLOWED_CHANNELS": " "},
		"ALLOWED_USERS holds nothing but spaces":    {"ALLOWED_USERS": "\t "},
		"ALLOWED_USERS has a * ":                    {"ALLOWED_USERS": "*,U1"},
		"ALLOWED_USERS has \"**\"":                  {"ALLOWED_USERS": "**"},
		"ALLOWED_USERS has \"U*\"":                  {"ALLOWED_USERS": "U*"},
		"ALLOWED_USERS has \"＊\"":                   {"ALLOWED_USERS": "＊"},
		"ALLOWED_USERS has \"\\\"*":                 {"ALLOWED_USERS": `"*"`},
		"ids are in capitals":                       {"ALLOWED_USERS": "u0123abcd"},
		"ALLOWED_USERS names":                       {"ALLOWED_USERS": ","},
		"ALLOWED_USERGROUPS ":                       {"ALLOWED_USERGROUPS": "*"},
		"ALLOWED_CHANNELS ":                         {"ALLOWED_CHANNELS": "*"},
		"ALLOWED_CHANNELS  ":                        {"ALLOWED_CHANNELS": "C1,*"},
		"SLACK_TEAM_IDS ":                           {"SLACK_TEAM_IDS": "*"},
		"ALLOWED_USERGROUPS":                        {"ALLOWED_USERGROUPS": "support team"},
		"ALLOWED_CHANNELS":                          {"ALLOWED_CHANNELS": "#general"},
		"SLACK_TEAM_IDS":                            {"SLACK_TEAM_IDS": "acme"},
		"HANDLES_IN_CHANNEL":                        {"HANDLES_IN_CHANNEL": "some"},
		"CONFIRM_REMOVALS":                          {"CONFIRM_REMOVALS": "perhaps"},
		"WORKFLOW_STEPS":                            {"WORKFLOW_STEPS": "false"},
		"LINQ_WEBHOOK_SECRET":                       {"LINQ_WEBHOOK_SECRET": "whsec_short"},
		"ADMIN_ADDR":                                {"ADMIN_ADDR": "9090"},
		"RETENTION":                                 {"RETENTION": "400"},
		"RETENTION ":                                {"RETENTION": "0d"},
		"RETENTION  ":                               {"RETENTION": "-1d"},
		"LINQ_CONCURRENCY":                          {"LINQ_CONCURRENCY": "0"},
		"LINQ_CONCURRENCY ":                         {"LINQ_CONCURRENCY": "101"},
		"LINQ_CONCURRENCY  ":                        {"LINQ_CONCURRENCY": "2.5"},
		"LINQ_CONCURRENCY   ":                       {"LINQ_CONCURRENCY": "-8"},
		"LOG_LEVEL":                                 {"LOG_LEVEL": "fatal"},
		"LOG_FORMAT":                                {"LOG_FORMAT": "xml"},
		"LINQ_API_V3_API_KEY_FILE":                  {"LINQ_API_V3_API_KEY": "", "LINQ_API_V3_API_KEY_FILE": "/does/not/exist"},
		"SLACK_SIGNING_SECRET_FILE":                 {"SLACK_SIGNING_SECRET_FILE": "/also/set"},
		"LINQ_WEBHOOK_SECRET_FILE":                  {"LINQ_WEBHOOK_SECRET_FILE": "whsec_secret"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := config.Load(enough(env))
			if err == nil || !strings.Contains(err.Error(), strings.TrimSpace(name)) {
				t.Fatalf("%v", err)
			}
			if lines := strings.Count(err.Error(), "\n"); lines != 1 {
				t.Errorf("one mistake in %d lines: %v", lines, err)
			}
			if strings.Contains(err.Error(), "secret-of-a-user") || strings.Contains(err.Error(), "key@") || strings.Contains(err.Error(), "whsec_secret") {
				t.Errorf("the mistake quotes a secret: %v", err)
			}
		})
	}
}

func TestAllMistakesAtOnce(t *testing.T) {
	t.Parallel()
	_, err := config.Load(func(name string) string {
		return map[string]string{"DEFAULT_REGION": "XX", "LOG_LEVEL": "loud"}[name]
	})
	if err == nil {
		t.Fatal("an empty environment is taken for right")
	}
	for _, name := range []string{"SLACK_SIGNING_SECRET", "SLACK_BOT_TOKEN", "LINQ_API_V3_API_KEY", "ALLOWED_USERS", "DEFAULT_REGION", "LOG_LEVEL"} {
		if !strings.Contains(err.Error(), name) {
			t.Errorf("%s is not named in:\n%v", name, err)
		}
	}
}

func TestSecretsFromFiles(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("from-a-file\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, err := config.Load(enough(map[string]string{"LINQ_API_V3_API_KEY": "", "LINQ_API_V3_API_KEY_FILE": path}))
	if err != nil || s.LinqKey != "from-a-file" {
		t.Errorf("%q, %v", s.LinqKey, err)
	}
	_, err = config.Load(enough(map[string]string{"LINQ_API_V3_API_KEY_FILE": path}))
	if err == nil || !strings.Contains(err.Error(), "both set") {
		t.Errorf("both set: %v", err)
	}
}
