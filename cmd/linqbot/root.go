package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
)

func newRoot() *cobra.Command {
	root := &cobra.Command{
		Use:           "linqbot",
		Short:         "Removes people from Linq group chats on the word of people in Slack",
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.Version = version
	var text strings.Builder
	if err := printVersion(&text, thisBuild()); err == nil { // writing into memory cannot fail
		root.SetVersionTemplate(text.String())
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServe(), newDemo(), newSend(), newHealthcheck(), newWebhook(), newMigrate(), newBackup(), newRestore(), newAudit(), newVersion(), newManifest(), newDoctor(), newPause(), newResume(), newRemove(), newOffboard())
	return root
}

// oneArgument wants exactly one argument that is not empty. what says what it is.
func oneArgument(what string) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		var problem string
		switch {
		case len(args) == 0:
			problem = "none is given"
		case len(args) > 1:
			problem = fmt.Sprintf("%d are given", len(args))
		case strings.TrimSpace(args[0]) == "":
			problem = "it is empty"
		default:
			return nil
		}
		return fmt.Errorf("give one argument, %s: %s\nUsage: %s", what, problem, cmd.UseLine())
	}
}

// noEmptyFlags refuses flags that are given without a value: a script with an unset variable must not ask for
// everything.
func noEmptyFlags(cmd *cobra.Command, names ...string) error {
	var empty []error
	for _, name := range names {
		if flag := cmd.Flags().Lookup(name); flag.Changed && strings.TrimSpace(flag.Value.String()) == "" {
			empty = append(empty, fmt.Errorf("--%s is empty: give a value, or leave it out", name))
		}
	}
	return errors.Join(empty...)
}
