// Command admin is the operator's command line: the first account, API tokens, import and export of
// responses, reconciling processes with facts, checking the journal, scoring forecasts.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := rootCommand().ExecuteContext(ctx)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, sentence(err))
		os.Exit(1)
	}
}

func rootCommand() *cobra.Command {
	return commandsOn(&operator{open: openInstallation, dial: dialTemporal})
}

// commandsOn returns the whole command line; the operator opens what a command works on.
func commandsOn(o *operator) *cobra.Command {
	root := &cobra.Command{
		Use:   "admin",
		Short: "The operator's command line of Stazh",
		Long: `The operator's command line of Stazh. Like the server it is configured by the environment: DATABASE_URL for
most commands, and TEMPORAL_ADDRESS (with the other TEMPORAL_ variables) for import and reconcile. In a folder
with a running development installation, --dev uses that one.`,
		SilenceUsage:  true,
		SilenceErrors: true, // main says it, in words
	}
	root.PersistentFlags().StringVar(&o.dev, "dev", "", "use the development installation that runs on this folder (--dev alone: .dev)")
	root.PersistentFlags().Lookup("dev").NoOptDefVal = ".dev"
	root.AddCommand(
		accountCommand(o), tokenCommand(o), importCommand(o), exportCommand(o), reconcileCommand(o), journalCommand(o),
		showrateCommand(), simulateCommand(),
	)
	return root
}
