package e2e

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"net/http"
	"net/http/cookiejar"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"go.temporal.io/api/workflowservice/v1"

	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/workflows"
	"github.com/stazh/stazh/workflows/link"
)

var torture = flag.Duration("torture", 0, "how long TestWorkerIsKilled goes on killing; 0: ten times, about a minute")

// processes runs cmd/server as it is built, and kills it.
type processes struct {
	*installation
	binary string
	env    []string
}

// built builds cmd/server once for the test.
func built(t *testing.T) *processes {
	t.Helper()
	p := &processes{installation: prepare(t), binary: filepath.Join(t.TempDir(), "server")}
	build := exec.Command("go", "build", "-o", p.binary, "github.com/stazh/stazh/cmd/server")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("cmd/server does not build: %v\n%s", err, out)
	}
	c := p.config
	p.env = append(os.Environ(),
		"DATABASE_URL="+c.DatabaseURL, "DATABASE_CONNECTIONS=12", "TEMPORAL_ADDRESS="+c.TemporalAddress, "TEMPORAL_NAMESPACE="+c.TemporalNamespace,
		"LINK_KEYS="+c.LinkKeys, "SMTP_HOST="+c.SMTPHost, fmt.Sprint("SMTP_PORT=", c.SMTPPort), "SMTP_TLS=none", "MAIL_FROM="+c.MailFrom,
		// Production takes no other public address; the links of this test are made from keys, not read in mails.
		"PUBLIC_URL=https://stazh.example", "LOG_LEVEL=info", "ZONE=Europe/Moscow")
	return p
}

// start runs the server in a role; its log is kept.
func (p *processes) start(role string) *exec.Cmd {
	p.t.Helper()
	log, err := os.OpenFile(p.logFile, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		p.t.Fatal(err)
	}
	defer log.Close()
	c := exec.Command(p.binary)
	c.Env = append(p.env, "ROLE="+role, "LISTEN="+p.config.Listen)
	c.Stdout, c.Stderr = log, log
	if err := c.Start(); err != nil {
		p.t.Fatal(err)
	}
	return c
}

// kill ends a process as the machine under it would: without a word.
func (p *processes) kill(c *exec.Cmd) {
	p.t.Helper()
	if err := c.Process.Kill(); err != nil {
		p.t.Fatal("the process had ended by itself:", err)
	}
	_ = c.Wait()
}

var (
	hiddenField = regexp.MustCompile(`<input type="hidden" name="([a-z_]+)" value="([^"]*)">`)
	aForm       = regexp.MustCompile(`(?s)<form method="post" action="([^"]+)">(.*?)</form>`)
	aTime       = regexp.MustCompile(`<input type="radio" name="time" value="([^"]+)"`)
)

// The worker is killed ten times while thirty candidates confirm, move and cancel. What they were told is a
// fact afterwards; each mail went out once; nothing is stuck; the journal's chains hold.
//
//	go test ./cmd/e2e -run TestWorkerIsKilled -torture 10m -timeout 20m
func TestWorkerIsKilled(t *testing.T) {
	p := built(t)
	ctx := context.Background()
	front, worker := p.start("http"), p.start("worker")
	t.Cleanup(func() { p.kill(front) })
	alive := true
	t.Cleanup(func() {
		if alive {
			p.kill(worker)
		}
	})
	p.ready()
	kills := 0
	for began := time.Now(); kills < 10 || time.Since(began) < *torture; {
		told := p.round(&worker, &kills)
		// What a killed sender had claimed is free when its lease of three minutes ends. They pass here at
		// once, while no sender is alive that could still be at it.
		p.kill(worker)
		if _, err := p.db.NewRaw(`UPDATE outgoing_mail SET lease_until = NULL WHERE state = 'queued'`).Exec(ctx); err != nil {
			t.Fatal(err)
		}
		worker = p.start("worker")
		kills++
		p.settled(told)
	}
	p.kill(worker)
	alive = false
	counts, err := p.sink.Store().Counts(ctx)
	if err != nil {
		t.Fatal(err)
	}
	sent := read[int](p.installation, `SELECT count(*) FROM outgoing_mail WHERE state = 'sent'`)
	total, twice := 0, 0
	for id, n := range counts {
		if id == "" {
			t.Error("a mail without Message-ID")
		}
		total++
		twice += n - 1
	}
	if total != sent || sent < 30 { // each has at least the mail about what he did last; an invitation answered before it went is dropped
		t.Errorf("%d mails are marked as sent, %d arrived", sent, total)
	}
	if allowed := total/100 + 1; twice > allowed { // DESIGN section 6: at most 1 %; one of few is more
		t.Errorf("%d of %d mails arrived twice", twice, total)
	}
	t.Logf("killed %d times; %d mails, %d of them twice", kills, total, twice)
	log, err := os.ReadFile(p.logFile)
	if err != nil || len(log) == 0 {
		t.Fatal(len(log), err)
	}
	for _, word := range []string{"Анна", "Иванов", "@example.org"} { // of place.application
		if bytes.Contains(log, []byte(word)) {
			t.Errorf("the log holds personal text: %q", word)
		}
	}
	replayAll(t, p.temporal.GetDefaultClient(), "killed", "Анна", "Иванов", "@example.org")
}

