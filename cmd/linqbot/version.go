package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"linqbot/cmd/linqbot/internal/build"
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, Go's version, and the modules in this program",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return printVersion(cmd.OutOrStdout(), thisBuild())
		},
	}
}

func printVersion(out io.Writer, this build.Build) error {
	const padding = 2
	table := tabwriter.NewWriter(out, 0, 0, padding, ' ', 0)
	commit := cmp.Or(this.Commit, "unknown: it was built outside of the repository")
	if this.Changed {
		commit += ", and changes that are not in it"
	}
	fmt.Fprintf(table, "linqbot %s\ncommit %s\ngo %s %s/%s\n", this.Version, commit,
		strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH)
	if this.Modules != nil {
		fmt.Fprintln(table, "modules")
		for _, module := range this.Modules {
			fmt.Fprintf(table, "  %s\t%s%s\n", module.Path, module.Version, replacement(module))
		}
	}
	return table.Flush()
}

func replacement(module *debug.Module) string {
	if module.Replace == nil {
		return ""
	}
	return strings.TrimRight(" => "+module.Replace.Path+" "+module.Replace.Version, " ")
}
