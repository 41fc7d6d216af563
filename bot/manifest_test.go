package bot

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gopkg.in/yaml.v3"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/commands/parse"
	"linqbot/ledger"
	"linqbot/manifests"
)

// manifest is what the tests need of the app's manifest.
type manifest struct {
	Features struct {
		AppHome struct {
			HomeTab bool `yaml:"home_tab_enabled"`
		} `yaml:"app_home"`
		SlashCommands []struct {
			Command string `yaml:"command"`
			URL     string `yaml:"url"`
		} `yaml:"slash_commands"`
		Shortcuts []struct {
			Type       string `yaml:"type"`
			CallbackID string `yaml:"callback_id"`
		} `yaml:"shortcuts"`
	} `yaml:"features"`
	Functions map[string]manifestFunction `yaml:"functions"`
	Settings  struct {
		Interactivity struct {
			RequestURL string `yaml:"request_url"`
			OptionsURL string `yaml:"message_menu_options_url"`
		} `yaml:"interactivity"`
		Events struct {
			RequestURL string   `yaml:"request_url"`
			BotEvents  []string `yaml:"bot_events"`
		} `yaml:"event_subscriptions"`
	} `yaml:"settings"`
	OAuth struct {
		Scopes struct {
			Bot []string `yaml:"bot"`
		} `yaml:"scopes"`
	} `yaml:"oauth_config"`
}

type manifestFunction struct {
	Inputs  parameters `yaml:"input_parameters"`
	Outputs parameters `yaml:"output_parameters"`
}

// parameters are what a function takes or gives.
type parameters struct {
	Properties map[string]struct {
		Type string `yaml:"type"`
	} `yaml:"properties"`
	Required []string `yaml:"required"`
}

func readManifest(t *testing.T) manifest {
	t.Helper()
	var m manifest
	assert.NilError(t, yaml.Unmarshal(manifests.SlackApp(), &m))
	assert.Assert(t, len(m.Features.SlashCommands) > 0 && len(m.OAuth.Scopes.Bot) > 0)
	return m
}

// The program serves the commands that the manifest announces, and the other way round.
func TestTheManifestsCommandsAreServed(t *testing.T) {
	t.Parallel()
	var announced []string
	for _, command := range readManifest(t).Features.SlashCommands {
		announced = append(announced, command.Command)
	}
	assert.DeepEqual(t, announced, []string{RemoveCommand, AddCommand, ChatsCommand, OffboardCommand})
}

// Whatever URL the manifest has leads to a route: a post there is refused for its signature, not
// for its path or its method.
func TestTheManifestsURLsAreRoutes(t *testing.T) {
	t.Parallel()
	var document any
	assert.NilError(t, yaml.Unmarshal(manifests.SlackApp(), &document))
	var paths []string
	eachString(document, func(text string) {
		if parsed, err := url.Parse(text); err == nil && parsed.Host != "" {
			paths = append(paths, parsed.Path)
		}
	})
	for _, path := range []string{CommandsPath, InteractionsPath, EventsPath} {
		assert.Assert(t, slices.Contains(paths, path), "%q", paths)
	}
	e := newEdge(t, func(c *Config) { c.Events, c.Interactive = noEvents{}, new(Interactive) })
	for _, path := range paths {
		e.wantRefused(e.serve(httptest.NewRequest(http.MethodPost, path, nil)), http.StatusUnauthorized)
	}
}

// Slack sends each kind of request to the URL that the manifest names for it.
func TestTheManifestsRequestURLs(t *testing.T) {
	t.Parallel()
	settings := readManifest(t).Settings
	for announced, want := range map[string]string{
		settings.Interactivity.RequestURL: InteractionsPath,
		settings.Interactivity.OptionsURL: InteractionsPath,
		settings.Events.RequestURL:        EventsPath,
	} {
		parsed, err := url.Parse(announced)
		assert.NilError(t, err)
		assert.Equal(t, parsed.Path, want)
	}
	for _, command := range readManifest(t).Features.SlashCommands {
		assert.Assert(t, strings.HasSuffix(command.URL, CommandsPath), command.URL)
	}
}