// round lets thirty people decide while the worker is killed.
func (p *processes) round(worker **exec.Cmd, kills *int) map[uuid.UUID]answered {
	p.t.Helper()
	people := p.invitedPeople(30)
	var mu sync.Mutex
	told, failed := map[uuid.UUID]answered{}, []string{}
	var done sync.WaitGroup
	turns := make(chan struct{}, 6) // at once
	for n, one := range people {
		done.Go(func() {
			turns <- struct{}{}
			defer func() { <-turns }()
			jar, _ := cookiejar.New(nil)
			token := p.keys().Token(link.Application, one, 1)
			c := person{p: p, link: p.url + "/c/" + token, client: &http.Client{Jar: jar, Timeout: 30 * time.Second}}
			answer, err := c.decide(n)
			mu.Lock()
			defer mu.Unlock()
			if err != nil {
				failed = append(failed, fmt.Sprint(n, ": ", err))
				return
			}
			told[one] = answer
		})
	}
	over := make(chan struct{})
	go func() { done.Wait(); close(over) }()
	for busy := true; busy || *kills < 10; *kills++ {
		// A kill falls after some progress, so that it falls into work and the work still comes to an end.
		before := p.journal()
		deadline := time.After(8 * time.Second)
		for waiting := true; waiting; {
			select {
			case <-over:
				busy, waiting = false, false
			case <-deadline:
				waiting = false
			case <-time.After(20 * time.Millisecond):
				waiting = p.journal() < before+4
			}
		}
		p.kill(*worker)
		*worker = p.start("worker")
	}
	<-over
	if len(failed) > 0 {
		p.t.Fatalf("%d of %d got no answer: %q", len(failed), len(people), failed)
	}
	return told
}

func (p *processes) keys() link.Keys {
	keys, err := link.ParseKeys(p.config.LinkKeys)
	if err != nil {
		p.t.Fatal(err)
	}
	return keys
}

func (p *processes) reader() *store.Reader { return store.NewReader(p.db) }

func (p *processes) journal() int { return read[int](p.installation, `SELECT count(*) FROM journal`) }

// place is the same installation for those who command without pages.
func (p *processes) place() *place {
	return &place{t: p.t, db: p.db, client: workflows.NewClient(p.temporal.GetDefaultClient()), reader: p.reader(), hr: "staff/" + uuid.NewString()}
}

// settled compares what people were told with the facts, once all mail is out and all processes sleep.
func (p *processes) settled(told map[uuid.UUID]answered) {
	p.t.Helper()
	ctx := context.Background()
	for app, a := range told {
		list, err := p.reader().Bookings(ctx, app)
		if err != nil || len(list) == 0 {
			p.t.Fatal(len(list), err)
		}
		var states []string
		kept := false
		for _, b := range list {
			states = append(states, fmt.Sprintf("%s %s/%d", b.State, b.InterviewID, b.Slot))
			kept = kept || b.State == a.state && (a.slot == "" || a.slot == fmt.Sprintf("%s/%d", b.InterviewID, b.Slot))
		}
		if !kept {
			p.t.Errorf("told %+v; the facts are %q", a, states)
		}
	}
	if rows, broken, err := p.reader().VerifyJournal(ctx); err != nil || len(broken) > 0 || rows < 3*len(told) {
		p.t.Error(rows, broken, err)
	}
	within(p.t, time.Minute, "all mail is out", func() bool {
		return read[int](p.installation, `SELECT count(*) FROM outgoing_mail WHERE state = 'queued' AND due_at <= now()`) == 0
	})
	if bad := read[int](p.installation, `SELECT count(*) FROM outgoing_mail WHERE state = 'failed'`); bad > 0 {
		p.t.Errorf("%d mails failed", bad)
	}
	within(p.t, time.Minute, "no process is stuck", func() bool { return p.stuck() == "" })
}

// stuck names a process that has work and does not do it.
func (p *processes) stuck() string {
	ctx := context.Background()
	c := p.temporal.GetDefaultClient()
	list, err := c.ListWorkflow(ctx, &workflowservice.ListWorkflowExecutionsRequest{PageSize: 1000, Query: `ExecutionStatus = "Running"`})
	if err != nil {
		return err.Error()
	}
	for _, e := range list.Executions {
		d, err := c.DescribeWorkflowExecution(ctx, e.Execution.WorkflowId, e.Execution.RunId)
		if err != nil {
			return err.Error()
		}
		if d.PendingWorkflowTask != nil || len(d.PendingActivities) > 0 {
			return e.Execution.WorkflowId
		}
	}
	return ""
}
