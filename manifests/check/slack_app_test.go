package check_test

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
	"gotest.tools/v3/assert"
	"sigs.k8s.io/yaml"
)

// Slack publishes its JSON schemas for manifests as slackapi/manifest-schema. The one for major
// version 2 is not part of this repository.
const (
	schemaVariable = "SLACK_MANIFEST_SCHEMA"
	schemaDefault  = "../shared/reference/slack-manifest.schema.2.0.0.json" // from the root of the repository
)

func TestSlackAppFitsSlacksSchema(t *testing.T) {
	schema := slackSchema(t)

	assert.NilError(t, schema.Validate(slackApp(t)))

	// A schema that takes everything would prove nothing.
	for name, spoil := range map[string]func(app map[string]any){
		"unknown key at the top": func(app map[string]any) {
			app["colour"] = "blue"
		},
		"unknown key in a group": func(app map[string]any) {
			object(t, app, "settings")["socket_mode"] = false
		},
		"unknown key in a slash command": func(app map[string]any) {
			command(t, app)["usage"] = "<chatId>"
		},
		"slash command without description": func(app map[string]any) {
			delete(command(t, app), "description")
		},
		"text where yes or no is due": func(app map[string]any) {
			object(t, app, "settings")["socket_mode_enabled"] = "no"
		},
	} {
		t.Run(name, func(t *testing.T) {
			app := slackApp(t)
			spoil(app)
			var invalid *jsonschema.ValidationError
			assert.Assert(t, errors.As(schema.Validate(app), &invalid), "accepted")
		})
	}
}

// slackSchema compiles Slack's schema for manifests, and skips the test where there is none.
func slackSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	path, named := os.LookupEnv(schemaVariable)
	if !named {
		path = filepath.Join("..", "..", filepath.FromSlash(schemaDefault))
	}
	content, err := os.ReadFile(path)
	if !named && errors.Is(err, fs.ErrNotExist) {
		t.Skipf("no copy of Slack's manifest schema: set %s to the path of one", schemaVariable)
	}
	assert.NilError(t, err)

	var document any
	assert.NilError(t, json.Unmarshal(content, &document))
	compiler := jsonschema.NewCompiler()
	compiler.UseRegexpEngine(compilePattern)
	assert.NilError(t, compiler.AddResource("slack-manifest.json", document))
	schema, err := compiler.Compile("slack-manifest.json")
	assert.NilError(t, err)
	return schema
}

// compilePattern lets the schema have patterns that only ECMAScript understands. They match nothing,
// so that a value which ought to be held against one fails instead of passing unseen.
func compilePattern(pattern string) (jsonschema.Regexp, error) {
	compiled, err := regexp.Compile(pattern)
	if err != nil {
		return foreignPattern(pattern), nil //nolint:nilerr // explained above
	}
	return compiled, nil
}

type foreignPattern string

func (foreignPattern) MatchString(string) bool { return false }

func (p foreignPattern) String() string { return string(p) }

// slackApp decodes the manifest anew, so that a test may change what it gets.
func slackApp(t *testing.T) map[string]any {
	t.Helper()
	content, err := os.ReadFile("../slack-app.yaml")
	assert.NilError(t, err)
	var app map[string]any
	assert.NilError(t, yaml.Unmarshal(content, &app))
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

// command returns the first slash command.
func command(t *testing.T, app map[string]any) map[string]any {
	t.Helper()
	commands, ok := object(t, app, "features")["slash_commands"].([]any)
	assert.Assert(t, ok && len(commands) > 0, "no slash commands")
	first, ok := commands[0].(map[string]any)
	assert.Assert(t, ok, "the first slash command is no object")
	return first
}
