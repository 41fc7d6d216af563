package config_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"linqbot/cmd/linqbot/internal/config"
)

// What comes of copying a secret is refused, and not quoted.
func TestSecretsThatAreNone(t *testing.T) {
	t.Parallel()
	const webhook = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
	right := map[string]string{
		"SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99cc01285a5f", "SLACK_BOT_TOKEN": "xoxb-1234567890-abcdefghijkl",
		"LINQ_API_V3_API_KEY": "5b1e9d0c-2f3a-4c8e-9b7d-6a5f4e3d2c1b", "LINQ_WEBHOOK_SECRET": webhook,
	}
	for name, secret := range right {
		wrong := map[string]struct{ value, says string }{
			"in quotes":           {`"` + secret + `"`, "quotes"},
			"in single quotes":    {"'" + secret + "'", "quotes"},
			"in typed quotes":     {"“" + secret + "”", "quotes"},
			"a quote inside":      {secret[:20] + `"` + secret[20:], "quotes"},
			"a byte order mark":   {"\uFEFF" + secret, "U+FEFF"},
			"a zero-width space":  {secret + "\u200B", "U+200B"},
			"one inside":          {secret[:20] + "\u200B" + secret[20:], "U+200B"},
			"a bidi mark":         {"\u202A" + secret + "\u202C", "U+202A"},
			"a word joiner":       {secret[:20] + "\u2060" + secret[20:], "U+2060"},
			"a soft hyphen":       {secret[:20] + "\u00AD" + secret[20:], "U+00AD"},
			"a no-break space":    {secret[:20] + "\u00A0" + secret[20:], "U+00A0"},
			"a control character": {secret[:20] + "\x1b" + secret[20:], "U+001B"},
			"a broken character":  {secret[:20] + "\xff" + secret[20:], "U+FFFD"},
			"letters of another":  {secret[:20] + "а" + secret[20:], "U+0430"},
			"a space inside":      {secret[:20] + " " + secret[20:], "space"},
			"a line break inside": {secret + "\n" + secret, "line break"},
			"its own name":        {name + "=" + secret, "name of a variable"},
			"its own name alone":  {name, "name of a variable"},
			"exported":            {"export " + name + "=" + secret, "name of a variable"},
			"not replaced":        {"${" + name + "}", "name of a variable"},
			"not replaced either": {"$SECRET_OF_THE_APP", "example"},
			"angle brackets":      {"<your-token-or-secret>", "example"},
			"to be changed":       {"changeme-changeme-changeme", "example"},
			"yours":               {"xoxb-your-token-goes-here", "example"},
			"an ellipsis":         {secret[:5] + "…", "example"},
			"dots":                {secret[:5] + "............", "example"},
			"stars":               {secret[:5] + "****************", "example"},
			"crosses":             {strings.Repeat("x", 32), "example"},
			"another's name":      {"SLACK_API_URL=" + secret, "name of a variable"},
		}
		for how, test := range wrong {
			checkRefusedSecret(t, name+" "+how, map[string]string{name: test.value}, name, test.says, secret)
		}
	}
	signing := right["SLACK_SIGNING_SECRET"]
	for _, test := range []struct{ name, value, says string }{
		{"SLACK_SIGNING_SECRET", "x", "too short"},
		{"SLACK_SIGNING_SECRET", signing[:15], "too short"},
		{"SLACK_SIGNING_SECRET", signing + ";", "';'"},
		{"SLACK_SIGNING_SECRET", "SIGNING_SECRET=" + signing, "'='"},
		{"SLACK_SIGNING_SECRET", "https://slack.com/" + signing, "':'"},
		{"SLACK_SIGNING_SECRET", signing[:20] + "/" + signing[:20], "'/'"},
		{"SLACK_SIGNING_SECRET", "xoxb-1234567890-abcdefghijkl", "one of Slack's tokens"},
		{"SLACK_SIGNING_SECRET", "XOXP-1234567890-abcdefghijkl", "one of Slack's tokens"},
		{"SLACK_SIGNING_SECRET", webhook, "Linq's webhooks"},
		{"SLACK_SIGNING_SECRET", signing + ",x", "(secret 2 of 2) is too short"},
		{"SLACK_SIGNING_SECRET", "'" + signing + "'," + signing + "\u200b", "(secret 1 of 2) holds a quotation mark: write the value without quotes; (secret 2 of 2) holds the character U+200B"},
		{"SLACK_BOT_TOKEN", "xoxb-", "no bot token"},
		{"SLACK_BOT_TOKEN", "xoxb-a/b", "no bot token"},
		{"LINQ_API_V3_API_KEY", "xoxb-1234567890-abcdefghijkl", "Slack's"},
		{"LINQ_WEBHOOK_SECRET", webhook + ",'" + webhook + "'", "(secret 2 of 2)"},
	} {
		checkRefusedSecret(t, test.name+" "+test.says, map[string]string{test.name: test.value}, test.name, test.says, signing)
	}
	s, err := config.Load(enough(right))
	if err != nil || len(s.Cautions()) > 0 {
		t.Errorf("%v %v", err, s.Cautions())
	}
}

