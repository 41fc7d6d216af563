package slacktest_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

func TestAuthTestNamesTheWorkspace(t *testing.T) {
	fake, api := start(t, slacktest.Config{Scopes: []string{"commands", "chat:write"}})
	got, err := api.AuthTestContext(t.Context())
	assert.NilError(t, err)
	assert.Equal(t, got.TeamID, fake.Config().TeamID)
	assert.Equal(t, got.URL, "https://acme.slack.com/")
	assert.Equal(t, got.UserID, fake.Config().BotUserID)
	assert.Equal(t, got.BotID, "B0LINQBOT")
	assert.Equal(t, got.Header.Get("X-OAuth-Scopes"), "commands,chat:write")
}

func TestTokens(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	_, err := client(fake, "").AuthTestContext(t.Context())
	wantCode(t, err, "not_authed")
	_, err = client(fake, "xoxb-other").AuthTestContext(t.Context())
	wantCode(t, err, "invalid_auth")
	_, _, err = client(fake, "xoxb-other").PostMessageContext(t.Context(), ops, text("hello"))
	wantCode(t, err, "invalid_auth")
	assert.Equal(t, len(fake.Messages(ops)), 0)
}

// post calls a method by hand, where the client has no way to.
func post(t *testing.T, fake *slacktest.Slack, method, contentType, body string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, fake.APIURL()+method, strings.NewReader(body))
	assert.NilError(t, err)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("Authorization", "Bearer "+fake.Config().BotToken)
	resp, err := http.DefaultClient.Do(req)
	assert.NilError(t, err)
	defer func() { _ = resp.Body.Close() }()
	answer, err := io.ReadAll(resp.Body)
	assert.NilError(t, err)
	assert.Equal(t, resp.StatusCode, http.StatusOK)
	return string(answer)
}

func TestJSONAndFormsMeanTheSame(t *testing.T) {
	fake, _ := start(t, slacktest.Config{})
	blocks := `[{"type":"section","text":{"type":"mrkdwn","text":"shown"}}]`
	post(t, fake, "chat.postMessage", "application/json; charset=utf-8",
		`{"channel":"C0OPS","text":"fallback","thread_ts":null,"blocks":`+blocks+`}`)
	post(t, fake, "chat.postMessage", "application/x-www-form-urlencoded", "channel=C0OPS&text=fallback&blocks="+blocks)
	got := fake.Messages(ops)
	assert.Equal(t, len(got), 2)
	for _, m := range got {
		assert.Equal(t, m.Rendered, "shown")
		assert.Equal(t, string(m.Blocks), blocks)
	}

	assert.Equal(t, post(t, fake, "chat.shout", "application/json", `{}`),
		`{"error":"unknown_method","ok":false,"req_method":"chat.shout"}`)
	assert.Assert(t, strings.Contains(post(t, fake, "chat.postMessage", "application/json", `{`), `"invalid_json"`))
	assert.Assert(t, strings.Contains(post(t, fake, "chat.postMessage", "text/csv", `a,b`), `"invalid_post_type"`))
	assert.Assert(t, strings.Contains(
		post(t, fake, "chat.postMessage", "application/json", `{"channel":"C0OPS","text":"t","blocks":"[{"}`), `"invalid_blocks"`))
}

func TestScopesAreEnforced(t *testing.T) {
	fake, api := start(t, slacktest.Config{Scopes: []string{"commands", "channels:history"}})
	_, _, err := api.PostMessageContext(t.Context(), ops, text("hello"))
	wantCode(t, err, "missing_scope")
	var failure slack.SlackErrorResponse
	assert.Assert(t, errors.As(err, &failure))
	assert.Equal(t, failure.Needed, "chat:write")
	assert.Equal(t, failure.Provided, "commands,channels:history")

	_, err = api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: ops})
	assert.NilError(t, err)
	fake.SetMember(secret, fake.Config().BotUserID, true)
	_, err = api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: secret})
	wantCode(t, err, "missing_scope")

	scopes, ok := slacktest.ScopesOf("usergroups.users.list")
	assert.Assert(t, ok)
	assert.DeepEqual(t, scopes, []string{"usergroups:read"})
	_, ok = slacktest.ScopesOf("chat.shout")
	assert.Assert(t, !ok)
}

