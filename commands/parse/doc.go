// Package parse reads what people typed or pasted: a chat id, phone numbers, e-mail addresses, a message
// that mentions them, the inputs of a workflow step. It undoes what Slack made of the text first, and
// refuses what it cannot read whole, in a sentence that says what to write instead. It knows the shape of
// Linq's ids and handles, but asks Linq nothing: whether the chat exists is for others to find out. Begin
// with [Remove].
package parse
