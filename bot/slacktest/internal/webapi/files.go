package webapi

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"slices"

	"linqbot/bot/slacktest/internal/workspace"
)

// Upload is the name of uploads to a URL in the journal and in faults.
const Upload = "upload"

// filesGetUploadURLExternal is reference/methods/files.getUploadURLExternal.
func filesGetUploadURLExternal(w *workspace.Workspace, args Arguments) (Reply, error) {
	length := args.number("length", 0)
	if args.Get("filename") == "" || length == 0 {
		return nil, Failure("missing_argument")
	}
	file, secret := w.NewUpload(args.Get("filename"), length)
	return Reply{"upload_url": w.Settings.UploadURL(secret), "file_id": file.ID}, nil
}

// Uploaded is the file in the body of an upload, which is sent as it is or as the part of a form
// (reference/methods/files.getUploadURLExternal).
func Uploaded(contentType string, body []byte) []byte {
	media, parameters, err := mime.ParseMediaType(contentType)
	if err != nil || media != "multipart/form-data" {
		return body
	}
	for parts := multipart.NewReader(bytes.NewReader(body), parameters["boundary"]); ; {
		part, err := parts.NextPart()
		if err != nil {
			return nil
		}
		if part.FileName() != "" {
			content, _ := io.ReadAll(part) // what can be read of it; the length tells the rest
			return content
		}
	}
}

// Store answers an upload: HTTP 200 if it worked. What Slack answers otherwise is not documented.
func Store(w *workspace.Workspace, secret string, content []byte) Answer {
	file, ok := w.Uploads.Get(secret)
	if !ok || file.Done {
		return ErrorAnswer(http.StatusNotFound, Failure("not_found"))
	}
	if len(content) != file.Length {
		return ErrorAnswer(http.StatusBadRequest, Failure("wrong_length"))
	}
	file.Content = content
	text := fmt.Sprintf("OK - %d", len(content))
	return Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: []byte(text)}
}

// filesCompleteUploadExternal is reference/methods/files.completeUploadExternal. It "can only be called once" for a
// file, and wants the app in the channel, whatever chat:write.public says. Slack shares the file a little later; here
// it is shared at once.
func filesCompleteUploadExternal(w *workspace.Workspace, args Arguments) (Reply, error) {
	var named []struct {
		ID    string `json:"id"`
		Title string `json:"title"`
	}
	if err := json.Unmarshal([]byte(args.Get("files")), &named); err != nil || len(named) == 0 {
		return nil, Failure("invalid_arguments")
	}
	message := workspace.Message{Author: w.Settings.BotUserID, Text: args.Get("initial_comment"), ThreadTS: args.Get("thread_ts")}
	var answered []Reply
	var files []*workspace.File
	for _, each := range named {
		file, ok := w.Files.Get(each.ID)
		if !ok || file.Done || file.Content == nil {
			return nil, Failure("file_not_found")
		}
		if each.Title != "" {
			file.Title = each.Title
		}
		files = append(files, file)
		answered = append(answered, Reply{"id": file.ID, "title": file.Title})
	}
	c, err := sharable(w, args)
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		file.Done = true
		message.Files = append(message.Files, *file)
	}
	if c != nil {
		w.Post(c, message)
	}
	return Reply{"files": answered}, nil
}

// sharable returns the channel in which a file may be shared; nil where none is named.
func sharable(w *workspace.Workspace, args Arguments) (*workspace.Conversation, error) {
	id := args.Get("channel_id")
	if id == "" {
		return nil, nil
	}
	c, err := readable(w, id)
	switch {
	case err != nil:
		return nil, err
	case c.Archived, c.ReadOnly:
		return nil, Failure("posting_to_channel_denied")
	case mayReplyTo(c, args.Get("thread_ts")) != nil:
		return nil, Failure("invalid_arguments")
	}
	return c, nil
}

// Download is the name of the reading of a file in the journal and in faults.
const Download = "download"

// Download answers who reads a file: without the token, or the scope files:read, with the way to a page for signing in
// (reference/objects/file-object says to send the token; what Slack does without is not documented).
func (API) Download(w *workspace.Workspace, id, token string) Answer {
	file, ok := w.Files.Get(id)
	switch {
	case !ok || file.Content == nil:
		return ErrorAnswer(http.StatusNotFound, Failure("not_found"))
	case token != "Bearer "+w.Settings.BotToken, w.Settings.Scopes != nil && !slices.Contains(w.Settings.Scopes, "files:read"):
		return Answer{Status: http.StatusFound, Header: http.Header{"Location": {"https://slack.com/signin"}}, Code: "signed_out"}
	}
	return Answer{Status: http.StatusOK, Header: http.Header{"Content-Type": {"text/plain"}}, Body: file.Content}
}
