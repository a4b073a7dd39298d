package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"time"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/activities/store/localpg"
	"github.com/stazh/stazh/cmd/dev/localtemporal"
	"github.com/stazh/stazh/cmd/dev/mailbox"
)

// The databases on the one PostgreSQL, beside Temporal's two.
const (
	appDatabase  = "stazh"
	mailDatabase = "stazh_dev_mail"
)

// stopWithin bounds the whole orderly stop; what is left then is stopped hard.
const stopWithin = 40 * time.Second

// appStarter is startApp's type; tests put a small one in its place.
type appStarter func(context.Context, environment) (stop func(context.Context) error, err error)

// machine is everything that runs, in the order in which it was started.
type machine struct {
	set     settings
	out     *progress
	pg      *localpg.Server
	env     environment
	running []part
	failed  chan error // a part that ended by itself
}

type part struct {
	name string
	stop func(context.Context) error
}

func (m *machine) started(name string, stop func(context.Context) error) {
	m.running = append(m.running, part{name, stop})
}

// up starts everything; after an error down stops what had been started.
func (m *machine) up(ctx context.Context, app appStarter) error {
	m.failed = make(chan error, 3)
	// Root's PostgreSQL keeps its files elsewhere: whoever has removed this folder, or cloned anew, wants none of them.
	if _, err := os.Stat(m.set.dir); errors.Is(err, os.ErrNotExist) {
		m.set.reset = true
	}
	lock, err := takeLock(m.set.dir, pageURL(m.set.addr))
	if err != nil {
		return err
	}
	m.started("", func(context.Context) error { return lock.release() })
	// Found out now, not after half a minute of building up.
	if err := addressFree(m.set.addr); err != nil {
		return err
	}
	m.env = environment{
		dir: m.set.dir, addr: m.set.addr, speed: m.set.speed, until: m.set.until, out: m.out, failed: func(err error) { m.failed <- err },
	}
	for _, s := range []struct {
		name  string
		start func(context.Context) error
	}{
		{"PostgreSQL", m.startPostgres},
		{"Temporal", m.startTemporal},
		{"Mailbox", m.startMail},
	} {
		if err := m.out.step(s.name, func() error { return s.start(ctx) }); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
	}
	stop, err := app(ctx, m.env)
	if err != nil {
		return err
	}
	m.started("application", stop)
	return nil
}

func (m *machine) startPostgres(ctx context.Context) error {
	if err := localpg.Install(ctx, m.out); err != nil {
		return err
	}
	dir := filepath.Join(m.set.dir, "postgres")
	if m.set.reset {
		// The whole server's data: also a broken folder, or one of another PostgreSQL version, is mended by it.
		if err := localpg.Remove(dir); err != nil {
			return err
		}
		for _, name := range []string{"demo.json", "keys"} {
			if err := os.Remove(filepath.Join(m.set.dir, name)); err != nil && !errors.Is(err, os.ErrNotExist) {
				return err
			}
		}
	}
	pg, err := localpg.Start(ctx, localpg.Options{
		Dir:     dir,
		Durable: true,
		// A power cut may take the last half second, from facts, histories and mailbox alike because they share one
		// log; waiting for the disk twenty times an activity would be paid all day.
		Settings: map[string]string{"synchronous_commit": "off"},
	})
	if err != nil {
		return err
	}
	m.pg = pg
	stopping := make(chan struct{})
	m.started("PostgreSQL", func(ctx context.Context) error {
		close(stopping)
		return pg.Stop(ctx)
	})
	go func() {
		<-pg.Done()
		select {
		case <-stopping:
		default:
			m.failed <- fmt.Errorf("PostgreSQL has ended by itself: see %s", filepath.Join(pg.Folder(), "postgres.log"))
		}
	}()
	if _, err := pg.CreateDatabase(ctx, appDatabase, ""); err != nil {
		return err
	}
	m.env.databaseURL = pg.URL(appDatabase)
	return nil
}

func (m *machine) startTemporal(ctx context.Context) error {
	s, err := localtemporal.Start(ctx, m.pg, filepath.Join(m.set.dir, "temporal"))
	if err != nil {
		return err
	}
	m.started("Temporal", s.Stop)
	m.env.temporal = s.HostPort()
	return nil
}

func (m *machine) startMail(ctx context.Context) error {
	if _, err := m.pg.CreateDatabase(ctx, mailDatabase, ""); err != nil {
		return err
	}
	store, err := mailbox.OpenStore(ctx, m.pg.URL(mailDatabase))
	if err != nil {
		return err
	}
	m.started("", func(context.Context) error { store.Close(); return nil })

	smtp, err := localpg.KeptPort(filepath.Join(m.set.dir, "mail", "smtp-port"))
	if err != nil {
		return err
	}
	sink, err := mailsink.Listen(loopback(smtp), store)
	if err != nil {
		return err
	}
	m.started("", func(context.Context) error { return sink.Close() })

	page, err := localpg.KeptPort(filepath.Join(m.set.dir, "mail", "page-port"))
	if err != nil {
		return err
	}
	l, err := net.Listen("tcp", loopback(page))
	if err != nil {
		return err
	}
	server := &http.Server{Handler: mailbox.Handler(store), ReadHeaderTimeout: 10 * time.Second}
	m.started("", server.Shutdown)
	go func() {
		if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
			m.failed <- fmt.Errorf("the mailbox page has ended: %w", err)
		}
	}()
	m.env.smtp, m.env.mailbox = sink.Addr(), pageURL(loopback(page))
	return nil
}

// announce tells people where everything is.
func (m *machine) announce() {
	m.out.say("")
	m.out.say("  Mailbox     %s", m.env.mailbox)
	m.out.say("  Mail sink   smtp://%s", m.env.smtp)
	m.out.say("  Temporal    %s, namespace %s", m.env.temporal, localtemporal.Namespace)
	m.out.say("  Kept in     %s", m.set.dir)
	m.out.say("")
	m.out.say("Ctrl-C stops everything.")
}

// wait returns when ctx ends, or with the error of a part that ended by itself.
func (m *machine) wait(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return nil
	case err := <-m.failed:
		return err
	}
}

// down stops everything, the last started first.
func (m *machine) down() error {
	ctx, cancel := context.WithTimeout(context.Background(), stopWithin)
	defer cancel()
	if len(m.running) > 1 {
		m.out.say("\nStopping")
	}
	var all error
	for _, p := range slices.Backward(m.running) {
		if err := p.stop(ctx); err != nil {
			all = errors.Join(all, fmt.Errorf("stopping %s: %w", p.name, err))
		}
	}
	if len(m.running) > 1 && all == nil {
		m.out.say("Stopped")
	}
	m.running = nil
	return all
}

func loopback(port int) string { return net.JoinHostPort("127.0.0.1", strconv.Itoa(port)) }

// pageURL is the address as people type it.
func pageURL(addr string) string {
	host, port, err := net.SplitHostPort(addr)
	if err != nil {
		return "http://" + addr + "/"
	}
	if host == "" || net.ParseIP(host).IsUnspecified() {
		host = "localhost"
	}
	return "http://" + net.JoinHostPort(host, port) + "/"
}

func addressFree(addr string) error {
	l, err := net.Listen("tcp", addr)
	if err != nil {
		return fmt.Errorf("the pages cannot have the address %s (%w): choose another with -addr", addr, err)
	}
	return l.Close()
}
