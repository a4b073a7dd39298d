package localtemporal

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/sdk/workflow"

	"github.com/stazh/stazh/activities/store/localpg"
)

func greet(ctx workflow.Context, name string) (string, error) {
	err := workflow.Sleep(ctx, time.Millisecond)
	return "hello " + name, err
}

func start(t *testing.T, ctx context.Context, pg *localpg.Server, dir string) (*Server, client.Client) {
	t.Helper()
	began := time.Now()
	s, err := Start(ctx, pg, dir)
	if err != nil {
		log, _ := os.ReadFile(filepath.Join(dir, "temporal.log"))
		t.Fatalf("%v\n%s", err, log)
	}
	t.Cleanup(func() { _ = s.Stop(context.Background()) })
	t.Logf("ready after %v", time.Since(began))
	c, err := client.Dial(client.Options{HostPort: s.HostPort(), Namespace: Namespace, Logger: quiet{}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Close)
	return s, c
}

// run runs the workflow to its end.
func run(t *testing.T, ctx context.Context, c client.Client, id string) {
	t.Helper()
	w := worker.New(c, "queue", worker.Options{})
	w.RegisterWorkflow(greet)
	if err := w.Start(); err != nil {
		t.Fatal(err)
	}
	defer w.Stop()
	execution, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: id, TaskQueue: "queue"}, greet, "you")
	if err != nil {
		t.Fatal(err)
	}
	var got string
	if err := execution.Get(ctx, &got); err != nil || got != "hello you" {
		t.Fatalf("%q, %v", got, err)
	}
}

// events counts the history of a workflow, 0 when there is none.
func events(ctx context.Context, c client.Client, id string) int {
	n := 0
	for it := c.GetWorkflowHistory(ctx, id, "", false, 0); it.HasNext(); n++ {
		if _, err := it.Next(); err != nil {
			return 0
		}
	}
	return n
}

func TestHistoriesSurviveARestartAndNotADrop(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	pg, err := localpg.Start(ctx, localpg.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = pg.Stop(context.Background()) })
	dir := filepath.Join(t.TempDir(), "temporal")

	s, c := start(t, ctx, pg, dir)
	run(t, ctx, c, "first")
	before := events(ctx, c, "first")
	if before == 0 {
		t.Fatal("no history was written")
	}
	address := s.HostPort()
	stop := time.Now()
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	t.Logf("stopped after %v", time.Since(stop))

	s, c = start(t, ctx, pg, dir)
	if s.HostPort() != address {
		t.Errorf("the address changed from %s to %s", address, s.HostPort())
	}
	if after := events(ctx, c, "first"); after != before {
		t.Errorf("%d events after the restart, %d before", after, before)
	}
	run(t, ctx, c, "second")
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}

	if err := Drop(ctx, pg); err != nil {
		t.Fatal(err)
	}
	_, c = start(t, ctx, pg, dir)
	if n := events(ctx, c, "first"); n != 0 {
		t.Errorf("%d events survived the drop", n)
	}
	run(t, ctx, c, "first")
}

// PostgreSQL dies as in a power cut and comes back: the server finds it again without a restart.
func TestPostgresRestartedHard(t *testing.T) {
	ctx, cancel := context.WithTimeout(context.Background(), 3*time.Minute)
	defer cancel()
	options := localpg.Options{Dir: filepath.Join(t.TempDir(), "pg")}
	pg, err := localpg.Start(ctx, options)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = pg.Stop(context.Background())
		_ = os.RemoveAll(pg.Folder())
	})
	_, c := start(t, ctx, pg, filepath.Join(t.TempDir(), "temporal"))
	run(t, ctx, c, "before")
	if err := pg.Kill(); err != nil {
		t.Fatal(err)
	}
	if pg, err = localpg.Start(ctx, options); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	for {
		_, err := c.ExecuteWorkflow(ctx, client.StartWorkflowOptions{ID: "probe", TaskQueue: "nobody"}, greet, "you")
		if err == nil {
			break
		}
		if ctx.Err() != nil {
			t.Fatal(err)
		}
	}
	t.Logf("accepts work %v after PostgreSQL is back", time.Since(began))
	run(t, ctx, c, "after")
	if events(ctx, c, "before") == 0 {
		t.Error("a history was lost")
	}
}
