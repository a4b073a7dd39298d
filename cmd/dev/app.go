package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/cmd/dev/localtemporal"
	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/migrations"
)

// environment is what the machine offers to the application once everything under it runs.
type environment struct {
	dir         string      // the folder of -dir, for demo.json
	addr        string      // host:port to listen on
	databaseURL string      // the application's own database, there but possibly empty; holds a password
	temporal    string      // host:port of Temporal's frontend; the namespace is localtemporal.Namespace
	smtp        string      // host:port of the mail sink: no TLS, no sign-in
	mailbox     string      // the mailbox page's URL, to be shown to people
	speed       int         // business time runs so many times faster; 1 is real time
	until       time.Time   // business time is first brought on to here; zero: it is not
	out         *progress   // what people are told
	failed      func(error) // to be told when the application ends by itself
}

// companyStep is the one of a first start only.
const companyStep = "Demo company"

// hurryStep is the one of -until.
const hurryStep = "Time"

// companyZone is the zone in which -until is read and the demo company works.
const companyZone = "Europe/Moscow"

// seenEvery is how often a fast clock is noted: so much wall time at most is lost when the process is killed.
const seenEvery = 2 * time.Second

// startApp starts the application on the environment: migrations, worker, HTTP, demo company. It returns when the
// pages answer and the company is there; stop ends it within its context. What it tells people goes to env.out.
func startApp(ctx context.Context, env environment) (stop func(context.Context) error, err error) {
	r := &running{env: env}
	defer func() {
		if err != nil {
			err = errors.Join(err, r.stop(context.WithoutCancel(ctx)))
		}
	}()
	for _, s := range []struct {
		name  string
		start func(context.Context) error
	}{
		{"Database schema", r.prepare},
		{"Application", r.open},
		{companyStep, r.company},
		{"Processes", r.wake},
		{hurryStep, r.hurry},
	} {
		if s.name == companyStep && r.seeded || s.name == hurryStep && env.until.IsZero() {
			continue
		}
		if err := env.out.step(s.name, func() error { return s.start(ctx) }); err != nil {
			return nil, err
		}
	}
	if err := r.leaveSettings(); err != nil {
		return nil, err
	}
	if err := r.announce(ctx); err != nil {
		return nil, err
	}
	return r.stop, nil
}

// running is the application of one start.
type running struct {
	env    environment
	config app.Config
	app    *app.App
	seeded bool               // by an earlier start
	end    context.CancelFunc // tells Run to stop
	ended  chan error         // Run's answer
	clock  chan struct{}      // closed when nobody notes the clock any more
}

// prepare brings the schema up and begins a new segment of the business clock where one is due: before any process
// runs, so that none sees the time in which nothing ran pass.
func (r *running) prepare(ctx context.Context) error {
	keys, err := linkKeys(filepath.Join(r.env.dir, "keys"))
	if err != nil {
		return err
	}
	if r.config, err = configFor(r.env, keys); err != nil {
		return err
	}
	db, err := store.Open(r.env.databaseURL, 4)
	if err != nil {
		return err
	}
	defer db.Close()
	if _, err := migrations.Up(ctx, db); err != nil {
		return err
	}
	reader, catalog := store.NewReader(db), store.NewCatalog(db)
	if r.seeded, err = hasCompany(ctx, reader); err != nil {
		return err
	}
	clock, err := reader.Clock(ctx)
	if err != nil {
		return err
	}
	// A fast clock stood still since it was last seen; a real one went on. The company of a first start is built in
	// real time, or its sessions would lie in the past before it is complete.
	if clock.Speed > 1 || r.seeded && clock.Speed != float64(r.env.speed) {
		return catalog.SetSpeed(ctx, time.Now(), float64(r.env.speed), clock.Speed > 1)
	}
	return nil
}

func configFor(env environment, keys string) (app.Config, error) {
	host, portText, err := net.SplitHostPort(env.smtp)
	if err != nil {
		return app.Config{}, err
	}
	port, err := strconv.Atoi(portText)
	return app.Config{
		Role: "all", Listen: env.addr, PublicURL: strings.TrimRight(pageURL(env.addr), "/"),
		DatabaseURL: env.databaseURL, Connections: 20,
		TemporalAddress: env.temporal, TemporalNamespace: localtemporal.Namespace,
		LinkKeys: keys, SMTPHost: host, SMTPPort: port, SMTPTLS: "none", MailFrom: "Stazh <jobs@stazh.example>",
		Zone: companyZone, LogLevel: "warn", Dev: true,
	}, err
}

