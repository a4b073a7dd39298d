// Command server is Stazh in production: HTTP and worker in one process, or one of them (ROLE), any
// number side by side. It is configured by the environment alone; the README lists the variables.
package main

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/stazh/stazh/cmd/internal/app"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run() error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	config, err := app.FromEnvironment()
	if err != nil {
		return fmt.Errorf("the configuration is not usable:\n%w", err)
	}
	a, err := app.Open(ctx, config)
	if err != nil {
		return err
	}
	defer a.Close()
	return a.Run(ctx)
}
