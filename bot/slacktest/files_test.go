package slacktest_test

import (
	"bytes"
	"net/http"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

const csvFile = "handle,state\n+1,removed\n"

// upload announces a file and uploads it.
func upload(t *testing.T, api *slack.Client) string {
	t.Helper()
	announced, err := api.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: len(csvFile)})
	assert.NilError(t, err)
	assert.Equal(t, send(t, announced.UploadURL), http.StatusOK)
	return announced.FileID
}

// send uploads the file to a URL, and returns the status.
func send(t *testing.T, to string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPost, to, strings.NewReader(csvFile))
	assert.NilError(t, err)
	resp, err := http.DefaultClient.Do(req)
	assert.NilError(t, err)
	assert.NilError(t, resp.Body.Close())
	return resp.StatusCode
}

func complete(t *testing.T, api *slack.Client, channel, threadTS, id string) error {
	t.Helper()
	_, err := api.CompleteUploadExternalContext(t.Context(), slack.CompleteUploadExternalParameters{
		Files: []slack.FileSummary{{ID: id}}, Channel: channel, ThreadTimestamp: threadTS,
	})
	return err
}

func TestAFileInAThread(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, parent, err := api.PostMessageContext(t.Context(), ops, text("parent"))
	assert.NilError(t, err)
	id := upload(t, api)
	assert.Equal(t, len(fake.Messages(ops)), 1)
	assert.NilError(t, complete(t, api, ops, parent, id))

	thread := fake.Thread(ops, parent)
	assert.Equal(t, len(thread), 2)
	assert.Equal(t, thread[1].Rendered, "[file: a.csv]")
	assert.Assert(t, bytes.Equal(thread[1].Files[0].Content, []byte(csvFile)))
	replies, _, _, err := api.GetConversationRepliesContext(t.Context(), &slack.GetConversationRepliesParameters{ChannelID: ops, Timestamp: parent})
	assert.NilError(t, err)
	assert.Equal(t, replies[1].Files[0].Name, "a.csv")

	wantCode(t, complete(t, api, ops, parent, id), "file_not_found") // once
}

// slack-go's own way, which sends a form.
func TestAFileAsAForm(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	_, err := api.UploadFileContext(t.Context(), slack.UploadFileParameters{
		Filename: "a.csv", FileSize: len(csvFile), Reader: strings.NewReader(csvFile), Channel: ops,
	})
	assert.NilError(t, err)
	assert.Equal(t, string(fake.Messages(ops)[0].Files[0].Content), csvFile)
}

func TestFilesThatAreNotShared(t *testing.T) {
	fake, api := start(t, slacktest.Config{PublicWrite: true})
	fake.AddChannel(slacktest.Channel{ID: "C0OUT"})
	fake.AddChannel(slacktest.Channel{ID: "C0OLD", BotMember: true, Archived: true})
	fake.AddChannel(slacktest.Channel{ID: "C0SECRET", Kind: slacktest.Private})
	for channel, code := range map[string]string{
		"C0OUT": "not_in_channel", "C0OLD": "posting_to_channel_denied", "C0SECRET": "channel_not_found", "U0ADA": "channel_not_found",
	} {
		wantCode(t, complete(t, api, channel, "", upload(t, api)), code)
	}
	wantCode(t, complete(t, api, ops, "1.2", upload(t, api)), "invalid_arguments")
	wantCode(t, complete(t, api, ops, "", "F0NONE"), "file_not_found")
	announced, err := api.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: 7})
	assert.NilError(t, err)
	wantCode(t, complete(t, api, ops, "", announced.FileID), "file_not_found") // nothing was uploaded
	assert.Equal(t, send(t, announced.UploadURL), http.StatusBadRequest)
	wantCode(t, complete(t, api, ops, "", announced.FileID), "file_not_found") // it was another file
	assert.Equal(t, len(fake.Messages(ops)), 0)
}

func TestFilesTakeTheirScope(t *testing.T) {
	_, api := start(t, slacktest.Config{Scopes: []string{"chat:write"}})
	_, err := api.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: 1})
	wantCode(t, err, "missing_scope")
	wantCode(t, complete(t, api, ops, "", "F1"), "missing_scope")
}

// The answer to what made the file show is lost.
func TestALostAnswerToAFile(t *testing.T) {
	fake, api := start(t, slacktest.Config{})
	fake.Inject(slacktest.Fault{Method: "files.completeUploadExternal", Channel: ops, Drop: slacktest.AfterEffect, Times: 1})
	assert.Assert(t, complete(t, api, ops, "", upload(t, api)) != nil)
	assert.Equal(t, len(fake.Messages(ops)), 1)
}
