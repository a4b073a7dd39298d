// Command dev runs the whole of Stazh on one machine: PostgreSQL, Temporal, a mail sink with a mailbox page, and the
// application with a demo company. Nothing is needed but Go and PostgreSQL's programs; nothing is left running.
//
//	go run ./cmd/dev [-reset] [-speed N] [-until DAYTHOUR] [-dir .dev] [-addr 127.0.0.1:8080]
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"
)

func main() {
	ctx, restore := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// A second Ctrl-C ends the process at once; PostgreSQL's keeper then stops PostgreSQL. Not within the first second:
	// timeout(1) and the like send one signal to the process and the same to its group.
	context.AfterFunc(ctx, func() { time.AfterFunc(time.Second, restore) })
	os.Exit(run(ctx, os.Args[1:], os.Stdout, os.Stderr, startApp))
}

// settings are the command line.
type settings struct {
	dir, addr string
	speed     int
	until     time.Time // zero: no hurry
	reset     bool
}

// run is main with its surroundings as arguments; it returns the exit code when ctx ends or something fails.
func run(ctx context.Context, args []string, stdout, stderr io.Writer, app appStarter) int {
	set, err := parse(args, stderr)
	if errors.Is(err, flag.ErrHelp) {
		return 0
	}
	if err != nil {
		fmt.Fprintln(stderr, err)
		return 2
	}
	m := &machine{set: set, out: newProgress(stdout)}
	err = m.up(ctx, app)
	if err == nil {
		m.announce()
		err = m.wait(ctx)
	}
	if ctx.Err() != nil {
		err = nil // whatever could not be finished, Ctrl-C was the reason
	}
	if err = errors.Join(err, m.down()); err != nil {
		fmt.Fprintln(stderr, err)
		return 1
	}
	return 0
}

// maxSpeed is what the clock's table admits: a working day then takes a third of a second.
const maxSpeed = 100_000

func parse(args []string, stderr io.Writer) (settings, error) {
	var s settings
	f := flag.NewFlagSet("dev", flag.ContinueOnError)
	f.SetOutput(stderr)
	f.StringVar(&s.dir, "dir", ".dev", "folder for everything that is kept between two starts")
	f.StringVar(&s.addr, "addr", "127.0.0.1:8080", "address of the pages, host:port")
	f.IntVar(&s.speed, "speed", 1, "run business time this many times faster; it stands still while nothing runs")
	f.Func("until", "first hurry business time on to this moment in Moscow, as 2026-11-30T09:45, in about a minute", func(text string) error {
		zone, err := time.LoadLocation(companyZone)
		if err == nil {
			s.until, err = time.ParseInLocation("2006-01-02T15:04", text, zone)
		}
		return err
	})
	f.BoolVar(&s.reset, "reset", false, "first wipe facts, histories and mailbox")
	if err := f.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return s, err
		}
		return s, errors.New("see: go run ./cmd/dev -h")
	}
	if f.NArg() > 0 {
		return s, fmt.Errorf("what is %q? See: go run ./cmd/dev -h", f.Arg(0))
	}
	if s.speed < 1 || s.speed > maxSpeed {
		return s, fmt.Errorf("-speed is a whole number from 1 to %d", maxSpeed)
	}
	if _, _, err := net.SplitHostPort(s.addr); err != nil {
		return s, fmt.Errorf("-addr is host:port, for example 127.0.0.1:8080: %w", err)
	}
	dir, err := filepath.Abs(s.dir)
	s.dir = dir
	return s, err
}