func TestPeopleAndGroups(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.AddGroup(slacktest.Group{ID: "S0SUPPORT", Handle: "support", Members: []string{ada}})

	user, err := api.GetUserInfoContext(t.Context(), grace)
	assert.NilError(t, err)
	assert.Equal(t, user.TeamID, "T0PARTNER")
	user, err = api.GetUserInfoContext(t.Context(), ada)
	assert.NilError(t, err)
	assert.Equal(t, user.TeamID, fake.Config().TeamID)
	_, err = api.GetUserInfoContext(t.Context(), "U0NOBODY")
	wantCode(t, err, "user_not_found")

	members, err := api.GetUserGroupMembersContext(t.Context(), "S0SUPPORT")
	assert.NilError(t, err)
	assert.DeepEqual(t, members, []string{ada})
	_, err = api.GetUserGroupMembersContext(t.Context(), "S0NONE")
	wantCode(t, err, "no_such_subteam")
}

func TestHistoryIsPagedFromTheNewest(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	metadata := slack.SlackMetadata{EventType: "removal", EventPayload: map[string]any{"id": "r1"}}
	var stamps []string
	for i := range 5 {
		_, ts, err := api.PostMessageContext(t.Context(), ops, text(fmt.Sprint(i)), slack.MsgOptionMetadata(metadata))
		assert.NilError(t, err)
		stamps = append(stamps, ts)
	}
	fake.PostAs(ada, ops, stamps[0], "a reply is not in the history")
	_, err := api.PostEphemeralContext(t.Context(), ops, ada, text("nor is this"))
	assert.NilError(t, err)

	read := func(params slack.GetConversationHistoryParameters) (texts string, got *slack.GetConversationHistoryResponse) {
		params.ChannelID = ops
		got, err := api.GetConversationHistoryContext(t.Context(), &params)
		assert.NilError(t, err)
		for _, m := range got.Messages {
			texts += m.Text
		}
		return texts, got
	}
	texts, first := read(slack.GetConversationHistoryParameters{Limit: 3})
	assert.Equal(t, texts, "432")
	assert.Assert(t, first.HasMore)
	assert.Equal(t, first.Messages[0].Metadata.EventType, "", "metadata has to be asked for")
	texts, second := read(slack.GetConversationHistoryParameters{Limit: 3, Cursor: first.ResponseMetaData.NextCursor, IncludeAllMetadata: true})
	assert.Equal(t, texts, "10")
	assert.Assert(t, !second.HasMore)
	assert.Equal(t, second.Messages[1].ReplyCount, 1)
	assert.Equal(t, second.Messages[1].Metadata.EventPayload["id"], "r1")

	texts, _ = read(slack.GetConversationHistoryParameters{Oldest: stamps[1], Latest: stamps[3]})
	assert.Equal(t, texts, "2")
	texts, _ = read(slack.GetConversationHistoryParameters{Oldest: stamps[1], Latest: stamps[3], Inclusive: true})
	assert.Equal(t, texts, "321")

	replies, _, _, err := api.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: ops, Timestamp: stamps[0]})
	assert.NilError(t, err)
	assert.Equal(t, len(replies), 2)
	assert.Equal(t, replies[1].ThreadTimestamp, stamps[0])
	_, _, _, err = api.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: ops, Timestamp: "1.000000"})
	wantCode(t, err, "thread_not_found")

	fake.SetMember(ops, fake.Config().BotUserID, false)
	_, err = api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: ops})
	wantCode(t, err, "not_in_channel")
	_, err = api.GetConversationHistoryContext(t.Context(), &slack.GetConversationHistoryParameters{ChannelID: secret})
	wantCode(t, err, "channel_not_found")
}

