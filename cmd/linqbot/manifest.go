package main

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"linqbot/bot"
	"linqbot/cmd/linqbot/internal/address"
	"linqbot/manifests"
)

func newManifest() *cobra.Command {
	var at string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "manifest --url https://host",
		Short: "Print the manifest of the Slack app, ready to paste",
		Long: `Print the manifest of the Slack app, with the address under which Slack reaches linqbot in every URL.

Paste it at https://api.slack.com/apps: "Create New App", "From a manifest"; for an app that is there,
under "App Manifest". It needs nothing of the environment.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			base, err := address.Public(at, bot.Paths())
			if err != nil {
				return fmt.Errorf("--url %w", err)
			}
			manifest, err := manifestFor(base, asJSON)
			if err != nil {
				return err
			}
			_, err = cmd.OutOrStdout().Write(manifest)
			return err
		},
	}
	cmd.Flags().StringVar(&at, "url", "", "where Slack reaches linqbot: https://host, and the path below which a proxy serves it, if any")
	cmd.Flags().BoolVar(&asJSON, "json", false, "for the tab «JSON» of Slack's form; without the comments")
	_ = cmd.MarkFlagRequired("url") // the flag is there
	return cmd
}

// placeholder is what the manifest has in the place of the address.
const placeholder = "https://linqbot.example.com"

// manifestFor returns the manifest of an app that is served at base, which has no slash at its end.
func manifestFor(base string, asJSON bool) ([]byte, error) {
	manifest := bytes.ReplaceAll(manifests.SlackApp(), []byte(placeholder), []byte(base))
	var app map[string]any
	if err := yaml.Unmarshal(manifest, &app); err != nil {
		return nil, fmt.Errorf("the manifest with this address is not YAML: %w", err)
	}
	if !asJSON {
		return manifest, nil
	}
	var encoded bytes.Buffer
	encoder := json.NewEncoder(&encoded)
	encoder.SetEscapeHTML(false) // people read it too
	encoder.SetIndent("", "  ")
	if err := encoder.Encode(app); err != nil {
		return nil, err
	}
	return encoded.Bytes(), nil
}
