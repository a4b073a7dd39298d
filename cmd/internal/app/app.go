// Package app is the only place where the parts are wired together: configuration from the environment,
// the connections, the HTTP server with pages and API, the worker with processes, steps and the sender
// of mail. cmd/server, cmd/dev and cmd/admin call it; nothing here decides anything about hiring.
package app

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"sync/atomic"
	"time"
	_ "time/tzdata" // zones are needed on machines without them

	"github.com/uptrace/bun"
	"go.temporal.io/sdk/client"
	sdklog "go.temporal.io/sdk/log"
	"go.temporal.io/sdk/worker"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/mail"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/hiring"
)

// App is an opened installation.
type App struct {
	Config   Config
	Log      *slog.Logger
	DB       *bun.DB
	Temporal client.Client
	Reader   *store.Reader
	Catalog  *store.Catalog
	Client   *workflows.Client

	clock atomic.Pointer[hiring.Clock] // as it was last read
}

// Open connects to PostgreSQL and prepares the client of Temporal. It waits for PostgreSQL a little, as
// both may start together; Temporal is dialled lazily, because pages can be read without it.
func Open(ctx context.Context, c Config) (*App, error) {
	if err := c.Check(); err != nil {
		return nil, err
	}
	a := &App{Config: c, Log: Logger(c.LogLevel)}
	var err error
	if a.DB, err = store.Open(c.DatabaseURL, c.Connections); err != nil {
		return nil, err
	}
	if err = patiently(ctx, func() error { return a.DB.PingContext(ctx) }); err != nil {
		return nil, errors.Join(errors.New("the database does not answer (DATABASE_URL)"), err, a.DB.Close())
	}
	options, err := c.temporalOptions(a.Log)
	if err == nil {
		a.Temporal, err = client.NewLazyClient(options)
	}
	if err != nil {
		return nil, errors.Join(err, a.DB.Close())
	}
	a.Reader, a.Catalog, a.Client = store.NewReader(a.DB), store.NewCatalog(a.DB), workflows.NewClient(a.Temporal)
	return a, nil
}

// Close lets the connections go.
func (a *App) Close() {
	if a.Temporal != nil {
		a.Temporal.Close()
	}
	_ = a.DB.Close()
}

// Run serves in the configured role until ctx ends, then stops gracefully: no new requests, running
// steps finished, the mail being sent sent.
func (a *App) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var stops []func()
	if a.Config.Role != "http" {
		stop, err := a.startWorker(ctx, cancel)
		if err != nil {
			return err
		}
		stops = append(stops, stop)
	}
	if a.Config.Role != "worker" {
		stop, err := a.startHTTP(ctx, cancel)
		if err != nil {
			return err
		}
		stops = append(stops, stop)
	}
	<-ctx.Done()
	for _, stop := range stops {
		stop()
	}
	if cause := context.Cause(ctx); !errors.Is(cause, context.Canceled) {
		return cause
	}
	return nil
}

// startWorker runs processes, steps, the sender of mail and the housekeeping.
func (a *App) startWorker(ctx context.Context, fail context.CancelCauseFunc) (func(), error) {
	if err := patiently(ctx, func() error {
		_, err := a.Temporal.CheckHealth(ctx, nil)
		return err
	}); err != nil {
		return nil, errors.Join(errors.New("no answer from Temporal (TEMPORAL_ADDRESS)"), err)
	}
	w := worker.New(a.Temporal, workflows.TaskQueue, worker.Options{
		WorkerStopTimeout: 20 * time.Second,
		OnFatalError:      func(err error) { fail(fmt.Errorf("worker: %w", err)) },
	})
	workflows.Register(w)
	activities.New(store.NewRecords(a.DB), a.Reader).Register(w)
	if err := w.Start(); err != nil {
		return nil, err
	}
	if err := a.Client.EnsureReconcile(ctx); err != nil {
		a.Log.Warn("the hourly reconcile is not scheduled", "error", fmt.Sprintf("%T", err))
	}
	sender := a.Sender()
	background := make(chan struct{})
	go func() {
		defer close(background)
		go a.housekeeping(ctx)
		go a.learning(ctx)
		if err := sender.Run(ctx); err != nil {
			fail(err)
		}
	}()
	return func() { w.Stop(); <-background }, nil
}

