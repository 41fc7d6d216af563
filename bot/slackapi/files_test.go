package slackapi

import (
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slacktest"
)

func TestWhatIsPrivate(t *testing.T) {
	t.Parallel()
	fake := slacktest.New(slacktest.Config{Scopes: []string{"groups:read"}})
	stop, err := fake.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	fake.AddChannel(slacktest.Channel{ID: "C0OPS", BotMember: true})
	fake.AddChannel(slacktest.Channel{ID: "C0HR", Kind: slacktest.Private, BotMember: true})
	fake.AddChannel(slacktest.Channel{ID: "C0BOTH", Kind: slacktest.Private, BotMember: true, ExtShared: true})
	client := New(fake.Config().BotToken, fake.APIURL())

	private, err := IsPrivate(t.Context(), client, "C0HR")
	assert.NilError(t, err)
	assert.Assert(t, private)
	private, err = IsPrivate(t.Context(), client, "C0BOTH")
	assert.NilError(t, err)
	assert.Assert(t, !private, "another organisation reads it")
	private, err = IsPrivate(t.Context(), client, "C0OPS") // channels:read is not granted
	assert.ErrorContains(t, err, "missing_scope")
	assert.Assert(t, !private)
}

func TestUpload(t *testing.T) {
	t.Parallel()
	fake := slacktest.New(slacktest.Config{})
	stop, err := fake.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	client := New(fake.Config().BotToken, fake.APIURL())
	announced, err := client.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: 3})
	assert.NilError(t, err)
	assert.ErrorContains(t, Upload(t.Context(), NewHTTPClient(), announced.UploadURL, "other"), "400")
	assert.NilError(t, Upload(t.Context(), NewHTTPClient(), announced.UploadURL, "abc"))
}
