package slackapi

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/slack-go/slack"
)

// Upload sends a file to the URL that Slack gave for it. Nobody sees it before the upload is completed. The error names
// no URL: whoever has it could upload something else.
// Source: https://docs.slack.dev/reference/methods/files.getUploadURLExternal
func Upload(ctx context.Context, client *http.Client, to, content string) error {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to, strings.NewReader(content))
	if err != nil {
		return fmt.Errorf("upload a file: %w", WithoutURL(err))
	}
	req.Header.Set("Content-Type", "application/octet-stream")
	resp, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("upload a file: %w", WithoutURL(err))
	}
	defer resp.Body.Close()
	_, _ = io.Copy(io.Discard, resp.Body) // only the status counts
	if resp.StatusCode != http.StatusOK {
		return fmt.Errorf("upload a file: %w", slack.StatusCodeError{Code: resp.StatusCode, Status: resp.Status})
	}
	return nil
}

// IsPrivate reports whether only invited members of this workspace read a conversation. Where Slack does not say, for
// want of a scope, it counts as one that everybody reads.
func IsPrivate(ctx context.Context, client *slack.Client, channel string) (bool, error) {
	info, err := client.GetConversationInfoContext(ctx, &slack.GetConversationInfoInput{ChannelID: channel})
	if err != nil {
		return false, JudgeCall(err)
	}
	return (info.IsPrivate || info.IsIM || info.IsMpIM) && !info.IsExtShared, nil
}
