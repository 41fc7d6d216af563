package bot

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"

	"github.com/sirupsen/logrus"

	"linqbot/bot/bottest"
	"linqbot/bot/ingress"
	"linqbot/bot/slacktest"
	"linqbot/commands"
	"linqbot/commands/policy"
)

// typed is a command as people type it most.
func typed() string { return form(bottest.ChatID + " (415) 555-0132").Encode() }

func BenchmarkVerify(b *testing.B) {
	body := typed()
	header := signedRequest(b, CommandsPath, testSecret, body).Header
	b.ReportAllocs()
	for b.Loop() {
		if claimed, err := ingress.ReadSignature(header, []string{testSecret}); err != nil || claimed.Verify([]byte(body)) != 0 {
			b.Fatal("refused")
		}
	}
}

// benchmark serves one command after the other. Each is another delivery, since a second one with the same bytes
// is ignored.
func benchmark(b *testing.B, handler http.Handler) {
	b.Helper()
	body := typed()
	n := 0
	b.ReportAllocs()
	for b.Loop() {
		n++
		r := signedRequest(b, CommandsPath, testSecret, body+"&n="+strconv.Itoa(n))
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatalf("HTTP %d", w.Code)
		}
	}
}

// BenchmarkServeCommand is the whole way of a command, but for the disk: signature, decoding,
// parsing, policy, the answer, and a line or two in the log.
func BenchmarkServeCommand(b *testing.B) {
	logger := logrus.New()
	logger.SetOutput(io.Discard)
	logger.SetFormatter(new(logrus.JSONFormatter))
	e := newEdge(b, func(c *Config) {
		c.Logger = logger
		c.Commands = map[string]Command{testCommand: commands.NewRemove(commands.RemoveConfig{
			Gate:     policy.NewGate(policy.GateConfig{Policy: policy.Policy{Everyone: true}, Logger: logger}),
			Recorder: acceptAll{}, Region: "US", Logger: logger,
		})}
	})
	benchmark(b, e.handler)
}

// BenchmarkBareVerify is the least that any bot must do with a command: to read it, and to check
// its signature.
func BenchmarkBareVerify(b *testing.B) {
	benchmark(b, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mac := hmac.New(sha256.New, []byte(testSecret))
		_, _ = io.WriteString(mac, "v0:"+r.Header.Get(slacktest.TimestampHeader)+":")
		_, _ = mac.Write(body)
		sent, err := hex.DecodeString(strings.TrimPrefix(r.Header.Get(slacktest.SignatureHeader), "v0="))
		if err != nil || !hmac.Equal(sent, mac.Sum(nil)) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}))
}