func checkRefusedSecret(t *testing.T, how string, env map[string]string, name, says, secret string) {
	t.Helper()
	_, err := config.Load(enough(env))
	switch {
	case err == nil || !strings.Contains(err.Error(), name) || !strings.Contains(err.Error(), says):
		t.Errorf("%s: without %q: %v", how, says, err)
	case strings.Count(err.Error(), "\n") != 1:
		t.Errorf("%s: one mistake in several lines: %v", how, err)
	case strings.Contains(err.Error(), secret[:10]):
		t.Errorf("%s: the secret is quoted: %v", how, err)
	}
}

func TestSecretsFromFilesThatAreNone(t *testing.T) {
	t.Parallel()
	for how, test := range map[string]struct{ content, says string }{
		"with Windows' ends of lines": {rightSecret + "\r\n", ""},
		"with a byte order mark":      {"\uFEFF" + rightSecret, "byte order mark"},
		"with one on the next line":   {rightSecret + "\n\uFEFF", "byte order mark"},
		"in UTF-16":                   {"\xff\xfe0\x001\x00", "byte order mark"},
		"in UTF-16 without a mark":    {"0\x001\x002\x00", "byte order mark"},
		"in quotes":                   {`"` + rightSecret + `"` + "\n", "quotes"},
		"as an env file":              {"SLACK_SIGNING_SECRET=" + rightSecret + "\n", "name of a variable"},
		"two lines":                   {rightSecret + "\r\n" + rightSecret + "\r\n", "line break"},
	} {
		path := filepath.Join(t.TempDir(), "secret")
		if err := os.WriteFile(path, []byte(test.content), 0o600); err != nil {
			t.Fatal(err)
		}
		env := map[string]string{"SLACK_SIGNING_SECRET": "", "SLACK_SIGNING_SECRET_FILE": path}
		if test.says != "" {
			checkRefusedSecret(t, how, env, "SLACK_SIGNING_SECRET", test.says, rightSecret)
		} else if _, err := config.Load(enough(env)); err != nil {
			t.Errorf("%s: %v", how, err)
		}
	}
}

