package slackapi

import (
	"context"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/slack-go/slack"

	"linqbot/linq/loopback"
)

// File is a file in a message, as far as linqbot reads it. Source: https://docs.slack.dev/reference/objects/file-object
type File struct {
	Name       string `json:"name"`
	URLPrivate string `json:"url_private"`
	Size       int64  `json:"size"`
}

// Errors of [Download] that callers tell apart.
var (
	// ErrNotSlacksFile says that a file is kept elsewhere than at Slack. The token is not sent there.
	ErrNotSlacksFile = errors.New("bot: a file that Slack does not keep")
	// ErrFileTooLarge says that a file is larger than the caller reads.
	ErrFileTooLarge = errors.New("bot: a file that is too large")
	// ErrFileClosed says that the token may not read the file: Slack then sends the reader to a page for signing in.
	ErrFileClosed = errors.New("bot: a file that the token may not read")
)

// Download reads a file of Slack's, if it has no more than so many bytes. client is one of [NewHTTPClient], which
// follows no redirect. Its error names no URL.
func Download(ctx context.Context, client *http.Client, file File, token, apiURL string, most int) ([]byte, error) {
	if !isSlacksFile(file.URLPrivate, apiURL) {
		return nil, ErrNotSlacksFile
	}
	if file.Size > int64(most) {
		return nil, ErrFileTooLarge
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, file.URLPrivate, http.NoBody)
	if err != nil {
		return nil, ErrNotSlacksFile
	}
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return nil, fmt.Errorf("download file: %w", WithoutURL(err))
	}
	defer func() { _ = response.Body.Close() }() // what counts is what was read
	kind, _, _ := mime.ParseMediaType(response.Header.Get("Content-Type"))
	switch {
	case response.StatusCode >= http.StatusMultipleChoices && response.StatusCode < http.StatusBadRequest,
		response.StatusCode == http.StatusUnauthorized, response.StatusCode == http.StatusForbidden,
		response.StatusCode == http.StatusOK && kind == "text/html":
		return nil, ErrFileClosed
	case response.StatusCode != http.StatusOK:
		return nil, fmt.Errorf("download file: HTTP %d", response.StatusCode)
	}
	data, err := io.ReadAll(io.LimitReader(response.Body, int64(most)+1))
	switch {
	case errors.Is(err, errTooLarge), len(data) > most:
		return nil, ErrFileTooLarge
	case err != nil:
		return nil, fmt.Errorf("download file: %w", err)
	}
	return data, nil
}

// isSlacksFile reports whether a file is kept at Slack's own host for files. A Slack on this machine, as in tests,
// counts when apiURL is there too.
func isSlacksFile(fileURL, apiURL string) bool {
	file, err := url.Parse(fileURL)
	if err != nil || file.User != nil {
		return false
	}
	if file.Scheme == "https" && (file.Host == "files.slack.com" || file.Host == "files.slack-gov.com") {
		return true
	}
	api, err := url.Parse(apiURL)
	return err == nil && loopback.Is(api.Hostname()) && file.Scheme == api.Scheme && file.Host == api.Host
}

// Upload sends a file to the URL that Slack gave for it. Nobody sees it before the upload is completed. The error names
// no URL, since anybody who has it could upload something else.
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
