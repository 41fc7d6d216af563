package slackapi

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"
)

// Decode reads what Slack sends into the fields that value names. A field of another type than expected stays empty:
// Slack adds to its objects, and an addition must not keep linqbot from reading the rest. Only what is not JSON at all
// is an error.
func Decode(body []byte, value any) error {
	err := json.Unmarshal(body, value)
	if _, otherType := errors.AsType[*json.UnmarshalTypeError](err); otherType {
		return nil
	}
	return err
}

// answer has what linqbot reads of the answers of Slack's methods.
type answer struct {
	OK       bool   `json:"ok"`
	Error    string `json:"error,omitempty"`
	Needed   string `json:"needed,omitempty"`
	Provided string `json:"provided,omitempty"`

	Metadata struct {
		NextCursor string `json:"next_cursor,omitempty"`
	} `json:"response_metadata"`

	// chat.*, conversations.*
	Channel  channel   `json:"channel,omitzero"`
	TS       string    `json:"ts,omitempty"`
	Message  *message  `json:"message,omitempty"`
	Messages []message `json:"messages,omitempty"`
	HasMore  bool      `json:"has_more,omitempty"`

	// files.*
	UploadURL string `json:"upload_url,omitempty"`
	FileID    string `json:"file_id,omitempty"`
	Files     []file `json:"files,omitempty"`

	// views.*
	View *view `json:"view,omitempty"`

	// usergroups.*
	Users  []string `json:"users,omitempty"`
	Groups []group  `json:"usergroups,omitempty"`

	// auth.test
	URL          string `json:"url,omitempty"`
	Team         string `json:"team,omitempty"`
	User         string `json:"user,omitempty"`
	TeamID       string `json:"team_id,omitempty"`
	UserID       string `json:"user_id,omitempty"`
	BotID        string `json:"bot_id,omitempty"`
	EnterpriseID string `json:"enterprise_id,omitempty"`
}

type message struct {
	TS       string `json:"ts"`
	ThreadTS string `json:"thread_ts,omitempty"`
	User     string `json:"user,omitempty"`
	BotID    string `json:"bot_id,omitempty"`
	Files    []file `json:"files,omitempty"`
	Metadata struct {
		EventType    string `json:"event_type"`
		EventPayload struct {
			Key string `json:"key,omitempty"`
		} `json:"event_payload"`
	} `json:"metadata"`
}

type file struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type view struct {
	ID   string `json:"id"`
	Hash string `json:"hash,omitempty"`
}

type group struct {
	ID         string  `json:"id"`
	Handle     string  `json:"handle"`
	DateDelete float64 `json:"date_delete"`
}

// channel is an id for the methods of chat, and an object for those of conversations.
type channel struct {
	ID        string
	described *conversation
}

type conversation struct {
	ID          string `json:"id"`
	Name        string `json:"name,omitempty"`
	IsArchived  bool   `json:"is_archived,omitempty"`
	IsPrivate   bool   `json:"is_private,omitempty"`
	IsIM        bool   `json:"is_im,omitempty"`
	IsMPIM      bool   `json:"is_mpim,omitempty"`
	IsExtShared bool   `json:"is_ext_shared,omitempty"`
}

func (c *channel) UnmarshalJSON(encoded []byte) error {
	if json.Unmarshal(encoded, &c.ID) == nil {
		return nil
	}
	var described conversation
	if Decode(encoded, &described) == nil && bytes.HasPrefix(encoded, []byte("{")) {
		c.described = &described
	}
	return nil
}

func (c channel) MarshalJSON() ([]byte, error) {
	if c.described != nil {
		return json.Marshal(c.described)
	}
	return json.Marshal(c.ID)
}

// LooseReplyError says that a reply was posted, and stands in the channel: its thread is gone.
type LooseReplyError struct {
	ChannelID string
	TS        string
}

func (e *LooseReplyError) Error() string { return "bot: a reply stands outside of its thread" }

// reduced returns an answer without what linqbot does not read, for slack-go to decode.
func reduced(r *http.Request, body []byte) ([]byte, error) {
	if err := checkOK(body); err != nil {
		return nil, err
	}
	var a answer
	if err := Decode(body, &a); err != nil {
		return nil, errNotOK
	}
	if a.OK && a.Message != nil && a.Message.ThreadTS == "" && isReply(r) {
		return nil, &LooseReplyError{ChannelID: a.Channel.ID, TS: a.TS}
	}
	if a.OK && a.Messages == nil && strings.HasSuffix(r.URL.Path, "/conversations.history") {
		return nil, errNotOK // no page, and not an empty one
	}
	a.Message = nil
	if described := a.Channel.described; described != nil && strings.Contains(r.URL.Path, "/chat.") {
		a.Channel = channel{ID: described.ID} // slack-go takes an id alone there
	}
	return json.Marshal(a)
}

// isReply reports whether a request posts into a thread.
func isReply(r *http.Request) bool {
	if !strings.HasSuffix(r.URL.Path, "/chat.postMessage") || r.GetBody == nil {
		return false
	}
	var sent bytes.Buffer
	body, err := r.GetBody()
	if err != nil {
		return false
	}
	defer body.Close()
	if _, err := sent.ReadFrom(body); err != nil {
		return false
	}
	form, err := url.ParseQuery(sent.String())
	return err == nil && form.Get("thread_ts") != ""
}