func TestCautions(t *testing.T) {
	t.Parallel()
	for how, test := range map[string]struct {
		env  map[string]string
		says string // "": nothing
	}{
		"a right secret":                {nil, ""},
		"Slack's example of a secret":   {map[string]string{"SLACK_SIGNING_SECRET": "8f742231b10e8888abcd99yyyzzz85a5"}, "SLACK_SIGNING_SECRET is not 32 hexadecimal digits"},
		"the second is longer":          {map[string]string{"SLACK_SIGNING_SECRET": rightSecret + "," + rightSecret + "0"}, "SLACK_SIGNING_SECRET is not 32 hexadecimal digits"},
		"groups that narrow nothing":    {map[string]string{"ALLOWED_USERS": "*", "ALLOWED_USERGROUPS": "S1"}, "ALLOWED_USERGROUPS narrows nothing"},
		"everyone":                      {map[string]string{"ALLOWED_USERS": "*"}, ""},
		"one secret for two":            {map[string]string{"LINQ_API_V3_API_KEY": rightSecret}, "SLACK_SIGNING_SECRET and LINQ_API_V3_API_KEY are the same"},
		"a group among members":         {map[string]string{"ALLOWED_USERS": "U1,S0123ABCD"}, "ALLOWED_USERS has S0123ABCD, which is the id of a user group"},
		"a channel among members":       {map[string]string{"ALLOWED_USERS": "C0123ABCD"}, "ALLOWED_USERS has C0123ABCD, which is the id of a channel"},
		"a member of the enterprise":    {map[string]string{"ALLOWED_USERS": "W0123ABCD"}, ""},
		"a member among groups":         {map[string]string{"ALLOWED_USERGROUPS": "U0123ABCD"}, "ALLOWED_USERGROUPS has U0123ABCD, which is the id of a member"},
		"a member among channels":       {map[string]string{"ALLOWED_CHANNELS": "C1,U0123ABCD"}, "ALLOWED_CHANNELS has U0123ABCD, which is the id of a member"},
		"private channels and messages": {map[string]string{"ALLOWED_CHANNELS": "C1,G1,D1"}, ""},
		"an app among teams":            {map[string]string{"SLACK_TEAM_IDS": "A0123ABCD"}, "SLACK_TEAM_IDS has A0123ABCD, which is the id of an app"},
		"a team and an enterprise":      {map[string]string{"SLACK_TEAM_IDS": "T1,E1"}, ""},
		"metrics for all":               {map[string]string{"ADMIN_ADDR": ":9090"}, "ADMIN_ADDR serves metrics to other machines"},
		"metrics for all by a number":   {map[string]string{"ADMIN_ADDR": "0.0.0.0:9090"}, "ADMIN_ADDR"},
		"metrics for all by IPv6":       {map[string]string{"ADMIN_ADDR": "[::]:9090"}, "ADMIN_ADDR"},
		"metrics on an address":         {map[string]string{"ADMIN_ADDR": "10.0.0.1:9090"}, "ADMIN_ADDR"},
		"metrics on loopback":           {map[string]string{"ADMIN_ADDR": "[::1]:9090"}, ""},
		"metrics on localhost":          {map[string]string{"ADMIN_ADDR": "localhost:9090"}, ""},
		"metrics nowhere":               {map[string]string{"ADMIN_ADDR": "off"}, ""},
		"PostgreSQL elsewhere":          {map[string]string{"DATABASE_URL": "postgres://u:pass-word@db.example/l"}, "DATABASE_URL may lead to db.example without TLS"},
		"PostgreSQL elsewhere with TLS": {map[string]string{"DATABASE_URL": "postgres://u:pass-word@db.example/l?sslmode=verify-full"}, ""},
		"PostgreSQL here":               {map[string]string{"DATABASE_URL": "postgres://u:pass-word@localhost/l?sslmode=disable"}, ""},
	} {
		s, err := config.Load(enough(test.env))
		found := s.Cautions()
		switch {
		case err != nil:
			t.Errorf("%s: %v", how, err)
		case test.says == "" && len(found) > 0, test.says != "" && (len(found) != 1 || !strings.Contains(found[0].Says, test.says) || found[0].Fix == ""):
			t.Errorf("%s: %v", how, found)
		case len(found) > 0 && regexp.MustCompile(`\*\w[^*]*\*`).MatchString(found[0].Says+" "+found[0].Fix):
			t.Errorf("%s: marks of another place, in plain text: %v", how, found)
		case len(found) > 0 && (strings.Contains(found[0].Says, "pass-word") || strings.Contains(found[0].Says, "8f742231")):
			t.Errorf("%s: a secret is quoted: %v", how, found)
		}
	}
}
