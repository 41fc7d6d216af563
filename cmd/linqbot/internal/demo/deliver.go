package demo

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/google/uuid"

	"linqbot/bot"
	"linqbot/bot/slackapi"
)

// Delivery is a command as Slack would deliver it.
type Delivery struct {
	BotURL      string
	Secret      string
	Team        string
	User        string
	Channel     string
	ResponseURL string
}

// Deliver prints what the bot answers to the person alone.
func (s Delivery) Deliver(ctx context.Context, out io.Writer, typed string) error {
	if s.Secret == "" {
		return errors.New("no signing secret: give the bot's with --secret, or in SLACK_SIGNING_SECRET")
	}
	if at, err := url.Parse(s.BotURL); err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https" {
		return fmt.Errorf("--bot %s is no base URL: write it with http:// or https://, such as http://127.0.0.1:8080", s.BotURL)
	}
	const patience = 3 * time.Second // as long as Slack waits
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	name, text, _ := strings.Cut(strings.TrimSpace(typed), " ")
	body := []byte(url.Values{
		"command": {name}, "text": {text}, "team_id": {s.Team}, "user_id": {s.User}, "channel_id": {s.Channel},
		"trigger_id": {uuid.NewString()}, "response_url": {s.ResponseURL},
	}.Encode())
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, strings.TrimSuffix(s.BotURL, "/")+bot.CommandsPath, bytes.NewReader(body))
	if err != nil {
		return err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	slackapi.Sign(request.Header, s.Secret, time.Now(), body)
	response, err := slackapi.NewHTTPClient().Do(request)
	if err != nil {
		return fmt.Errorf("the bot did not answer: %w", err)
	}
	defer response.Body.Close()
	const longest = 1 << 20
	answer, err := io.ReadAll(io.LimitReader(response.Body, longest))
	if err != nil {
		return fmt.Errorf("the bot's answer broke off: %w", err)
	}
	if response.StatusCode == http.StatusUnauthorized {
		return fmt.Errorf("the bot answered %s: the secret is not the bot's, or its clock is off; give the bot's SLACK_SIGNING_SECRET with --secret, or in that variable",
			response.Status)
	}
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("the bot answered %s", response.Status)
	}
	var said struct {
		Text string `json:"text"`
	}
	if err := json.Unmarshal(answer, &said); err != nil {
		return fmt.Errorf("the bot's answer is no message: %w", err)
	}
	asShown := strings.NewReplacer("&lt;", "<", "&gt;", ">", "&amp;", "&") // as Slack shows what must not become markup
	fmt.Fprintln(out, asShown.Replace(said.Text))
	return nil
}
