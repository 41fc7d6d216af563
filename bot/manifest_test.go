package bot

import (
	"context"
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gopkg.in/yaml.v3"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
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
	Functions map[string]struct {
		Inputs  parameters `yaml:"input_parameters"`
		Outputs parameters `yaml:"output_parameters"`
	} `yaml:"functions"`
	Settings struct {
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
	assert.DeepEqual(t, announced, []string{RemoveCommand, ChatsCommand})
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
	types := make(map[string]string)
	for i, shortcut := range m.Features.Shortcuts {
		types[shortcut.Type] = shortcut.CallbackID
		if shortcut.Type == "message" {
			h.taken(h.Slack.MessageShortcut(t.Context(), h.server.URL, bottest.Ada, shortcut.CallbackID, message))
		} else {
			h.taken(h.Slack.Shortcut(t.Context(), h.server.URL, bottest.Ada, shortcut.CallbackID))
		}
		assert.Equal(t, len(h.Slack.Views()), i+1, shortcut.CallbackID)
	}
	assert.DeepEqual(t, types, map[string]string{"message": shortcutMessage, "global": shortcutGlobal})

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
	assert.Equal(t, len(m.Settings.Events.BotEvents), len(bodies))
	assert.Equal(t, m.Features.AppHome.HomeTab, slices.Contains(m.Settings.Events.BotEvents, "app_home_opened"))
	for _, name := range m.Settings.Events.BotEvents {
		e, taken := newEventEdge(t, nil, func(c *Config) {
			c.Interactive, c.Home = &Interactive{Slack: slackapi.New(h.Slack.Config().BotToken, h.Slack.APIURL())}, h.home
		})
		assert.Equal(t, e.event(bodies[name]).status, http.StatusOK, name)
		e.bot.Wait(t.Context())
		if name == "app_home_opened" { // it is not kept
			_, published := h.Slack.HomeView(bottest.Ada)
			assert.Assert(t, published)
			continue
		}
		assert.Equal(t, len(*taken), 1, name)
	}
}

// The step's parameters have the names and types that the code reads and writes.
func TestTheManifestsStep(t *testing.T) {
	t.Parallel()
	m := readManifest(t)
	assert.Equal(t, len(m.Functions), 1)
	step, known := m.Functions[RemoveFunction]
	assert.Assert(t, known)

	given := make(map[string]string)
	for name := range step.Inputs.Properties {
		given[name] = "value of " + name
	}
	encoded, err := json.Marshal(given)
	assert.NilError(t, err)
	read, err := parse.DecodeStepInputs(string(encoded))
	assert.NilError(t, err)
	assert.Equal(t, read, parse.StepInputs{
		ChatID: given["chat_id"], Handle: given["handle"], ChannelID: given["channel_id"],
		MessageTS: given["message_ts"], RequestedBy: given["requested_by"],
	})
	assert.Equal(t, len(given), 5)
	assert.Assert(t, read.ChatID != "" && read.Handle != "" && read.ChannelID != "" && read.MessageTS != "" && read.RequestedBy != "")
	assert.DeepEqual(t, step.Inputs.Required, []string{"chat_id", "handle"})
	assert.Equal(t, step.Inputs.Properties["channel_id"].Type, "slack#/types/channel_id")
	assert.Equal(t, step.Inputs.Properties["requested_by"].Type, "slack#/types/user_id")

	h := idle(t, envConfig{})
	h.begin("Fx1", inputs())
	h.look("Fx1")
	h.News("Fx1", bottest.Ann, bottest.Removed)
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

// clientCalls are the calls of slack-go's client that this package and those below it make.
func clientCalls() map[string]func(context.Context, *slack.Client) {
	return map[string]func(context.Context, *slack.Client){
		"AuthTestContext": func(ctx context.Context, api *slack.Client) { _, _ = api.AuthTestContext(ctx) },
		"DeleteMessageContext": func(ctx context.Context, api *slack.Client) {
			_, _, _ = api.DeleteMessageContext(ctx, bottest.Ops, "1.2")
		},
		"GetUserGroupMembersContext": func(ctx context.Context, api *slack.Client) {
			_, _ = api.GetUserGroupMembersContext(ctx, "S1")
		},
		"OpenConversationContext": func(ctx context.Context, api *slack.Client) {
			_, _, _, _ = api.OpenConversationContext(ctx, &slack.OpenConversationParameters{Users: []string{bottest.Ada}})
		},
		"OpenViewContext": func(ctx context.Context, api *slack.Client) {
			_, _ = api.OpenViewContext(ctx, "1.2", slack.ModalViewRequest{})
		},
		"UpdateViewContext": func(ctx context.Context, api *slack.Client) {
			_, _ = api.UpdateViewContext(ctx, slack.ModalViewRequest{}, "", "", "V1")
		},
		"PublishViewContext": func(ctx context.Context, api *slack.Client) {
			_, _ = api.PublishViewContext(ctx, slack.PublishViewContextRequest{UserID: bottest.Ada})
		},
		"PostMessageContext": func(ctx context.Context, api *slack.Client) { _, _, _ = api.PostMessageContext(ctx, bottest.Ops) },
		"UpdateMessageContext": func(ctx context.Context, api *slack.Client) {
			_, _, _, _ = api.UpdateMessageContext(ctx, bottest.Ops, "1.2")
		},
		"GetConversationHistoryContext": func(ctx context.Context, api *slack.Client) {
			_, _ = api.GetConversationHistoryContext(ctx, new(slack.GetConversationHistoryParameters))
		},
		"GetConversationRepliesContext": func(ctx context.Context, api *slack.Client) {
			_, _, _, _ = api.GetConversationRepliesContext(ctx, new(slack.GetConversationRepliesParameters))
		},
	}
}

// callsInSource finds what is called of a *slack.Client: fields of that type are named slack or
// Slack in this package and those below it, which have no other fields of these names.
func callsInSource(t *testing.T) []string {
	t.Helper()
	var files []string
	assert.NilError(t, filepath.WalkDir(".", func(path string, _ fs.DirEntry, err error) error {
		if strings.HasSuffix(path, ".go") && !strings.HasPrefix(path, "slacktest") && !strings.HasPrefix(path, "bottest") {
			files = append(files, path)
		}
		return err
	}))
	calls := make(map[string]bool)
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		assert.NilError(t, err)
		ast.Inspect(file, func(n ast.Node) bool {
			method, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			if field, ok := method.X.(*ast.SelectorExpr); ok && strings.EqualFold(field.Sel.Name, "slack") {
				calls[method.Sel.Name] = true
			}
			return true
		})
	}
	return slices.Sorted(maps.Keys(calls))
}

// Each method that the bot calls has its scopes in the manifest, and each scope there has its use.
func TestTheManifestsScopes(t *testing.T) {
	t.Parallel()
	calls := clientCalls()
	assert.DeepEqual(t, callsInSource(t), slices.Sorted(maps.Keys(calls)))

	fake := slacktest.New(slacktest.Config{})
	api := bottest.SlackOver(fake, fake)
	for _, call := range calls {
		call(t.Context(), api)
	}
	needed := []string{
		"commands",          // there are slash commands
		"chat:write.public", // see TestScopesOfTheManifestAreEnough
	}
	assert.Equal(t, len(fake.Calls()), len(calls))
	for _, call := range fake.Calls() {
		// Where Slack has a scope for each kind of channel all are needed: a command can be typed in any.
		scopes, known := slacktest.ScopesOf(call.Method)
		assert.Assert(t, known, call.Method)
		needed = append(needed, scopes...)
	}
	slices.Sort(needed)
	granted := slices.Sorted(slices.Values(readManifest(t).OAuth.Scopes.Bot))
	assert.DeepEqual(t, granted, slices.Compact(needed))
}

// With the manifest's scopes a public channel gets a thread without an invitation, lost answers
// included where the bot is a member; without chat:write.public it does not.
func TestScopesOfTheManifestAreEnough(t *testing.T) {
	t.Parallel()
	scopes := readManifest(t).OAuth.Scopes.Bot
	s := outside(t, scopes)
	d := s.Ask(bottest.Ann)
	s.Settle(d)
	s.News(d, bottest.Ann, bottest.Removed)
	s.Settle(d)
	s.WantThread("asked to remove", "has left")

	for _, kind := range []slacktest.Kind{slacktest.Public, slacktest.Private, slacktest.DM, slacktest.MPIM} {
		channel := "C0" + strings.ToUpper(string(kind))
		s.Slack.AddChannel(slacktest.Channel{ID: channel, Kind: kind, Members: []string{bottest.Ada}, BotMember: true})
		s.Fail("chat.postMessage", slacktest.Fault{Drop: slacktest.AfterEffect, Times: 1})
		d := s.AskIn(channel, bottest.Ada, bottest.Bert)
		s.Settle(d)
		assert.Equal(t, len(s.Slack.Messages(channel)), 2, "%s: %+v", kind, s.Slack.Messages(channel))
		assert.Equal(t, s.View(d).Thread.Route, ledger.InThread)
		s.News(d, bottest.Bert, bottest.Removed)
		s.Settle(d)
	}

	fewer := slices.DeleteFunc(slices.Clone(scopes), func(scope string) bool { return scope == "chat:write.public" })
	s = outside(t, fewer)
	d = s.Ask(bottest.Ann)
	s.Settle(d)
	assert.Equal(t, s.View(d).Thread.Trouble, "not_in_channel")
}

// outside has a channel that the bot is not in, and a token with these scopes.
func outside(t *testing.T, scopes []string) *bottest.Base {
	t.Helper()
	s, logger := bottest.NewBase(t, slacktest.Config{Scopes: scopes})
	bottest.StartLedger(t, s.Ledger, ledger.Workers{})
	s.Shows = newPublisher(s, logger, nil).Run
	s.Slack.SetMember(bottest.Ops, s.Slack.Config().BotUserID, false)
	return s
}
