package main

import (
	"errors"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/config"
	"linqbot/cmd/linqbot/internal/operate"
	"linqbot/cmd/linqbot/internal/terminal"
	"linqbot/ledger"
)

// operatorsHelp is what the help of remove and offboard has in common.
const operatorsHelp = `

Nothing is done before a yes: on a terminal it is asked for, and without one it takes --yes. --dry-run shows what
would be done, and does nothing. Where a linqbot serves from the ledger that DATABASE_URL names, it does the work,
and this command follows it; where none does, this command does the work itself, and that which waits there besides.
Interrupted, it leaves what is confirmed to the next linqbot serve, or to the same command. Nothing is posted to
Slack. On a terminal it draws a progress bar; without one, or with --json, it prints lines of JSON.

It ends with exit code 0 if all are gone, with 1 if something was refused or failed, with 2 if it is written wrong.
Of the environment it needs LINQ_API_V3_API_KEY, or the same with _FILE; it heeds PROTECTED_HANDLES,
MAX_REMOVALS_PER_HOUR (by the operator's name), MAX_REMOVALS_PER_DAY and "linqbot pause" as Slack does.`

func newRemove() *cobra.Command {
	return operatorsCommand(ledger.List, &cobra.Command{
		Use:   "remove CHAT_ID {HANDLE[,HANDLE…] | --file FILE} --as NAME",
		Short: "Remove people from a chat, without Slack",
		Long:  "Remove people from the chat with this id, as /linq-remove does, for operators without Slack." + operatorsHelp,
	}, 1, "the id of the chat, and the phone number or e-mail address of each person")
}

func newOffboard() *cobra.Command {
	return operatorsCommand(ledger.Offboard, &cobra.Command{
		Use:   "offboard {HANDLE[,HANDLE…] | --file FILE} --as NAME",
		Short: "Take people out of every group chat, without Slack",
		Long:  "Take a person out of every group chat, as /linq-offboard does, for operators without Slack. Several handles are those of one person, or of several people." + operatorsHelp,
	}, 0, "the phone number or e-mail address of each person")
}

// operatorsCommand takes so many arguments before the people, and says what it takes.
func operatorsCommand(job ledger.BatchJob, cmd *cobra.Command, before int, what string) *cobra.Command {
	asked := operate.Request{Job: job}
	var asLines, full bool
	var file string
	cmd.Args = func(cmd *cobra.Command, args []string) error {
		if err := noEmptyFlags(cmd, "as", "reason", "file"); err != nil {
			return operate.WrongUse(err)
		}
		switch {
		case file != "" && len(args) > before:
			return operate.WrongUse(errors.New("name the people in --file or beside it, not in both\nUsage: " + cmd.UseLine()))
		case len(args) < before || file == "" && len(args) == before:
			return operate.WrongUse(errors.New("give " + what + "\nUsage: " + cmd.UseLine()))
		}
		return nil
	}
	cmd.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return operate.WrongUse(err) })
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		cfg, err := config.LoadOnly(os.Getenv, "DATABASE_URL", "LINQ_API_V3_API_KEY", "LINQ_API_V3_BASE_URL", "DEFAULT_REGION",
			"PROTECTED_HANDLES", "MAX_REMOVALS_PER_HOUR", "MAX_REMOVALS_PER_DAY", "LINQ_CONCURRENCY", "RETENTION")
		if err != nil {
			return err
		}
		asked.Text = strings.Join(args, " ")
		if file != "" {
			if asked.File, err = operate.ReadFile(cmd.InOrStdin(), file); err != nil {
				return operate.WrongUse(err)
			}
		}
		with := operate.Config{
			Settings: cfg, Build: thisBuild(), Out: os.Stdout, Err: cmd.ErrOrStderr(), FullHandles: full,
			Lines: asLines || !terminal.Is(os.Stdout),
		}
		if !with.Lines && file != operate.Stdin && terminal.Is(os.Stdin) {
			with.In = os.Stdin
		}
		return cfg.Secrets().Error(operate.Run(cmd.Context(), with, asked))
	}
	flags := cmd.Flags()
	flags.StringVar(&asked.Name, "as", "", "your name, for the record")
	flags.StringVar(&asked.Reason, "reason", "", "why, for the record")
	flags.StringVar(&file, "file", "", "a CSV or text file with the people, 500 at most; - reads standard input")
	flags.BoolVar(&asked.DryRun, "dry-run", false, "show what would be done, and do nothing")
	flags.BoolVar(&asked.Yes, "yes", false, "do not ask")
	flags.BoolVar(&asLines, "json", false, "print lines of JSON on a terminal too")
	flags.BoolVar(&full, "full-handles", false, "show whole numbers and addresses")
	return cmd
}
