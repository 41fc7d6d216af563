package slacktest

import (
	"bytes"
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"linqbot/bot/slacktest/internal/workspace"
)

// Ack is the bot's answer to what Slack sent it.
type Ack struct {
	Status int
	Header http.Header
	Body   []byte
	Took   time.Duration // how long the answer took

	// For commands: what the answer says and to whom, and what belongs to the command, so that the
	// same one can be delivered again.
	Text         string // as plain text, blocks rendered
	ResponseType string // "ephemeral" or "in_channel"; "" when the answer is empty
	TriggerID    string
	ResponseURL  string
}

// newClient makes the client that calls the bot. It opens a connection for each request, as a bot
// that restarts must never meet a stale one, and follows no redirect.
func newClient(cfg Config) *http.Client {
	return &http.Client{
		Timeout:       cfg.AckTimeout,
		Transport:     &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// request posts a body to the bot, signed. An error means that no answer came within
// Config.AckTimeout; it wraps [context.DeadlineExceeded] if the time was too short, and the Ack
// then holds how long it took.
func (s *Slack) request(ctx context.Context, to, contentType string, body []byte) (Ack, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, bytes.NewReader(body))
	if err != nil {
		return Ack{}, fmt.Errorf("slacktest: request to the bot: %w", err)
	}
	timestamp, signature := Sign(s.cfg.SigningSecret, s.cfg.Now(), body)
	req.Header.Set("Content-Type", contentType)
	req.Header.Set("User-Agent", "Slackbot 1.0 (+https://api.slack.com/robots)")
	req.Header.Set(TimestampHeader, timestamp)
	req.Header.Set(SignatureHeader, signature)

	entry := s.departs(req, body)
	ack, err := s.exchangeWithBot(req)
	s.arrived(entry, ack, err)
	return ack, err
}

func (s *Slack) exchangeWithBot(req *http.Request) (Ack, error) {
	start := time.Now()
	resp, err := s.client.Do(req)
	if err != nil {
		return Ack{Took: time.Since(start)}, fmt.Errorf("slacktest: request to the bot: %w", err)
	}
	defer func() { _ = resp.Body.Close() }()
	answered, err := io.ReadAll(resp.Body)
	ack := Ack{Status: resp.StatusCode, Header: resp.Header, Body: answered, Took: time.Since(start)}
	if err != nil {
		return ack, fmt.Errorf("slacktest: read the bot's answer: %w", err)
	}
	return ack, nil
}

// SendInteraction posts a payload, such as a block_actions object, to /slack/interactions below
// botURL. [Slack.NewTriggerID] and [Slack.NewResponseURL] make what belongs into it.
func (s *Slack) SendInteraction(ctx context.Context, botURL string, payload any) (Ack, error) {
	body, err := json.Marshal(payload)
	if err != nil {
		return Ack{}, fmt.Errorf("slacktest: marshal the payload: %w", err)
	}
	form := url.Values{"payload": {string(body)}}
	return s.request(ctx, botURL+"/slack/interactions", formType, []byte(form.Encode()))
}

// SendEvent posts an event to /slack/events below botURL, as it is: wrap an inner event with
// [Slack.Envelope]. A function_executed event starts its workflow step: the token in it is accepted until the
// step ends or 15 minutes have passed.
func (s *Slack) SendEvent(ctx context.Context, botURL string, event any) (Ack, error) {
	body, err := json.Marshal(event)
	if err != nil {
		return Ack{}, fmt.Errorf("slacktest: marshal the event: %w", err)
	}
	var outer struct {
		Event struct {
			Type  string `json:"type"`
			ID    string `json:"function_execution_id"`
			Token string `json:"bot_access_token"`
		} `json:"event"`
	}
	if json.Unmarshal(body, &outer) == nil && outer.Event.Type == "function_executed" {
		s.change(func(w *workspace.Workspace) { w.StartExecution(outer.Event.ID, outer.Event.Token) })
	}
	return s.request(ctx, botURL+"/slack/events", "application/json", body)
}

// Envelope wraps an inner event in an event_callback with an event id of its own
// (apis/events-api).
func (s *Slack) Envelope(inner any) map[string]any {
	var eventID string
	s.change(func(w *workspace.Workspace) { eventID = "Ev0" + w.NewSecret() })
	return map[string]any{
		"type": "event_callback", "event": inner, "event_id": eventID, "event_time": s.cfg.Now().Unix(),
		"team_id": s.cfg.TeamID, "api_app_id": appID,
		"authorizations": []any{map[string]any{
			"team_id": s.cfg.TeamID, "user_id": s.cfg.BotUserID, "is_bot": true, "is_enterprise_install": false,
		}},
	}
}

const formType = "application/x-www-form-urlencoded"

// troubleWith is the code by which Slack tells a user that a command came to nothing, "" if it did
// not (interactivity/implementing-slash-commands for the first; the others are reported).
func troubleWith(ack Ack, err error) string {
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "operation_timeout"
	case err != nil:
		return "dispatch_failed"
	case ack.Status >= http.StatusInternalServerError:
		return "http_service_error"
	case ack.Status != http.StatusOK:
		return "http_client_error"
	}
	return ""
}

// The headers of a signed request (authentication/verifying-requests-from-slack).
const (
	TimestampHeader = "X-Slack-Request-Timestamp"
	SignatureHeader = "X-Slack-Signature"
)

// Sign signs a request body as Slack does: the values of the two headers, the time in Unix seconds
// and "v0=" with the hexadecimal HMAC-SHA256 of "v0:timestamp:body".
func Sign(secret string, at time.Time, body []byte) (timestamp, signature string) {
	timestamp = strconv.FormatInt(at.Unix(), 10)
	mac := hmac.New(sha256.New, []byte(secret))
	fmt.Fprintf(mac, "v0:%s:%s", timestamp, body)
	return timestamp, "v0=" + hex.EncodeToString(mac.Sum(nil))
}
