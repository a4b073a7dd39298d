// Command admin is the operator's command line.
package main

import (
	"os"

	"github.com/spf13/cobra"
)

func main() {
	if err := rootCommand().Execute(); err != nil {
		os.Exit(1) // cobra has said why
	}
}

func rootCommand() *cobra.Command {
	root := &cobra.Command{
		Use:           "admin",
		Short:         "The operator's command line of Stazh",
		SilenceUsage:  true,
		SilenceErrors: false,
	}
	root.AddCommand(showrateCommand(), simulateCommand())
	return root
}
