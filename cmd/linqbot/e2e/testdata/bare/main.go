// Command bare is the least that any bot does with a slash command: it reads the body, checks Slack's
// signature, and answers. linqbot's speed is compared with it.
package main

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"os"
	"time"
)

func main() {
	secret := []byte(os.Getenv("SLACK_SIGNING_SECRET"))
	mux := http.NewServeMux()
	mux.HandleFunc("POST /slack/commands", func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			w.WriteHeader(http.StatusBadRequest)
			return
		}
		mac := hmac.New(sha256.New, secret)
		_, _ = io.WriteString(mac, "v0:"+r.Header.Get("X-Slack-Request-Timestamp")+":") // a hash takes all
		_, _ = mac.Write(body)
		if "v0="+hex.EncodeToString(mac.Sum(nil)) != r.Header.Get("X-Slack-Signature") { // no secret worth guarding
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, `{"response_type":"ephemeral","text":"is recorded"}`)
	})
	server := http.Server{Addr: os.Getenv("LISTEN_ADDR"), Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	if err := server.ListenAndServe(); err != nil {
		os.Exit(1)
	}
}
