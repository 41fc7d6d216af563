package slackapi_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/slack-go/slack"
	"gotest.tools/v3/assert"

	"linqbot/bot/slackapi"
	"linqbot/bot/slacktest"
)

func TestDownload(t *testing.T) {
	t.Parallel()
	var asked []string
	elsewhere := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { asked = append(asked, "elsewhere") }))
	t.Cleanup(elsewhere.Close)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path+" "+r.Header.Get("Authorization"))
		switch r.URL.Path {
		case "/list":
			w.Header().Set("Content-Type", "text/csv")
			_, _ = w.Write([]byte("a@example.com"))
		case "/login":
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = w.Write([]byte("<html>Sign in</html>"))
		case "/away":
			http.Redirect(w, r, elsewhere.URL, http.StatusFound)
		case "/large":
			_, _ = w.Write([]byte(strings.Repeat("x", 101)))
		case "/huge":
			_, _ = w.Write([]byte(strings.Repeat("x", 9<<20)))
		default:
			w.WriteHeader(http.StatusInternalServerError)
		}
	}))
	t.Cleanup(server.Close)
	for name, test := range map[string]struct {
		file slackapi.File
		want error
		says string
	}{
		"a file":               {slackapi.File{URLPrivate: server.URL + "/list"}, nil, ""},
		"a page to sign in at": {slackapi.File{URLPrivate: server.URL + "/login"}, slackapi.ErrFileClosed, ""},
		"a redirect":           {slackapi.File{URLPrivate: server.URL + "/away"}, slackapi.ErrFileClosed, ""},
		"too large":            {slackapi.File{URLPrivate: server.URL + "/large"}, slackapi.ErrFileTooLarge, ""},
		"far too large":        {slackapi.File{URLPrivate: server.URL + "/huge"}, slackapi.ErrFileTooLarge, ""},
		"too large by its word": {
			slackapi.File{URLPrivate: server.URL + "/list", Size: 101}, slackapi.ErrFileTooLarge, "",
		},
		"trouble":      {slackapi.File{URLPrivate: server.URL + "/trouble"}, nil, "HTTP 500"},
		"another host": {slackapi.File{URLPrivate: elsewhere.URL}, slackapi.ErrNotSlacksFile, ""},
		"a host that looks alike": {
			slackapi.File{URLPrivate: "https://files.slack.com.example.com/x"}, slackapi.ErrNotSlacksFile, "",
		},
		"another of Slack's hosts": {slackapi.File{URLPrivate: "https://acme.slack.com/x"}, slackapi.ErrNotSlacksFile, ""},
		"no TLS":                   {slackapi.File{URLPrivate: "http://files.slack.com/x"}, slackapi.ErrNotSlacksFile, ""},
		"a name in front":          {slackapi.File{URLPrivate: "https://files.slack.com@example.com/x"}, slackapi.ErrNotSlacksFile, ""},
		"no URL":                   {slackapi.File{}, slackapi.ErrNotSlacksFile, ""},
	} {
		data, err := slackapi.Download(t.Context(), slackapi.NewHTTPClient(), test.file, "xoxb-1", server.URL+"/api/", 100)
		switch {
		case test.want != nil:
			assert.ErrorIs(t, err, test.want, name)
		case test.says != "":
			assert.ErrorContains(t, err, test.says, name)
			assert.Assert(t, !strings.Contains(err.Error(), "127.0.0.1"), err)
		default:
			assert.NilError(t, err, name)
			assert.Equal(t, string(data), "a@example.com")
		}
	}
	for _, each := range asked {
		assert.Assert(t, strings.HasSuffix(each, " Bearer xoxb-1"), each)
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	fake := slacktest.New(slacktest.Config{})
	stop, err := fake.Serve()
	assert.NilError(t, err)
	t.Cleanup(stop)
	client := slackapi.New(fake.Config().BotToken, fake.APIURL())
	announced, err := client.GetUploadURLExternalContext(t.Context(), slack.GetUploadURLExternalParameters{FileName: "a.csv", FileSize: 3})
	assert.NilError(t, err)
	assert.ErrorContains(t, slackapi.Upload(t.Context(), slackapi.NewHTTPClient(), announced.UploadURL, "other"), "400")
	assert.NilError(t, slackapi.Upload(t.Context(), slackapi.NewHTTPClient(), announced.UploadURL, "abc"))
}
