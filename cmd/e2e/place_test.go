package e2e

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"
	"go.temporal.io/sdk/activity"
	"go.temporal.io/sdk/worker"
	"go.temporal.io/server/temporaltest"

	"github.com/stazh/stazh/activities"
	"github.com/stazh/stazh/activities/store"
	"github.com/stazh/stazh/activities/store/localpg"
	"github.com/stazh/stazh/activities/store/storetest"
	"github.com/stazh/stazh/migrations"
	"github.com/stazh/stazh/workflows"
)

// place is one installation: database, Temporal, worker, client.
type place struct {
	t      *testing.T
	db     *bun.DB
	pg     *localpg.Server // of its own, if it is to be killed
	pgDir  string
	steps  *activities.Steps
	server *temporaltest.TestServer
	worker worker.Worker
	client *workflows.Client
	reader *store.Reader
	hr     string
	n      int
}

func newPlace(t *testing.T) *place { return newPlaceOn(t, false) }

// newPlaceOn makes a place, if ownPostgres on a PostgreSQL that may be killed.
func newPlaceOn(t *testing.T, ownPostgres bool) *place {
	t.Helper()
	p := &place{t: t, hr: "staff/" + uuid.NewString()}
	if ownPostgres {
		p.ownPostgres()
	} else {
		p.db = storetest.Open(t)
	}
	p.reader = store.NewReader(p.db)
	p.steps = activities.New(store.NewRecords(p.db), p.reader)
	p.startTemporal()
	return p
}

func (p *place) ownPostgres() {
	ctx := context.Background()
	p.pgDir = p.t.TempDir()
	p.startPostgres()
	if _, err := p.pg.CreateDatabase(ctx, "stazh", ""); err != nil {
		p.t.Fatal(err)
	}
	db, err := store.Open(p.pg.URL("stazh"), 20)
	if err != nil {
		p.t.Fatal(err)
	}
	p.db = db
	if _, err := migrations.Up(ctx, db); err != nil {
		p.t.Fatal(err)
	}
	p.t.Cleanup(func() {
		_ = db.Close()
		_ = p.pg.Stop(ctx)
		_ = localpg.Remove(p.pgDir)
	})
}

func (p *place) startPostgres() {
	p.t.Helper()
	pg, err := localpg.Start(context.Background(), localpg.Options{Dir: p.pgDir, Durable: true})
	if err != nil {
		p.t.Fatal(err)
	}
	p.pg = pg
}

// killPostgres ends PostgreSQL as a power cut would and starts it again on the same port.
func (p *place) killPostgres() {
	p.t.Helper()
	if err := p.pg.Kill(); err != nil {
		p.t.Fatal(err)
	}
	p.startPostgres()
}

func (p *place) startTemporal() {
	p.server = temporaltest.NewServer()
	p.t.Cleanup(p.server.Stop)
	p.client = workflows.NewClient(p.server.GetDefaultClient())
	p.startWorker()
	p.t.Cleanup(func() { p.stopWorker() })
}

func (p *place) startWorker() {
	p.t.Helper()
	p.worker = worker.New(p.client.Temporal(), workflows.TaskQueue, worker.Options{})
	workflows.Register(p.worker)
	p.steps.Register(p.worker)
	if err := p.worker.Start(); err != nil {
		p.t.Fatal(err)
	}
}

func (p *place) stopWorker() {
	if p.worker != nil {
		p.worker.Stop()
		p.worker = nil
	}
}

// loseTemporal replaces Temporal by one that knows nothing.
func (p *place) loseTemporal() {
	p.stopWorker()
	p.server.Stop()
	p.startTemporal()
}

// runDirectly runs a registered step without Temporal.
func (p *place) runDirectly(name string, in any) error {
	found := steps{}
	p.steps.Register(found)
	results := reflect.ValueOf(found[name]).Call([]reflect.Value{reflect.ValueOf(context.Background()), reflect.ValueOf(in)})
	err, _ := results[1].Interface().(error)
	return err
}

// steps keeps what Register registers, by name.
type steps map[string]any

func (s steps) RegisterActivity(any) {}

func (s steps) RegisterActivityWithOptions(fn any, o activity.RegisterOptions) { s[o.Name] = fn }

func (s steps) RegisterDynamicActivity(any, activity.DynamicRegisterOptions) {}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	within(t, 30*time.Second, what, ok)
}

func within(t *testing.T, limit time.Duration, what string, ok func() bool) {
	t.Helper()
	for deadline := time.Now().Add(limit); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatal("never: " + what)
}
