package redact

// Mark stands where a secret stood.
const Mark = mark

// Text returns the text without the secrets.
func (s Secrets) Text(text string) string { return s.text(text) }
