package main

import (
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
	if err := printVersion(&text, thisBuild()); err == nil { // nothing fails that writes into memory
		root.SetVersionTemplate(text.String())
	}
	root.CompletionOptions.HiddenDefaultCmd = true
	root.AddCommand(newServe(), newDemo(), newSend(), newHealthcheck(), newWebhook(), newMigrate(), newBackup(), newRestore(), newAudit(), newVersion(), newManifest(), newDoctor(), newPause(), newResume(), newRemove(), newOffboard())
	return root
}
