// Package manifests holds the files that linqbot is set up with elsewhere, so that the program can
// show them and tests can hold them against the code. Only the manifest of the Slack app is in the program: [SlackApp].
package manifests

import _ "embed" // slack-app.yaml

//go:embed slack-app.yaml
var slackApp string

// SlackApp returns the manifest of the Slack app: YAML, with the host linqbot.example.com standing
// for the one under which Slack reaches linqbot.
func SlackApp() []byte { return []byte(slackApp) }
