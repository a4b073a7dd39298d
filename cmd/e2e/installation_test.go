package e2e

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"go.temporal.io/server/temporaltest"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
	"github.com/stazh/stazh/cmd/internal/app"
	"github.com/stazh/stazh/migrations"
	"github.com/stazh/stazh/workflows/staff"
)

// password is what every account of a journey sets.
const password = "copper-lantern-violin-83"

// installation is a whole Stazh as it runs in production: PostgreSQL, Temporal, pages, worker, mail. A proxy in
// front of it notes what is asked for.
type installation struct {
	root     *testing.T
	t        *testing.T // the step under way; step sets it
	db       *bun.DB
	app      *app.App // nil in an installation whose parts are processes
	config   app.Config
	temporal *temporaltest.TestServer
	sink     *mailsink.Sink
	url      string
	logFile  string

	mu     sync.Mutex
	asked  []string // addresses requested, with their Referer
	failed []string // answers of 500 and above
}

// prepare makes all that Stazh stands on, and its configuration.
func prepare(t *testing.T) *installation {
	t.Helper()
	i := &installation{root: t, t: t, logFile: filepath.Join(t.TempDir(), "log")}
	dsn := pgtest.Open(t, migrateUp)
	var err error
	if i.db, err = store.Open(dsn, 6); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.db.Close() })
	i.temporal = temporaltest.NewServer()
	t.Cleanup(i.temporal.Stop)
	if i.sink, err = mailsink.Listen("127.0.0.1:0", &mailsink.Memory{}); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = i.sink.Close() })
	host, port, err := net.SplitHostPort(i.sink.Addr())
	if err != nil {
		t.Fatal(err)
	}
	smtp, _ := strconv.Atoi(port)
	i.config = app.Config{
		Role: "all", Dev: true, Listen: freeAddress(t), DatabaseURL: dsn, Connections: 20,
		TemporalAddress: i.temporal.GetFrontendHostPort(), TemporalNamespace: i.temporal.GetDefaultNamespace(),
		LinkKeys: "1:" + strings.Repeat("7c", 32), SMTPHost: host, SMTPPort: smtp, SMTPTLS: "none",
		MailFrom: "Stazh <jobs@stazh.example>", Zone: "Europe/Moscow", LogLevel: "debug",
	}
	front := httptest.NewServer(i.front())
	t.Cleanup(front.Close)
	i.url, i.config.PublicURL = front.URL, front.URL
	return i
}

func migrateUp(ctx context.Context, dsn string) error {
	db, err := store.Open(dsn, 4)
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = migrations.Up(ctx, db)
	return err
}

// freeAddress is a port of the loopback that nobody listened on a moment ago.
func freeAddress(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// front passes everything on and notes what was asked for.
func (i *installation) front() http.Handler {
	target, err := url.Parse("http://" + i.config.Listen)
	if err != nil {
		i.t.Fatal(err)
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(target)
			r.Out.Host = r.In.Host
		},
		ErrorLog: slog.NewLogLogger(slog.DiscardHandler, slog.LevelError),
		ModifyResponse: func(r *http.Response) error {
			if r.StatusCode >= 500 {
				i.mu.Lock()
				defer i.mu.Unlock()
				i.failed = append(i.failed, fmt.Sprint(r.Request.Method, " ", r.Request.URL.Path, " ", r.StatusCode))
			}
			return nil
		},
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		plain, _ := url.QueryUnescape(r.URL.String() + " " + r.Referer())
		i.mu.Lock()
		i.asked = append(i.asked, plain)
		i.mu.Unlock()
		proxy.ServeHTTP(w, r)
	})
}

// install starts a whole installation in this process, with an administrator.
func install(t *testing.T) *installation {
	t.Helper()
	i := prepare(t)
	log, err := os.Create(i.logFile)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = log.Close() })
	// What the parts write to the log is kept, to be searched for personal text.
	stderr, standard := os.Stderr, slog.Default()
	os.Stderr = log
	i.app, err = app.Open(context.Background(), i.config)
	os.Stderr = stderr
	if err != nil {
		t.Fatal(err)
	}
	slog.SetDefault(i.app.Log)
	t.Cleanup(func() { slog.SetDefault(standard) })
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- i.app.Run(ctx) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Errorf("the application ended with %v", err)
		}
		i.app.Close()
	})
	i.ready()
	i.account("root@stazh.example", "Ольга Администратор", "en", staff.Admin)
	return i
}

