package address

import (
	"strings"
	"testing"
)

func TestPublicOrLocal(t *testing.T) {
	t.Parallel()
	routes := []string{"/slack/events", "/linq/webhooks", "/healthz"}
	for text, want := range map[string]string{
		"https://Bot.example":                     "https://bot.example",
		"https://bot.example//":                   "https://bot.example",
		"https://bot.example:8443/":               "https://bot.example:8443",
		"https://bot.example/tools/linqbot/":      "https://bot.example/tools/linqbot",
		"https://bot.example/slack/events":        "https://bot.example",
		"https://bot.example/slack/events/":       "https://bot.example",
		"https://bot.example/tools/linq/webhooks": "https://bot.example/tools",
		"https://bot.example//healthz":            "https://bot.example",
		"HTTPS://bot.example/notslack/events":     "https://bot.example/notslack/events",
		"http://127.0.0.1:8080/linq/webhooks":     "http://127.0.0.1:8080",
		"http://localhost:8080/":                  "http://localhost:8080",
	} {
		if got, err := PublicOrLocal(text, routes); err != nil || got != want {
			t.Errorf("%q: %q, %v; want %q", text, got, err, want)
		}
	}
	for text, says := range map[string]string{
		"":                             "is no address: write https://host",
		"bot.example":                  "without https:// at its beginning: write https://bot.example",
		"bot.example:8443/tools/":      "write https://bot.example:8443/tools",
		"localhost:8080":               "without https://",
		"https:bot.example":            "is no address: write https://host",
		"https://":                     "is no address",
		"ftp://bot.example":            "must be an https URL",
		"http://bot.example":           "must be an https URL",
		"https://bot.example?x=1":      "must have no query",
		"https://bot.example/?":        "must have no query",
		"bot.example?x=1":              "is no address: write https://host",
		"https://me:pass@bot.example":  "no user name",
		"https://bot.example/#part":    "#fragment",
		"https://bot.example/it's":     "a character that no address has",
		"https://bot example/":         "is no address",
		"https://bot.example/\nslack/": "is no address",
	} {
		if got, err := PublicOrLocal(text, routes); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: %q, %v; want %q", text, got, err, says)
		}
	}
	if got, err := Public("http://localhost:8080", routes); err == nil {
		t.Errorf("Slack cannot call %q", got)
	}
}
