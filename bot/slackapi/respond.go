package slackapi

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	"linqbot/linq/loopback"

	"github.com/slack-go/slack"
)

// Respond answers at a response_url. Its error names no URL: a response_url is a secret.
func Respond(ctx context.Context, client *http.Client, to string, m *slack.WebhookMessage) error {
	if err := slack.PostWebhookCustomHTTPContext(ctx, to, client, m); err != nil {
		return fmt.Errorf("use response_url: %w", WithoutURL(err))
	}
	return nil
}

// IsSlack reports whether a response_url leads to Slack. What Slack signs does; but should a signing
// secret leak, the bot is not to be sent to other hosts. A Slack on this machine, as in tests, counts
// when apiURL is there too.
func IsSlack(responseURL, apiURL string) bool {
	u, err := url.Parse(responseURL)
	if err != nil {
		return false
	}
	host := strings.ToLower(u.Hostname())
	for _, domain := range []string{"slack.com", "slack-gov.com"} {
		if u.Scheme == "https" && (host == domain || strings.HasSuffix(host, "."+domain)) {
			return true
		}
	}
	api, err := url.Parse(apiURL)
	return err == nil && loopback.Is(host) && loopback.Is(api.Hostname())
}