// Sender returns the sender of this installation's mail.
func (a *App) Sender() *activities.Sender {
	c := a.Config
	return &activities.Sender{
		Outbox: store.NewOutbox(a.DB), Keys: c.keys, PublicURL: c.PublicURL,
		From:     mail.Address{Name: c.from.Name, Email: c.from.Address},
		Dialer:   mail.Dialer{Host: c.SMTPHost, Port: c.SMTPPort, TLS: mail.TLSMode(c.SMTPTLS), User: c.SMTPUser, Password: c.SMTPPassword},
		Parallel: 2, Wall: time.Now, Log: a.Log, Nudge: a.Client.Nudge,
	}
}

// housekeeping sweeps documents that no step linked for two days, files that nobody took in, what refused rows said,
// and ended sessions.
func (a *App) housekeeping(ctx context.Context) {
	for {
		if clock, err := a.Reader.Clock(ctx); err == nil {
			if _, err := a.Catalog.SweepDocuments(ctx, clock.At(time.Now()).AddDate(0, 0, -2)); err != nil && ctx.Err() == nil {
				a.Log.Warn("documents not swept")
			}
			old := clock.At(time.Now()).AddDate(0, 0, -store.LeftoverDays)
			if _, err := a.Catalog.SweepPreviews(ctx, old); err != nil && ctx.Err() == nil {
				a.Log.Warn("previews not swept")
			}
			if _, err := a.Catalog.SweepRefused(ctx, old); err != nil && ctx.Err() == nil {
				a.Log.Warn("refused rows not swept")
			}
		}
		// A limiter's longest window is an hour; a day leaves the counters to look at.
		if _, err := a.Catalog.SweepAccounts(ctx, time.Now().AddDate(0, 0, -1)); err != nil && ctx.Err() == nil {
			a.Log.Warn("ended sessions not swept")
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(time.Hour):
		}
	}
}

func (c Config) temporalOptions(log *slog.Logger) (client.Options, error) {
	options := client.Options{HostPort: c.TemporalAddress, Namespace: c.TemporalNamespace, Logger: sdklog.NewStructuredLogger(log.With("part", "temporal"))}
	if c.TemporalAPIKey != "" {
		options.Credentials = client.NewAPIKeyStaticCredentials(c.TemporalAPIKey)
	}
	if !c.TemporalTLS && c.TemporalCA == "" && c.TemporalCert == "" && c.TemporalAPIKey == "" {
		return options, nil
	}
	config := &tls.Config{MinVersion: tls.VersionTLS12}
	if c.TemporalCA != "" {
		pem, err := os.ReadFile(c.TemporalCA)
		if err != nil {
			return options, fmt.Errorf("TEMPORAL_TLS_CA: %w", err)
		}
		config.RootCAs = x509.NewCertPool()
		if !config.RootCAs.AppendCertsFromPEM(pem) {
			return options, errors.New("TEMPORAL_TLS_CA holds no certificate")
		}
	}
	if c.TemporalCert != "" {
		pair, err := tls.LoadX509KeyPair(c.TemporalCert, c.TemporalKey)
		if err != nil {
			return options, fmt.Errorf("TEMPORAL_TLS_CERT: %w", err)
		}
		config.Certificates = []tls.Certificate{pair}
	}
	options.ConnectionOptions.TLS = config
	return options, nil
}

// patiently tries for half a minute.
func patiently(ctx context.Context, try func() error) error {
	var err error
	for n := 0; n < 60; n++ {
		if err = try(); err == nil || ctx.Err() != nil {
			return err
		}
		select {
		case <-ctx.Done():
		case <-time.After(500 * time.Millisecond):
		}
	}
	return err
}

func zone(name string) (*time.Location, error) { return time.LoadLocation(name) }

func level(name string) (slog.Level, error) {
	var l slog.Level
	return l, l.UnmarshalText([]byte(name))
}

// Logger writes structured lines to standard error; a level that is not known reads as info.
func Logger(name string) *slog.Logger {
	l, _ := level(name)
	return slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: l}))
}
