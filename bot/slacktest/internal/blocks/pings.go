package blocks

import (
	"encoding/json"
	"slices"
	"strings"
)

// Pings reports whether a message calls a whole channel or group together. What counts is mark-up
// that Slack would obey: in the text, in mrkdwn and markdown objects, in rich text; the same
// characters in a plain_text object are only shown.
func Pings(text string, blocks json.RawMessage) bool {
	if pingsIn(text) {
		return true
	}
	var tree any
	return json.Unmarshal(blocks, &tree) == nil && pingsBelow(tree)
}

func pingsBelow(tree any) bool {
	switch v := tree.(type) {
	case []any:
		if slices.ContainsFunc(v, pingsBelow) {
			return true
		}
	case map[string]any:
		n := Node(v)
		switch n.Text("type") {
		case "mrkdwn", "markdown":
			if pingsIn(n.Text("text")) {
				return true
			}
		case "broadcast", "usergroup":
			return true
		}
		for _, item := range v {
			if pingsBelow(item) {
				return true
			}
		}
	}
	return false
}

func pingsIn(mrkdwn string) bool {
	for _, mention := range []string{"<!channel", "<!here", "<!everyone", "<!group", "<!subteam^"} {
		if strings.Contains(mrkdwn, mention) {
			return true
		}
	}
	return false
}
