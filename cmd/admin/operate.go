package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/workflows"
)

func reconcileCommand(o *operator) *cobra.Command {
	var all bool
	within := 5 * time.Minute
	c := &cobra.Command{
		Use:   "reconcile",
		Short: "Compare running processes with the facts; start or nudge what is missing",
		Long: `Compares the processes that run in Temporal with the facts in PostgreSQL and starts or nudges what is missing. It
does so hourly by itself; by hand it is for the moment after Temporal's data was lost or replaced. It can run at
any time and as often as you like. A server with ROLE=all or worker must be running.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			ctx, cancel := context.WithTimeout(cmd.Context(), within)
			defer cancel()
			t, err := o.dial(ctx, o.dev)
			if err != nil {
				return err
			}
			defer t.Close()
			commands := workflows.NewClient(t)
			run := commands.ReconcileNow
			if all {
				run = commands.WakeAll
			}
			n, err := run(ctx)
			if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
				return fmt.Errorf("nothing took it up within %s: does a server with ROLE=all or worker run?", within)
			}
			if err == nil {
				fmt.Fprintf(cmd.OutOrStdout(), "%d processes started or nudged.\n", n)
			}
			return err
		},
	}
	c.Flags().BoolVar(&all, "all", false, "nudge every process that awaits something, also those that have the newest facts")
	c.Flags().DurationVar(&within, "within", within, "how long to wait for the answer")
	return c
}

func journalCommand(o *operator) *cobra.Command {
	parent := &cobra.Command{Use: "journal", Short: "The journal of what was done, by whom"}
	verify := &cobra.Command{
		Use:   "verify",
		Short: "Check that no row of the journal was changed or removed",
		Long: `Reads the whole journal and checks that each row's hash follows from its content and from the row before it on the
same subject. A row that was changed, or followed one that is gone, is listed, and the exit code is 1.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return o.with(cmd.Context(), func(a *app.App) error {
				rows, broken, err := a.Reader.VerifyJournal(cmd.Context())
				if err != nil {
					return err
				}
				for _, b := range broken {
					fmt.Fprintf(cmd.OutOrStdout(), "row %d on %s does not follow from what is before it\n", b.Seq, b.Subject)
				}
				if len(broken) > 0 {
					return fmt.Errorf("%d of %d rows are broken", len(broken), rows)
				}
				fmt.Fprintf(cmd.OutOrStdout(), "%d rows, all whole.\n", rows)
				return nil
			})
		},
	}
	parent.AddCommand(verify)
	return parent
}