func TestConversationInfoAndOpen(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.AddChannel(slacktest.Channel{ID: "C0SHARED", ExtShared: true})
	info, err := api.GetConversationInfoContext(t.Context(), &slack.GetConversationInfoInput{ChannelID: "C0SHARED"})
	assert.NilError(t, err)
	assert.Assert(t, info.IsExtShared)
	assert.Assert(t, !info.IsMember)

	opened, _, already, err := api.OpenConversationContext(t.Context(), &slack.OpenConversationParameters{Users: []string{ada}})
	assert.NilError(t, err)
	assert.Assert(t, !already)
	channel, _, err := api.PostMessageContext(t.Context(), ada, text("psst"))
	assert.NilError(t, err)
	assert.Equal(t, channel, opened.ID)
}

func TestTriggersOpenOneModalInTime(t *testing.T) {
	clock := newClock()
	fake, api := start(t, slacktest.Config{Now: clock.now})
	plain := func(s string) *slack.TextBlockObject {
		return slack.NewTextBlockObject(slack.PlainTextType, s, false, false)
	}
	modal := slack.ModalViewRequest{Type: slack.VTModal, Title: plain("Remove"), Blocks: slack.Blocks{BlockSet: []slack.Block{section("who")}}}

	trigger := fake.NewTriggerID(ada)
	opened, err := api.OpenViewContext(t.Context(), trigger, modal)
	assert.NilError(t, err)
	_, err = api.OpenViewContext(t.Context(), trigger, modal)
	wantCode(t, err, "exchanged_trigger_id")
	late := fake.NewTriggerID(ada)
	clock.at = clock.at.Add(3*time.Second + 1)
	_, err = api.OpenViewContext(t.Context(), late, modal)
	wantCode(t, err, "expired_trigger_id")

	updated, err := api.UpdateViewContext(t.Context(), modal, "", opened.Hash, opened.ID)
	assert.NilError(t, err)
	assert.Assert(t, updated.Hash != opened.Hash)
	_, err = api.UpdateViewContext(t.Context(), modal, "", opened.Hash, opened.ID)
	wantCode(t, err, "hash_conflict")

	modal.Title = plain(strings.Repeat("x", 25))
	_, err = api.UpdateViewContext(t.Context(), modal, "", "", opened.ID)
	wantCode(t, err, "invalid_arguments")

	home := slack.HomeTabViewRequest{Type: slack.VTHomeTab, Blocks: modal.Blocks}
	_, err = api.PublishViewContext(t.Context(), slack.PublishViewContextRequest{UserID: ada, View: home})
	assert.NilError(t, err)
	views := fake.Views()
	assert.Equal(t, len(views), 2)
	assert.Equal(t, views[1].Type, "home")
	assert.Equal(t, views[1].UserID, ada)
}

func TestAStepEndsOnce(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, err := fake.SendEvent(t.Context(), "http://127.0.0.1:1", fake.Envelope(map[string]any{ // nobody listens there
		"type": "function_executed", "function_execution_id": "Fx1", "bot_access_token": "xwfp-1",
	}))
	assert.ErrorContains(t, err, "connection refused")
	outputs := slack.FunctionCompleteSuccessRequestOptionOutput(map[string]string{"status": "removed"})

	wantCode(t, api.FunctionCompleteSuccessContext(t.Context(), "Fx0", outputs), "function_execution_not_found")
	wantCode(t, api.FunctionCompleteSuccessContext(t.Context(), "Fx1"), "parameter_validation_failed")
	assert.Assert(t, strings.Contains(post(t, fake, "functions.completeSuccess", "application/x-www-form-urlencoded",
		"function_execution_id=Fx1&outputs=null"), `"parameter_validation_failed"`))
	assert.NilError(t, client(fake, "xwfp-1").FunctionCompleteSuccessContext(t.Context(), "Fx1", outputs))
	wantCode(t, api.FunctionCompleteErrorContext(t.Context(), "Fx1", "too late"), "execution_not_in_running_state")
	_, err = client(fake, "xwfp-1").AuthTestContext(t.Context())
	wantCode(t, err, "invalid_auth")

	got, ok := fake.Execution("Fx1")
	assert.Assert(t, ok)
	assert.Equal(t, got.Status, slacktest.Completed)
	assert.Equal(t, got.Outputs["status"], "removed")
}
