package slackapi

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"time"
)

// CallJSON posts JSON to a method of the Web API, and returns the code of Slack's refusal, "" for none.
// slack-go's own call sends "outputs": null for none, and takes {"ok":false} without an error for success.
func CallJSON(ctx context.Context, client *http.Client, apiURL, token, method string, arguments map[string]any) (refusal string, err error) {
	body, err := json.Marshal(arguments)
	if err != nil {
		return "", fmt.Errorf("encode %s: %w", method, err)
	}
	request, err := http.NewRequestWithContext(ctx, http.MethodPost, apiURL+method, bytes.NewReader(body))
	if err != nil {
		return "", fmt.Errorf("%s: %w", method, err)
	}
	request.Header.Set("Content-Type", "application/json; charset=utf-8")
	request.Header.Set("Authorization", "Bearer "+token)
	response, err := client.Do(request)
	if err != nil {
		return "", fmt.Errorf("%s: %w", method, WithoutURL(err))
	}
	defer response.Body.Close()
	var answer struct {
		OK    bool   `json:"ok"`
		Error string `json:"error"`
	}
	if response.StatusCode != http.StatusOK {
		return "", &RetryLaterError{Wait: retryAfter(response.Header, time.Now()), Err: fmt.Errorf("%s: HTTP %d", method, response.StatusCode)}
	}
	answered, err := io.ReadAll(response.Body)
	if err == nil {
		err = checkOK(answered)
	}
	if err == nil {
		err = json.Unmarshal(answered, &answer)
	}
	if err != nil {
		return "", fmt.Errorf("%s: decode the answer: %w", method, err)
	}
	if answer.OK {
		return "", nil
	}
	return answer.Error, nil
}