// step is a part of the test; what comes after it is not tried when it fails.
func (i *installation) step(name string, do func()) {
	i.root.Helper()
	ok := i.root.Run(name, func(t *testing.T) {
		i.t = t
		do()
	})
	i.t = i.root
	if !ok {
		i.root.FailNow()
	}
}

func (i *installation) ready() {
	i.t.Helper()
	eventually(i.t, "the installation is ready", func() bool { return i.get("/readyz") == http.StatusOK })
}

// get is a request without a browser.
func (i *installation) get(path string) int {
	r, err := http.Get(i.url + path)
	if err != nil {
		return 0
	}
	defer r.Body.Close()
	_, _ = io.Copy(io.Discard, r.Body)
	return r.StatusCode
}

// account makes an account with a password, as the operator's command line does for the first one.
func (i *installation) account(email, name, language string, roles ...staff.Role) store.Staff {
	i.t.Helper()
	s, err := i.app.Accounts().Create(context.Background(), "e2e/"+email, store.NewStaff{
		Email: email, Name: name, Language: language, Zone: "Europe/Moscow", Roles: roles,
	}, password)
	if err != nil {
		i.t.Fatal(err)
	}
	return s
}

// mail waits for the newest mail to an address that has words in its subject.
func (i *installation) mail(to, subject string) mailsink.Message {
	i.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 40*time.Second)
	defer cancel()
	m, err := i.sink.Wait(ctx, mailsink.Filter{To: to, Subject: subject})
	if err != nil {
		all, _ := i.sink.Store().List(ctx, mailsink.Filter{To: to})
		var got []string
		for _, one := range all {
			got = append(got, one.Subject)
		}
		i.t.Fatalf("no mail to %s with %q; there are %q", to, subject, got)
	}
	return m
}

// link is the first link in a mail that leads to us.
func (i *installation) link(m mailsink.Message) string {
	i.t.Helper()
	for _, l := range m.Links {
		if strings.HasPrefix(l, i.url) {
			return l
		}
	}
	i.t.Fatalf("the mail %q has no link of ours: %v", m.Subject, m.Links)
	return ""
}

// now is business time.
func (i *installation) now() time.Time {
	i.t.Helper()
	clock, err := store.NewReader(i.db).Clock(context.Background())
	if err != nil {
		i.t.Fatal(err)
	}
	return clock.At(time.Now())
}

// travel sets the business clock to at and lets every process read it. It never goes back.
func (i *installation) travel(at time.Time) {
	i.t.Helper()
	if at.Before(i.now()) {
		i.t.Fatalf("the clock is past %s already", at)
	}
	ctx := context.Background()
	if _, err := i.db.NewRaw(`UPDATE business_clock SET origin_wall = ?, origin_business = ?, seen_wall = ?`, time.Now(), at, time.Now()).Exec(ctx); err != nil {
		i.t.Fatal(err)
	}
	if _, err := i.app.Client.WakeAll(ctx); err != nil {
		i.t.Fatal(err)
	}
}

// read reads one value from the database.
func read[T any](i *installation, query string, args ...any) (v T) {
	i.t.Helper()
	if err := i.db.NewRaw(query, args...).Scan(context.Background(), &v); err != nil {
		i.t.Fatal(query, err)
	}
	return v
}

// discreet looks for personal text where it may not be: in histories, in the log, in addresses asked for.
func (i *installation) discreet(journey string, personal ...string) {
	i.t.Helper()
	i.mu.Lock()
	asked, failed := strings.Join(i.asked, "\n"), i.failed
	i.mu.Unlock()
	log, err := os.ReadFile(i.logFile)
	if err != nil {
		i.t.Fatal(err)
	}
	if len(log) == 0 || asked == "" {
		i.t.Fatal("nothing was noted: the canary would sing to nobody")
	}
	for _, word := range personal {
		if at := bytes.Index(log, []byte(word)); at >= 0 {
			i.t.Errorf("the log holds personal text (%q): ...%s...", word, log[max(0, at-300):min(len(log), at+100)])
		}
		if at := strings.Index(asked, word); at >= 0 {
			i.t.Errorf("an address holds personal text (%q): ...%s...", word, asked[max(0, at-200):min(len(asked), at+100)])
		}
	}
	if len(failed) > 0 {
		i.t.Errorf("answers on our side failed: %q", failed)
	}
	replayAll(i.t, i.temporal.GetDefaultClient(), journey, personal...)
}
