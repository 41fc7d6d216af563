package main

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"os/user"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/commands"
	"linqbot/commands/rails"
	"linqbot/ledger"
	"linqbot/linq/handle"
)

func newPause() *cobra.Command {
	var reason, name string
	cmd := &cobra.Command{
		Use:   "pause --reason TEXT",
		Short: "Pause all removals, in every process that serves",
		Long: `Pause all removals within a second, in every process that serves from the ledger that DATABASE_URL names.

What is asked for meanwhile is recorded and kept, and everybody who asks is told who paused removals and
why. What Linq has been sent goes on, and so does adding people back. "linqbot resume" lets removals go on.
It works while linqbot serves, on SQLite too.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			reason = strings.Join(strings.Fields(handle.MaskText(reason)), " ")
			switch {
			case reason == "":
				return errors.New("--reason is missing: say why, for those who ask for a removal meanwhile")
			case utf8.RuneCountInString(reason) > commands.LongestReason:
				return fmt.Errorf("--reason is too long: write %d characters at most", commands.LongestReason)
			}
			before, err := turn(cmd, ledger.Switch{Pause: true, Reason: reason}, name)
			if err != nil {
				return err
			}
			said := "All removals are paused. They were not before."
			if before.Holds() {
				said = "Nothing was changed. " + rails.PausedWords(before).String()
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
			return err
		},
	}
	cmd.Flags().StringVar(&reason, "reason", "", "why, for those who ask for a removal meanwhile")
	nameFlag(cmd, &name)
	return cmd
}

func newResume() *cobra.Command {
	var name string
	cmd := &cobra.Command{
		Use:   "resume",
		Short: "Let removals go on that were paused",
		Long: `Let removals go on that "linqbot pause", or somebody in the Home tab, has paused. What was asked for meanwhile
goes on by itself. It works while linqbot serves, on SQLite too.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			before, err := turn(cmd, ledger.Switch{}, name)
			if err != nil {
				return err
			}
			said := "Nothing was changed: removals were not paused."
			if before.Holds() {
				said = "Removals go on, after " + time.Since(before.Since).Round(time.Second).String() + ". Before: " + rails.PausedWords(before).String()
			}
			_, err = fmt.Fprintln(cmd.OutOrStdout(), said)
			return err
		},
	}
	nameFlag(cmd, &name)
	return cmd
}

func nameFlag(cmd *cobra.Command, name *string) {
	cmd.Flags().StringVar(name, "as", "", "your name, for the record (default: that of your account here)")
}

// turn turns the switch as the operator of that name.
func turn(cmd *cobra.Command, s ledger.Switch, name string) (ledger.Pause, error) {
	cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL")
	if err != nil {
		return ledger.Pause{}, err
	}
	s.Source, s.Operator = ledger.Operator, cmp.Or(strings.Join(strings.Fields(handle.MaskText(name)), " "), account())
	return ledger.Turn(cmd.Context(), cfg.DatabaseURL, s)
}

// account is the name under which whoever runs the program is logged in.
func account() string {
	if current, err := user.Current(); err == nil {
		return current.Username
	}
	return "unknown"
}
