package playground

import (
	"fmt"
	"slices"

	"gopkg.in/yaml.v3"

	"linqbot/manifests"
)

// manifest is what the Slack app's manifest says that people see. The page knows no command by itself.
type manifest struct {
	Features struct {
		Commands  []command  `yaml:"slash_commands"`
		Shortcuts []shortcut `yaml:"shortcuts"`
	} `yaml:"features"`
	Functions yaml.Node `yaml:"functions"`

	Steps []step `yaml:"-"`
}

type command struct {
	Name        string `yaml:"command"`
	Description string `yaml:"description"`
	Usage       string `yaml:"usage_hint"`
}

type shortcut struct {
	Name        string `yaml:"name"`
	Type        string `yaml:"type"` // message or global
	CallbackID  string `yaml:"callback_id"`
	Description string `yaml:"description"`
}

// step is a step that a workflow can run.
type step struct {
	CallbackID  string
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	In          struct {
		Properties yaml.Node `yaml:"properties"`
		Required   []string  `yaml:"required"`
	} `yaml:"input_parameters"`
	Inputs []stepInput `yaml:"-"`
}

type stepInput struct {
	Name        string
	Type        string `yaml:"type"`
	Title       string `yaml:"title"`
	Description string `yaml:"description"`
	Required    bool   `yaml:"-"`
}

func readManifest() (manifest, error) {
	var m manifest
	if err := yaml.Unmarshal(manifests.SlackApp(), &m); err != nil {
		return m, fmt.Errorf("the app's manifest: %w", err)
	}
	for i := 0; i+1 < len(m.Functions.Content); i += 2 { // in the order of the manifest
		s := step{CallbackID: m.Functions.Content[i].Value}
		if err := m.Functions.Content[i+1].Decode(&s); err != nil {
			return m, fmt.Errorf("the app's manifest: %w", err)
		}
		properties := s.In.Properties.Content
		for j := 0; j+1 < len(properties); j += 2 {
			in := stepInput{Name: properties[j].Value, Required: slices.Contains(s.In.Required, properties[j].Value)}
			if err := properties[j+1].Decode(&in); err != nil {
				return m, fmt.Errorf("the app's manifest: %w", err)
			}
			s.Inputs = append(s.Inputs, in)
		}
		m.Steps = append(m.Steps, s)
	}
	return m, nil
}

func (m manifest) has(name string) bool {
	return slices.ContainsFunc(m.Features.Commands, func(c command) bool { return c.Name == name })
}

// Shortcuts returns those of a type.
func (m manifest) Shortcuts(kind string) []shortcut {
	return slices.DeleteFunc(slices.Clone(m.Features.Shortcuts), func(s shortcut) bool { return s.Type != kind })
}

func (m manifest) step(callbackID string) (step, bool) {
	i := slices.IndexFunc(m.Steps, func(s step) bool { return s.CallbackID == callbackID })
	if i < 0 {
		return step{}, false
	}
	return m.Steps[i], true
}
