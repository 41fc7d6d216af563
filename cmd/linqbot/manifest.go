package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"

	"github.com/spf13/cobra"
	"gopkg.in/yaml.v3"

	"linqbot/manifests"
)

func newManifest() *cobra.Command {
	var address string
	var asJSON bool
	cmd := &cobra.Command{
		Use:   "manifest --url https://host",
		Short: "Print the manifest of the Slack app, ready to paste",
		Long: `Print the manifest of the Slack app, with the address under which Slack reaches linqbot in every URL.

Paste it at https://api.slack.com/apps: "Create New App", "From a manifest"; for an app that is there,
under "App Manifest". It needs nothing of the environment.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			base, err := publicURL(address)
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
	cmd.Flags().StringVar(&address, "url", "", "where Slack reaches linqbot: https://host, and the path below which a proxy serves it, if any")
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

// publicURL returns the address at which the world reaches linqbot, without a slash at its end. Its
// error is the rest of a sentence.
func publicURL(text string) (string, error) {
	address, err := url.Parse(text)
	switch {
	case err != nil || address.Hostname() == "" || address.Opaque != "":
		return "", errors.New("is no address: write https://host")
	case address.Scheme != "https":
		return "", errors.New("must be an https URL: Slack calls nothing else")
	case address.User != nil || address.Fragment != "":
		return "", errors.New("must have no user name, password or #fragment")
	case address.RawQuery != "" || address.ForceQuery:
		return "", errors.New("must have no query: write https://host")
	}
	address.Scheme, address.Host = "https", strings.ToLower(address.Host)
	base := strings.TrimRight(address.String(), "/")
	if strings.ContainsAny(base, "\"'\\ \t\r\n") {
		return "", errors.New("has a character that no address has: write https://host")
	}
	return base, nil
}
