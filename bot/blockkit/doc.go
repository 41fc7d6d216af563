// Package blockkit turns sentences into Slack's blocks: answers, the messages of a thread, the modal and the Home tab. It
// escapes what people and Linq wrote, and keeps within Slack's limits of length and number. It is pure: it knows the
// ledger's requests and Linq's chats as data, and calls neither Slack nor anything else. Begin reading at [Renderer].
package blockkit
