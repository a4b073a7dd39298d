package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/smtp"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/store/localpg"
)

// output may be written by run and read by the test.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// life is one run of the command, from up to Ctrl-C.
type life struct {
	env     environment
	out     output
	stopped bool // the application's stop was called
	cancel  context.CancelFunc
	code    chan int
}

func begin(t *testing.T, args ...string) *life {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	l := &life{cancel: cancel, code: make(chan int, 1)}
	up := make(chan environment, 1)
	app := func(_ context.Context, env environment) (func(context.Context) error, error) {
		up <- env
		return func(context.Context) error { l.stopped = true; return nil }, nil
	}
	go func() { l.code <- run(ctx, args, &l.out, &l.out, app) }()
	t.Cleanup(cancel)
	select {
	case l.env = <-up:
	case code := <-l.code:
		t.Fatalf("ended with %d:\n%s", code, l.out.String())
	case <-time.After(2 * time.Minute):
		t.Fatalf("not up in time:\n%s", l.out.String())
	}
	return l
}

func (l *life) end(t *testing.T) {
	t.Helper()
	l.cancel()
	select {
	case code := <-l.code:
		if code != 0 || !l.stopped || !strings.Contains(l.out.String(), "Stopped") {
			t.Fatalf("code %d, application stopped: %v\n%s", code, l.stopped, l.out.String())
		}
	case <-time.After(time.Minute):
		t.Fatal("Ctrl-C did not stop it")
	}
}

func page(t *testing.T, url string) string {
	t.Helper()
	answer, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(body)
}

func TestOneMachine(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dev")
	t.Cleanup(func() {
		if folder, err := localpg.Folder(filepath.Join(dir, "postgres")); err == nil {
			_ = os.RemoveAll(folder)
		}
	})
	args := []string{"-dir", dir, "-addr", "127.0.0.1:0"}
	first := begin(t, args...)
	if err := smtp.SendMail(first.env.smtp, nil, "hr@example.com", []string{"ann@example.com"}, []byte("Subject: kept mail\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(page(t, first.env.mailbox), "kept mail") {
		t.Error("the mail is not in the mailbox")
	}
	var second output
	code := run(context.Background(), args, &second, &second, func(context.Context, environment) (func(context.Context) error, error) {
		return nil, errors.New("must not come so far")
	})
	if code != 1 || !strings.Contains(second.String(), "already runs") || !strings.Contains(second.String(), "http://127.0.0.1:0/") {
		t.Errorf("the second start: %d %s", code, second.String())
	}
	first.end(t)

	again := begin(t, args...)
	if a, b := first.env, again.env; a.databaseURL != b.databaseURL || a.smtp != b.smtp || a.mailbox != b.mailbox || a.temporal != b.temporal {
		t.Error("an address changed between two starts")
	}
	if !strings.Contains(page(t, again.env.mailbox), "kept mail") {
		t.Error("the mail was lost")
	}
	again.end(t)

	fresh := begin(t, append(args, "-reset", "-speed", "60")...)
	if fresh.env.speed != 60 {
		t.Errorf("speed %d", fresh.env.speed)
	}
	if !strings.Contains(page(t, fresh.env.mailbox), "No mail yet") {
		t.Error("-reset kept the mail")
	}
	if err := smtp.SendMail(fresh.env.smtp, nil, "hr@example.com", []string{"ann@example.com"}, []byte("Subject: another\r\n\r\n")); err != nil {
		t.Fatal(err)
	}
	fresh.end(t)

	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	cloned := begin(t, args...)
	if !strings.Contains(page(t, cloned.env.mailbox), "No mail yet") {
		t.Error("the folder was removed, and its mail is still there")
	}
	cloned.end(t)
}

func TestApplicationFails(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "dev")
	t.Cleanup(func() {
		if folder, err := localpg.Folder(filepath.Join(dir, "postgres")); err == nil {
			_ = os.RemoveAll(folder)
		}
	})
	var out output
	code := run(context.Background(), []string{"-dir", dir, "-addr", "127.0.0.1:0"}, &out, &out,
		func(context.Context, environment) (func(context.Context) error, error) {
			return nil, errors.New("no luck")
		})
	if code != 1 || !strings.Contains(out.String(), "no luck") || !strings.Contains(out.String(), "Stopped") {
		t.Errorf("%d %s", code, out.String())
	}
}

func TestCommandLine(t *testing.T) {
	for line, want := range map[string]string{
		"-speed 0":   "-speed is a whole number",
		"-speed x":   "invalid value",
		"-until now": "invalid value",
		"-addr 8080": "-addr is host:port",
		"reset":      `what is "reset"?`,
		"-dir":       "needs an argument",
	} {
		var out output
		if code := run(context.Background(), strings.Fields(line), &out, &out, nil); code != 2 || !strings.Contains(out.String(), want) {
			t.Errorf("%s: %d %s", line, code, out.String())
		}
	}
	var out output
	if code := run(context.Background(), []string{"-h"}, &out, &out, nil); code != 0 || !strings.Contains(out.String(), "-reset") {
		t.Errorf("-h: %d %s", code, out.String())
	}
}

func TestAddressInUse(t *testing.T) {
	var out output
	// Port 1 of an address that is not this machine's.
	code := run(context.Background(), []string{"-dir", t.TempDir(), "-addr", "192.0.2.1:1"}, &out, &out, nil)
	if code != 1 || !strings.Contains(out.String(), "choose another with -addr") {
		t.Errorf("%d %s", code, out.String())
	}
}

func TestProgress(t *testing.T) {
	var out bytes.Buffer
	p := newProgress(&out)
	if err := p.step("One", func() error { p.say("in the %s", "middle"); return nil }); err != nil {
		t.Fatal(err)
	}
	if err := p.step("Two", func() error { return errors.New("broken") }); err == nil || err.Error() != "Two: broken" {
		t.Errorf("got %v", err)
	}
	if got := out.String(); !strings.HasPrefix(got, "One: starting\nin the middle\nOne: ready after 0.0 s\nTwo: starting\n") || strings.Contains(got, "\x1b") {
		t.Errorf("plain output is %q", got)
	}
	out.Reset()
	p.tty = true
	_ = p.step("One", func() error { _, err := p.Write([]byte("half")); return err })
	p.say(" line")
	if got := out.String(); !strings.Contains(got, clearLine+"  One") || !strings.HasSuffix(got, "s\nhalf line\n") {
		t.Errorf("terminal output is %q", got)
	}
}

func TestPageURL(t *testing.T) {
	for in, want := range map[string]string{
		"127.0.0.1:8080": "http://127.0.0.1:8080/", ":8080": "http://localhost:8080/", "0.0.0.0:80": "http://localhost:80/", "[::]:80": "http://localhost:80/",
	} {
		if got := pageURL(in); got != want {
			t.Errorf("%s: %s", in, got)
		}
	}
}
