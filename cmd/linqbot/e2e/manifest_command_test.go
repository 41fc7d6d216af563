package e2e_test

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"gotest.tools/v3/assert"

	"linqbot/linq/linqtest"
	"linqbot/manifests"
)

// run runs the program, and returns what it printed apart from its mistakes.
func (env *testEnv) run(args ...string) (stdout, stderr string, err error) {
	env.t.Helper()
	var out, mistakes bytes.Buffer
	cmd := env.command(args...)
	cmd.Stdout, cmd.Stderr = &out, &mistakes
	err = cmd.Run()
	return out.String(), mistakes.String(), err
}

func TestManifestForAnAddress(t *testing.T) {
	t.Parallel()
	for address, base := range map[string]string{
		"https://Bot.acme.example":            "https://bot.acme.example",
		"https://bot.acme.example:8443/":      "https://bot.acme.example:8443",
		"https://acme.example/tools/linqbot/": "https://acme.example/tools/linqbot",
		"https://linqbot.example.net":         "https://linqbot.example.net",
		"https://acme.example/slack/events":   "https://acme.example",
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			env := newEnv(t, linqtest.Config{})
			env.vars = nil
			out, _, err := env.run("manifest", "--url", address)
			assert.NilError(t, err)
			assert.Assert(t, !strings.Contains(out, "linqbot.example.com"))
			assert.Equal(t, strings.Count(out, "#"), strings.Count(string(manifests.SlackApp()), "#"), "comments are lost")
			// What differs from the file is the address alone.
			assert.Equal(t, strings.ReplaceAll(out, base, "https://linqbot.example.com"), string(manifests.SlackApp()))

			var fromYAML, fromJSON any
			assert.NilError(t, yaml.Unmarshal([]byte(out), &fromYAML))
			encoded, _, err := env.run("manifest", "--json", "--url", address)
			assert.NilError(t, err)
			assert.NilError(t, yaml.Unmarshal([]byte(encoded), &fromJSON)) // JSON is YAML
			assert.DeepEqual(t, fromJSON, fromYAML)
			assert.Assert(t, json.Valid([]byte(encoded)) && strings.Contains(encoded, "<chatId>"), encoded)
			urls := urlsIn(fromYAML)
			assert.Assert(t, len(urls) >= 5)
			for _, each := range urls {
				assert.Assert(t, strings.HasPrefix(each, base+"/slack/"), each)
			}
		})
	}
}

func urlsIn(v any) (urls []string) {
	switch v := v.(type) {
	case string:
		if strings.Contains(v, "://") {
			return []string{v}
		}
	case []any:
		for _, item := range v {
			urls = slices.Concat(urls, urlsIn(item))
		}
	case map[string]any:
		for _, item := range v {
			urls = slices.Concat(urls, urlsIn(item))
		}
	}
	return urls
}

func TestManifestRefusesAddresses(t *testing.T) {
	t.Parallel()
	env := newEnv(t, linqtest.Config{})
	for address, says := range map[string]string{
		"":                          "no address",
		"bot.example":               "no address",
		"https://":                  "no address",
		"https:bot.example":         "no address",
		"https://:443":              "no address",
		"http://bot.example":        "https",
		"http://127.0.0.1:8080":     "https",
		"https://me@bot.example":    "user name",
		"https://bot.example/#here": "#fragment",
		"https://bot.example?x=1":   "query",
		"https://bot.example?":      "query",
		"https://bot.example/it's":  "character",
		"https://bot.example/\nfoo": "no address",
	} {
		out, mistakes, err := env.run("manifest", "--url", address)
		if err == nil || out != "" || !strings.Contains(mistakes, "--url ") || !strings.Contains(mistakes, says) {
			t.Errorf("%q: %v, without %q: %s%s", address, err, says, out, mistakes)
		}
	}
	if out, mistakes, err := env.run("manifest"); err == nil || out != "" || !strings.Contains(mistakes, "url") {
		t.Errorf("without --url: %v %s%s", err, out, mistakes)
	}
}
