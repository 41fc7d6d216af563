package doctor

import (
	"testing"

	"linqbot/cmd/linqbot/internal/config"
)

func TestMeantBy(t *testing.T) {
	t.Parallel()
	var ours []string
	for _, v := range config.Variables() {
		ours = append(ours, v.Name, v.Name+"_FILE")
	}
	for name, want := range map[string]struct {
		meant string
		alike bool
	}{
		"SLACK_BOT_TOKEN":       {"", false},
		"SLACK_BOT_TOKEN_FILE":  {"", false},
		"slack_bot_token":       {"SLACK_BOT_TOKEN", true},
		"SLACK_BOT_TOKEN_FILES": {"SLACK_BOT_TOKEN_FILE", true},
		"SLACK_TOKEN":           {"SLACK_BOT_TOKEN", true},
		"SLACK_SIGNING_KEY":     {"SLACK_SIGNING_SECRET", true},
		"LINQ_API_KEY":          {"LINQ_API_V3_API_KEY", true},
		"LINQ_TOKEN":            {"", true},
		"ALLOWED_USER":          {"ALLOWED_USERS", true},
		"LISTEN_ADR":            {"LISTEN_ADDR", true},
		"LISTEN_ADDRESS":        {"LISTEN_ADDR", true},
		"ADMIN_ADDRESS":         {"ADMIN_ADDR", true},
		"RETENTION_DAYS":        {"RETENTION", true},
		"CONFIRM_REMOVAL":       {"CONFIRM_REMOVALS", true},
		"DATABASE_URI":          {"DATABASE_URL", true},
		"LOGLEVEL":              {"LOG_LEVEL", true},
		"PATH":                  {"", false},
		"HOST":                  {"", false},
		"HOME":                  {"", false},
		"POD":                   {"", false},
		"LANG":                  {"", false},
		"DATABASE":              {"", false},
		"LINQBOT_SERVICE_HOST":  {"", false},
		"":                      {"", false},
	} {
		if meant, alike := meantBy(name, ours); meant != want.meant || alike != want.alike {
			t.Errorf("%s: %q %v", name, meant, alike)
		}
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for secret, want := range map[string]string{
		"xoxb-1234567890":               "xoxb… (15 characters)",
		"short":                         "… (5 characters)",
		"0123456789abcdef, short":       "0123… (16 characters) and … (5 characters)",
		"whsec_MfKQ9r8GKYqrTwjUPD8ILPZ": "whse… (29 characters)",
	} {
		if got := mask(secret, 4); got != want {
			t.Errorf("%s: %s", secret, got)
		}
	}
}