// Each shortcut of the manifest opens the modal, and each event there is taken.
func TestTheManifestsShortcutsAndEventsAreServed(t *testing.T) {
	t.Parallel()
	m := readManifest(t)
	h := idle(t, envConfig{})
	message := h.Slack.PostAs(bottest.Ada, bottest.Ops, "", "hello")
	types := make(map[string][]string)
	for i, shortcut := range m.Features.Shortcuts {
		types[shortcut.Type] = append(types[shortcut.Type], shortcut.CallbackID)
		if shortcut.Type == "message" {
			h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Ada, shortcut.CallbackID, message))
		} else {
			h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcut.CallbackID))
		}
		assert.Equal(t, len(h.Slack.Views()), i+1, shortcut.CallbackID)
	}
	assert.DeepEqual(t, types, map[string][]string{"message": {shortcutMessage, shortcutList}, "global": {shortcutGlobal, shortcutAll}})

	bodies := map[string]string{
		"function_executed": stepEvent(nil),
		"message.im": stepEvent(func(_, inner map[string]any) {
			clear(inner)
			inner["type"], inner["channel_type"], inner["user"], inner["channel"] = "message", "im", bottest.Ada, h.dm(bottest.Ada)
		}),
		"app_home_opened": stepEvent(func(_, inner map[string]any) {
			clear(inner)
			inner["type"], inner["tab"], inner["user"], inner["channel"] = "app_home_opened", "home", bottest.Ada, h.dm(bottest.Ada)
		}),
	}
	for _, notice := range []Notice{TokensRevoked, appUninstalled} {
		bodies[string(notice)] = stepEvent(func(_, inner map[string]any) {
			clear(inner)
			inner["type"], inner["tokens"] = string(notice), map[string]any{"bot": []string{"U0BOT"}}
		})
	}
	assert.Equal(t, len(m.Settings.Events.BotEvents), len(bodies))
	assert.Equal(t, m.Features.AppHome.HomeTab, slices.Contains(m.Settings.Events.BotEvents, "app_home_opened"))
	for _, name := range m.Settings.Events.BotEvents {
		var told Notice
		e, taken := newEventEdge(t, nil, func(c *Config) {
			c.Noticed = func(_ context.Context, n Notice) { told = n }
			c.Interactive, c.Home = &Interactive{Slack: slackapi.New(h.Slack.Config().BotToken, h.Slack.APIURL())}, h.home
		})
		assert.Equal(t, e.event(bodies[name]).status, http.StatusOK, name)
		e.bot.Wait(t.Context())
		if name == "app_home_opened" { // it is not kept
			_, published := h.Slack.HomeView(bottest.Ada)
			assert.Assert(t, published)
			continue
		}
		if told != "" { // as it is
			assert.Equal(t, string(told), name)
			continue
		}
		assert.Equal(t, len(*taken), 1, name)
	}
}

// The steps' parameters have the names and types that the code reads and writes.
func TestTheManifestsSteps(t *testing.T) {
	t.Parallel()
	functions := readManifest(t).Functions
	ends := map[string]func(*ledger.Request){
		ledger.RemoveFunction: bottest.Removed,
		ledger.AddFunction:    func(r *ledger.Request) { r.State = ledger.Added },
	}
	assert.DeepEqual(t, slices.Sorted(maps.Keys(functions)), slices.Sorted(slices.Values(append(slices.Collect(maps.Keys(ends)), ledger.OffboardFunction))))
	for function, end := range ends {
		wantStep(t, function, functions[function], end)
	}
}

// wantStep runs a step, whose request ends as end says, and holds what the manifest says of it to that.
func wantStep(t *testing.T, function string, step manifestFunction, end func(*ledger.Request)) {
	t.Helper()
	given, all := make(map[string]string), make(map[string]any)
	for name, input := range step.Inputs.Properties {
		if all[name] = true; input.Type != "boolean" {
			given[name] = "value of " + name
			all[name] = given[name]
		}
	}
	encoded, err := json.Marshal(all)
	assert.NilError(t, err)
	read, err := parse.DecodeStepInputs(string(encoded))
	assert.NilError(t, err)
	assert.Equal(t, read, parse.StepInputs{
		ChatID: given["chat_id"], Handle: given["handle"], ChannelID: given["channel_id"],
		MessageTS: given["message_ts"], RequestedBy: given["requested_by"], Reason: given["reason"], DryRun: true,
	})
	assert.Equal(t, len(all), 7)
	assert.Equal(t, step.Inputs.Properties["dry_run"].Type, "boolean")
	assert.Assert(t, read.ChatID != "" && read.Handle != "" && read.ChannelID != "" && read.MessageTS != "" && read.RequestedBy != "")
	assert.DeepEqual(t, step.Inputs.Required, []string{"chat_id", "handle"})
	assert.Equal(t, step.Inputs.Properties["channel_id"].Type, "slack#/types/channel_id")
	assert.Equal(t, step.Inputs.Properties["requested_by"].Type, "slack#/types/user_id")

	h := idle(t, envConfig{})
	assert.Equal(t, h.event(h.stepOf(function, "Fx1", inputs())), http.StatusOK)
	h.look("Fx1")
	h.News("Fx1", bottest.Ann, end)
	h.look("Fx1")
	outputs := slices.Sorted(maps.Keys(h.execution("Fx1").Outputs))
	assert.DeepEqual(t, outputs, slices.Sorted(maps.Keys(step.Outputs.Properties)))
	for name, value := range h.execution("Fx1").Outputs {
		_, text := value.(string)
		assert.Assert(t, text && step.Outputs.Properties[name].Type == "string", name)
	}
	for _, name := range step.Outputs.Required {
		assert.Assert(t, slices.Contains(outputs, name), name)
	}
}

func eachString(node any, visit func(string)) {
	switch v := node.(type) {
	case string:
		visit(v)
	case []any:
		for _, item := range v {
			eachString(item, visit)
		}
	case map[string]any:
		for _, item := range v {
			eachString(item, visit)
		}
	}
}
