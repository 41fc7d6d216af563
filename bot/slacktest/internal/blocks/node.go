// Package blocks reads Slack's blocks and views loosely, as maps, and holds them against the limits
// that Slack documents. It knows no workspace, and nothing of how blocks look. Begin with
// [CheckMessage].
package blocks

import "encoding/json"

// Node is a JSON object read loosely: what is missing or of another type is empty.
type Node map[string]any

// Parse reads a JSON list of objects.
func Parse(raw json.RawMessage) ([]Node, error) {
	var list []Node
	err := json.Unmarshal(raw, &list)
	return list, err
}

// Has reports whether the key is there.
func (n Node) Has(key string) bool { _, ok := n[key]; return ok }

// Text is the string below a key, "" for anything else.
func (n Node) Text(key string) string { s, _ := n[key].(string); return s }

// Child is the object below a key, nil for anything else.
func (n Node) Child(key string) Node { m, _ := n[key].(map[string]any); return m }

// Children are the objects in the list below a key.
func (n Node) Children(key string) []Node {
	list, _ := n[key].([]any)
	var all []Node
	for _, item := range list {
		m, _ := item.(map[string]any)
		all = append(all, m)
	}
	return all
}