// open starts worker and HTTP and waits until both say they are ready.
func (r *running) open(ctx context.Context) (err error) {
	if r.app, err = app.Open(ctx, r.config); err != nil {
		return err
	}
	var running context.Context
	running, r.end = context.WithCancel(context.WithoutCancel(ctx))
	r.ended, r.clock = make(chan error, 1), make(chan struct{})
	go func() {
		err := r.app.Run(running)
		r.ended <- err
		if running.Err() == nil {
			r.env.failed(fmt.Errorf("the application has ended: %w", err))
		}
	}()
	go r.noteClock(running)
	ready := r.config.PublicURL + "/readyz"
	for {
		if r.answers(ctx, ready) {
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case err := <-r.ended:
			r.ended <- err
			return err
		case <-time.After(50 * time.Millisecond):
		}
	}
}

func (r *running) answers(ctx context.Context, url string) bool {
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, url, nil)
	if err != nil {
		return false
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return false
	}
	defer answer.Body.Close()
	_, _ = io.Copy(io.Discard, io.LimitReader(answer.Body, 1<<10))
	return answer.StatusCode == http.StatusOK
}

// noteClock keeps the time at which business time was last seen running.
func (r *running) noteClock(ctx context.Context) {
	defer close(r.clock)
	tick := time.NewTicker(seenEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case at := <-tick.C:
			if err := r.app.Catalog.SeenAlive(ctx, at); err != nil && ctx.Err() == nil {
				slog.Warn("the clock was not noted")
			}
		}
	}
}

// wake begins the fast clock of a first start, and lets every process read the clock anew: those that slept through
// a new segment have timers and times of the old one.
func (r *running) wake(ctx context.Context) error {
	if !r.seeded && r.env.speed > 1 {
		return r.pace(ctx, float64(r.env.speed))
	}
	_, err := r.app.Client.WakeAll(ctx)
	return err
}

// hurry brings business time on to the moment of -until, with everything happening on the way as it would.
func (r *running) hurry(ctx context.Context) error {
	left := r.env.until.Sub(r.app.Now())
	if left <= 0 {
		return fmt.Errorf("-until %s is past: business time is %s", r.env.until.Format("2006-01-02T15:04"), r.app.Now().In(r.env.until.Location()).Format("2006-01-02T15:04"))
	}
	speed := min(max(left.Seconds()/45, 60), 10_000) // faster, and people would be late for everything
	brake := time.Duration(speed/2) * time.Second    // half a second of hurry: what a new pace takes to arrive
	told := make(chan struct{})                      // closed when every process knows of the pace before
	close(told)
	for _, leg := range []struct {
		speed float64
		to    time.Time
	}{{speed, r.env.until.Add(-brake)}, {min(speed, 600), r.env.until}} {
		if !leg.to.After(r.app.Now()) {
			continue
		}
		if err := r.app.Catalog.SetSpeed(ctx, time.Now(), leg.speed, false); err != nil {
			return err
		}
		clock, err := r.app.Reader.Clock(ctx)
		if err != nil {
			return err
		}
		// To tell thousands of processes may take longer than the leg: it ends by the clock all the same.
		before, now := told, make(chan struct{})
		told = now
		go func() {
			defer close(now)
			<-before
			if _, err := r.app.Client.WakeAll(ctx); err != nil && ctx.Err() == nil {
				slog.Warn("not every process was told of the new pace")
			}
		}()
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(clock.Until(leg.to, time.Now())):
		}
	}
	if err := r.app.Catalog.SetSpeed(ctx, time.Now(), float64(r.env.speed), false); err != nil {
		return err
	}
	<-told // or the last telling would be taken for this one
	_, err := r.app.Client.WakeAll(ctx)
	return err
}

// pace lets business time run at another speed from now on.
func (r *running) pace(ctx context.Context, speed float64) error {
	if err := r.app.Catalog.SetSpeed(ctx, time.Now(), speed, false); err != nil {
		return err
	}
	_, err := r.app.Client.WakeAll(ctx)
	return err
}

// stop ends the application; the clock's last moment is noted when nothing runs any more.
func (r *running) stop(ctx context.Context) error {
	if r.app == nil {
		return nil
	}
	err := r.takeSettings()
	if r.end != nil {
		r.end()
		<-r.clock
		select {
		case ended := <-r.ended:
			err = errors.Join(err, ended)
		case <-ctx.Done():
			err = errors.Join(err, ctx.Err())
		}
		err = errors.Join(err, r.app.Catalog.SeenAlive(ctx, time.Now()))
	}
	r.app.Close()
	return err
}
