// Command linqbot removes people from Linq group chats on the word of people in Slack. Each subcommand has a file here,
// which reads flags and leaves the work to the packages in internal. It knows what is printed and how the program
// exits, and decides nothing about removals. Begin with serve.go.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"linqbot/cmd/linqbot/internal/build"
	"linqbot/cmd/linqbot/internal/operate"
	"linqbot/cmd/linqbot/internal/terminal"
)

// These are set when a release is built: its version, and its commit where Go cannot see the repository.
var (
	version = "development"
	commit  string //nolint:gochecknoglobals // set by the linker
)

func thisBuild() build.Build { return build.Of(version, commit) }

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot()
	root.SetOut(terminal.NewWriter(os.Stdout))
	if err := root.ExecuteContext(ctx); err != nil {
		fmt.Fprintln(terminal.NewWriter(os.Stderr), "linqbot:", err)
		stop()
		os.Exit(exitCode(err)) //nolint:gocritic // stop has run
	}
}

// exitCode is 1, and 2 for a command that is written wrong and says so by its code.
func exitCode(err error) int {
	if _, wrong := errors.AsType[*operate.UsageError](err); wrong {
		return 2 //nolint:mnd // the usual code for wrong usage
	}
	return 1
}
