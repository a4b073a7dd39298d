package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/google/uuid"
	"go.temporal.io/sdk/client"

	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/web/i18n"
	"github.com/stazh/stazh/workflows/fault"
)

// operator is where commands get the installation from that they work on.
type operator struct {
	dev  string // the folder of --dev, "" for the environment
	open func(ctx context.Context, dev string) (*app.App, error)
	dial func(ctx context.Context, dev string) (client.Client, error)
}

// with opens the installation for one command.
func (o *operator) with(ctx context.Context, do func(*app.App) error) error {
	a, err := o.open(ctx, o.dev)
	if err != nil {
		return err
	}
	defer a.Close()
	return do(a)
}

func openInstallation(ctx context.Context, dev string) (*app.App, error) {
	c, err := configuration(dev, "DATABASE_URL")
	if err != nil {
		return nil, err
	}
	return app.Open(ctx, c)
}

func dialTemporal(ctx context.Context, dev string) (client.Client, error) {
	c, err := configuration(dev)
	if err != nil {
		return nil, err
	}
	return app.Dial(ctx, c)
}

func configuration(dev string, needed ...string) (app.Config, error) {
	if dev != "" {
		if err := useDev(dev); err != nil {
			return app.Config{}, err
		}
	}
	c, err := app.PartFromEnvironment(dev != "", needed...)
	if err != nil {
		return c, fmt.Errorf("the configuration is not usable:\n%w", err)
	}
	c.LogLevel, c.Connections = "error", 4
	return c, nil
}

// useDev takes the settings that cmd/dev has left in its folder while it runs.
func useDev(dir string) error {
	f, err := os.Open(filepath.Join(dir, "environment"))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("no development installation runs on %s; start it with: go run ./cmd/dev", dir)
	}
	if err != nil {
		return err
	}
	defer f.Close()
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		name, value, ok := strings.Cut(lines.Text(), "=")
		if !ok {
			continue
		}
		if err := os.Setenv(name, value); err != nil {
			return err
		}
	}
	return lines.Err()
}

// sentence is an error in words for people: faults in those that pages use.
func sentence(err error) string {
	f := fault.As(err)
	if f == nil {
		return err.Error()
	}
	if len(f.Fields) == 0 {
		return i18n.Fault(i18n.English, f.Code, f.Details)
	}
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(f.Fields)) {
		lines = append(lines, name+": "+i18n.Invalid(i18n.English, f.Fields[name]))
	}
	return strings.Join(lines, "\n")
}

// newKey is the key of a command given by hand: giving it again is another command.
func newKey() string { return "admin/" + uuid.NewString() }

// parseID reads an id from a flag.
func parseID(flag, text string) (uuid.UUID, error) {
	id, err := uuid.Parse(text)
	if err != nil {
		return id, fmt.Errorf("--%s must be an id such as 6f2f8a4e-5a0e-4c63-9d0e-3c2b7c1f4a10; pages show it in their address", flag)
	}
	return id, nil
}
