package main

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

// run runs linqbot and returns what it printed and how it ended.
func run(t *testing.T, args ...string) (printed string, err error) {
	t.Helper()
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(args)
	err = root.ExecuteContext(t.Context())
	return out.String(), err
}

// A mistake on the command line is explained.
func TestMistakesAreExplained(t *testing.T) {
	refusing := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }))
	t.Cleanup(refusing.Close)
	gone := httptest.NewServer(http.NotFoundHandler())
	gone.Close()
	t.Setenv("SLACK_SIGNING_SECRET", "")
	t.Setenv("LISTEN_ADDR", strings.TrimPrefix(gone.URL, "http://"))
	t.Setenv("DATABASE_URL", "sqlite://"+t.TempDir()+"/none.db")
	for name, test := range map[string]struct {
		args []string
		want []string
	}{
		"send to no URL":         {[]string{"send", "--secret", "s", "--bot", "foo", "/linq-remove"}, []string{"--bot foo", "http://"}},
		"send to another scheme": {[]string{"send", "--secret", "s", "--bot", "localhost:8080", "/linq-remove"}, []string{"--bot localhost:8080", "http://"}},
		"send, refused":          {[]string{"send", "--secret", "s", "--bot", refusing.URL, "/linq-remove"}, []string{"401", "--secret", "SLACK_SIGNING_SECRET"}},
		"send without a secret":  {[]string{"send", "/linq-remove"}, []string{"--secret", "SLACK_SIGNING_SECRET"}},
		"send nothing":           {[]string{"send", "--secret", "s", " "}, []string{"the command in quotes", "is empty"}},
		"send without a command": {[]string{"send"}, []string{"the command in quotes", "none is given", "linqbot send '/linq-remove"}},
		"send without quotes":    {[]string{"send", "/linq-remove", "a", "b"}, []string{"the command in quotes", "3 are given"}},
		"backup":                 {[]string{"backup"}, []string{"the new file", "linqbot backup FILE"}},
		"restore":                {[]string{"restore", "a", "b"}, []string{"the backup", "2 are given", "linqbot restore FILE"}},
		"webhook delete":         {[]string{"webhook", "delete"}, []string{"the id of a subscription", "linqbot webhook list"}},
		"healthcheck":            {[]string{"healthcheck"}, []string{"no linqbot answers at " + strings.TrimPrefix(gone.URL, "http://"), "LISTEN_ADDR"}},
		"audit of nobody":        {[]string{"audit", "--user="}, []string{"--user is empty", "leave it out"}},
		"audit of no chat":       {[]string{"audit", "--chat", " ", "--state="}, []string{"--chat is empty", "--state is empty"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := run(t, test.args...)
			if err == nil {
				t.Fatal("it is no mistake")
			}
			for _, want := range test.want {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("without %q: %v", want, err)
				}
			}
		})
	}
}

func TestTheVersionFlag(t *testing.T) {
	t.Parallel()
	want, err := run(t, "version")
	if err != nil {
		t.Fatal(err)
	}
	if got, err := run(t, "--version"); err != nil || got != want || !strings.HasPrefix(got, "linqbot ") {
		t.Errorf("%v: %s", err, got)
	}
}
