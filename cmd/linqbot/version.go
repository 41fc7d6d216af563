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
)

func newVersion() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print the version, the commit, Go's version, and the modules in this program",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			info, _ := debug.ReadBuildInfo() // nil: what is known without is printed
			return printVersion(cmd.OutOrStdout(), info)
		},
	}
}

func printVersion(out io.Writer, info *debug.BuildInfo) error {
	const padding = 2
	table := tabwriter.NewWriter(out, 0, 0, padding, ' ', 0)
	built, changed := commitOf(info)
	built = cmp.Or(built, "unknown: it was built outside of the repository")
	if changed {
		built += ", and changes that are not in it"
	}
	fmt.Fprintf(table, "linqbot %s\ncommit %s\ngo %s %s/%s\n", version, built,
		strings.TrimPrefix(runtime.Version(), "go"), runtime.GOOS, runtime.GOARCH)
	if info != nil {
		fmt.Fprintln(table, "modules")
		for _, module := range info.Deps {
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

// commitOf returns the commit that the program was built from, as Go stamped it or else as whoever built
// it did; "" if neither.
func commitOf(info *debug.BuildInfo) (stamped string, changed bool) {
	if info == nil {
		return commit, false
	}
	for _, setting := range info.Settings {
		switch setting.Key {
		case "vcs.revision":
			stamped = setting.Value
		case "vcs.modified":
			changed = setting.Value == "true"
		}
	}
	return cmp.Or(stamped, commit), changed
}

// thisBuild names the build, to tell it from another one.
func thisBuild() string {
	info, _ := debug.ReadBuildInfo() // nil: the version alone names it
	build := version
	built, changed := commitOf(info)
	if built != "" {
		build += " " + built
	}
	if changed {
		build += " changed"
	}
	return build
}
