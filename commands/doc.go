// Package commands is what each command means: how its text is read, who may use it, the steps of a
// removal, and the words for every outcome. It knows no HTTP and nothing of Slack's types.
package commands
