package slacktest

import "encoding/json"

// node is a JSON object read loosely: what is missing or of another type is empty.
type node map[string]any

// nodes reads a JSON list of objects.
func nodes(raw json.RawMessage) ([]node, error) {
	var list []node
	err := json.Unmarshal(raw, &list)
	return list, err
}

func (n node) has(key string) bool { _, ok := n[key]; return ok }

func (n node) text(key string) string { s, _ := n[key].(string); return s }

func (n node) child(key string) node { m, _ := n[key].(map[string]any); return m }

func (n node) children(key string) []node {
	list, _ := n[key].([]any)
	var all []node
	for _, item := range list {
		m, _ := item.(map[string]any)
		all = append(all, m)
	}
	return all
}
