package bot

import (
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/bottest"
	"linqbot/bot/slacktest"
	"linqbot/ledger"
)

// clientCalls are the calls of slack-go's client that this package and those below it make.
func clientCalls() map[string]func(context.Context, *slack.Client) {
	return map[string]func(context.Context, *slack.Client){
		"AuthTestContext": func(ctx context.Context, api *slack.Client) { _, _ = api.AuthTestContext(ctx) },
		"DeleteMessageContext": func(ctx context.Context, api *slack.Client) {
			_, _, _ = api.DeleteMessageContext(ctx, bottest.Ops, "1.2")
		},
		"GetUploadURLExternalContext": func(ctx context.Context, api *slack.Client) {
			_, _ = api.GetUploadURLExternalContext(ctx, slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: 1})
		},
		"CompleteUploadExternalContext": func(ctx context.Context, api *slack.Client) {
			_, _ = api.CompleteUploadExternalContext(ctx, slack.CompleteUploadExternalParameters{})
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
		"files:read",        // the URL of a file is fetched, see slackapi.Download
		"groups:read",       // that a channel is private; any other counts as one that everybody reads
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
	s.WantThread("asked for by", "has left")

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
