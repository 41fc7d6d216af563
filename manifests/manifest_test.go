package manifests_test

import (
	"bytes"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"gotest.tools/v3/assert"

	"linqbot/manifests"
)

// What Slack's documentation asks for and its schema lets pass.
func TestSlackAppKeepsRulesThatTheSchemaLacks(t *testing.T) {
	app := slackApp(t)

	assert.Equal(t, object(t, app, "_metadata")["major_version"], 2)

	botName := text(t, object(t, app, "features", "bot_user"), "display_name")
	assert.Assert(t, regexp.MustCompile(`^[a-z0-9._-]+$`).MatchString(botName), botName)

	colour := text(t, object(t, app, "display_information"), "background_color")
	assert.Assert(t, regexp.MustCompile(`^#[0-9a-f]{6}$`).MatchString(colour), colour)
}

// People replace one name, everywhere: a second placeholder would be overlooked.
func TestSlackAppHasOnePlaceholderHost(t *testing.T) {
	const host = "linqbot.example.com"

	var urls []string
	walk(slackApp(t), func(s string) {
		if strings.Contains(s, "://") {
			urls = append(urls, s)
		}
	})

	assert.Assert(t, len(urls) > 0)
	for _, raw := range urls {
		u, err := url.Parse(raw)
		assert.NilError(t, err)
		assert.Equal(t, u.Scheme, "https", raw)
		assert.Equal(t, u.Host, host, raw)
	}
}

func TestSlackAppIsACopy(t *testing.T) {
	clear(manifests.SlackApp())
	assert.Assert(t, bytes.HasPrefix(manifests.SlackApp(), []byte("#")))
}

// slackApp decodes the manifest anew, so that a test may change what it gets.
func slackApp(t *testing.T) map[string]any {
	t.Helper()
	var app map[string]any
	assert.NilError(t, yaml.Unmarshal(manifests.SlackApp(), &app))
	return app
}

// object returns the object at the end of path.
func object(t *testing.T, in map[string]any, path ...string) map[string]any {
	t.Helper()
	for _, key := range path {
		next, ok := in[key].(map[string]any)
		assert.Assert(t, ok, "%s is no object", key)
		in = next
	}
	return in
}

// text returns the string at key.
func text(t *testing.T, in map[string]any, key string) string {
	t.Helper()
	s, ok := in[key].(string)
	assert.Assert(t, ok, "%s is no string", key)
	return s
}

// walk calls visit with every string in v.
func walk(v any, visit func(string)) {
	switch v := v.(type) {
	case string:
		visit(v)
	case []any:
		for _, item := range v {
			walk(item, visit)
		}
	case map[string]any:
		for _, item := range v {
			walk(item, visit)
		}
	}
}
