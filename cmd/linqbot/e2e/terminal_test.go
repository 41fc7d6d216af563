package e2e_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"unicode"

	"linqbot/linq/linqtest"
)

// What others wrote reaches the terminal through every command that prints it.
func TestCommandsPrintNothingThatActsOnATerminal(t *testing.T) {
	t.Parallel()
	const hostile = "x\x1b[2J\u009b\u202e\r\u2028y"
	env := newWebhookEnv(t)
	made := env.linq.AddSubscription(linqtest.Subscription{TargetURL: "https://bot.example/linq/webhooks?x=" + hostile, Events: []string{hostile}})
	bot := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"text":"one\ntwo ` + strings.NewReplacer("\x1b", `\u001b`, "\r", `\r`).Replace(hostile) + `"}`))
	}))
	defer bot.Close()
	for _, args := range [][]string{
		{"webhook", "list"},
		{"webhook", "delete", hostile},
		{"webhook", "subscribe", "--url", hostile},
		{"send", "--bot", bot.URL, "--secret", "s", "/linq-remove"},
		{"audit", "--format", hostile},
		{hostile},
		{"doctor", "--" + hostile},
	} {
		out, said, _ := env.run(args...)
		text := strings.ReplaceAll(out+said, "\n", "")
		if strings.ContainsFunc(text, func(r rune) bool { return unicode.IsControl(r) || strings.ContainsRune("\u202e\u2028", r) }) {
			t.Errorf("%q prints %q", args, text)
		}
		if text == "" {
			t.Errorf("%q prints nothing", args)
		}
	}
	if out, _, _ := env.run("webhook", "list"); strings.Count(out, "\n") != 2 || !strings.Contains(out, made.ID) {
		t.Errorf("%q", out)
	}
	if out, _, _ := env.run("send", "--bot", bot.URL, "--secret", "s", "/linq-remove"); !strings.HasPrefix(out, "one\ntwo x\\u001b[2J") {
		t.Errorf("%q", out)
	}
}
