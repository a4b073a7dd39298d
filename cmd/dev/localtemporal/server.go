// Package localtemporal runs a Temporal server inside the process, its data in a local PostgreSQL, for
// cmd/dev and cmd/e2e: the only two that may link go.temporal.io/server (200 MB, minutes to compile).
//
// One store for facts and histories means one backup and one power cut for both. Temporal's SQLite store was
// refused for its wrong states after a restart (temporal #7919, cli #632), its development server because it
// downloads a binary. Nothing here authenticates anybody: it listens on 127.0.0.1 only.
package localtemporal

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	commonpb "go.temporal.io/api/common/v1"
	enumspb "go.temporal.io/api/enums/v1"
	"go.temporal.io/api/serviceerror"
	taskqueuepb "go.temporal.io/api/taskqueue/v1"
	"go.temporal.io/api/workflowservice/v1"
	"go.temporal.io/sdk/client"
	"go.temporal.io/server/common/dynamicconfig"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/temporal"
	"google.golang.org/protobuf/types/known/durationpb"

	"github.com/stazh/stazh/activities/store/localpg"
)

// Namespace is where all of Stazh's processes run.
const Namespace = "stazh"

// Retention is how long the history of an ended process can be looked at.
const Retention = 7 * 24 * time.Hour

// readyWithin bounds the wait for the first answer and for the namespace.
const readyWithin = time.Minute

// Server is a running Temporal server.
type Server struct {
	internal temporal.Server
	hostPort string
	stopped  chan struct{} // not nil once Stop was called
}

// Start sets up or upgrades the two databases on pg (which must listen on a port), starts Temporal and registers the
// namespace. dir keeps the port numbers between starts, because cluster members find each other by them, and the log
// (temporal.log, warnings and errors). ctx bounds the start only.
func Start(ctx context.Context, pg *localpg.Server, dir string) (*Server, error) {
	if pg.Addr() == "" {
		return nil, errors.New("a PostgreSQL that listens on a port is needed")
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	first, err := localpg.KeptPorts(filepath.Join(dir, "temporal-port"), portsNeeded)
	if err != nil {
		return nil, err
	}
	logger, err := newLogger(filepath.Join(dir, "temporal.log"))
	if err != nil {
		return nil, err
	}
	if err := setUpSchemas(ctx, pg, logger); err != nil {
		return nil, fmt.Errorf("databases: %w", err)
	}
	internal, err := temporal.NewServer(
		temporal.WithConfig(configure(pg, first)),
		temporal.ForServices(temporal.DefaultServices),
		temporal.WithLogger(logger),
		temporal.WithDynamicConfigClient(dynamicconfig.StaticClient{
			// A namespace is usable a second after it was made, instead of ten.
			dynamicconfig.NamespaceCacheRefreshInterval.Key():           time.Second,
			dynamicconfig.ForceSearchAttributesCacheRefreshOnRead.Key(): true,
		}),
	)
	if err != nil {
		return nil, fmt.Errorf("configuration: %w", err)
	}
	s := &Server{internal: internal, hostPort: fmt.Sprintf("127.0.0.1:%d", first)}
	if err := internal.Start(); err != nil {
		return nil, errors.Join(fmt.Errorf("the server did not start, see %s: %w", filepath.Join(dir, "temporal.log"), err), internal.Stop())
	}
	if err := s.ready(ctx); err != nil {
		return nil, errors.Join(err, s.Stop(context.WithoutCancel(ctx)))
	}
	return s, nil
}

// HostPort is the address for clients.
func (s *Server) HostPort() string { return s.hostPort }

// Stop ends the server; it returns when it has ended or ctx does. PostgreSQL must outlive it.
func (s *Server) Stop(ctx context.Context) error {
	if s.stopped == nil {
		s.stopped = make(chan struct{})
		go func() {
			defer close(s.stopped)
			_ = s.internal.Stop() // it logs what it cannot do and returns nil
		}()
	}
	select {
	case <-s.stopped:
		return nil
	case <-ctx.Done():
		return fmt.Errorf("the server is still stopping: %w", ctx.Err())
	}
}

// Drop removes both databases with all histories. The server must be stopped.
func Drop(ctx context.Context, pg *localpg.Server) error {
	return errors.Join(pg.DropDatabase(ctx, mainDatabase), pg.DropDatabase(ctx, visibilityDatabase))
}

// ready registers the namespace if it is not there and waits until every part of the server knows it.
func (s *Server) ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	c, err := client.NewLazyClient(client.Options{HostPort: s.hostPort, Namespace: Namespace, Logger: quiet{}})
	if err != nil {
		return err
	}
	defer c.Close()
	tick := time.NewTicker(50 * time.Millisecond)
	defer tick.Stop()
	for {
		err := probe(ctx, c.WorkflowService())
		if err == nil {
			return nil
		}
		select {
		case <-tick.C:
		case <-ctx.Done():
			return fmt.Errorf("the server is not ready in time: %w", err)
		}
	}
}

// probe returns nil when the namespace is registered and the three services that work in it answer. Each
// has a cache of namespaces of its own, so a new one is known to them at different moments.
func probe(ctx context.Context, service workflowservice.WorkflowServiceClient) error {
	_, err := service.DescribeNamespace(ctx, &workflowservice.DescribeNamespaceRequest{Namespace: Namespace})
	var unknown *serviceerror.NamespaceNotFound
	if errors.As(err, &unknown) {
		_, err = service.RegisterNamespace(ctx, &workflowservice.RegisterNamespaceRequest{
			Namespace:                        Namespace,
			WorkflowExecutionRetentionPeriod: durationpb.New(Retention),
		})
	}
	if err != nil {
		return err
	}
	// History: it must say that it does not know the workflow, not that it does not know the namespace.
	_, err = service.DescribeWorkflowExecution(ctx, &workflowservice.DescribeWorkflowExecutionRequest{
		Namespace: Namespace, Execution: &commonpb.WorkflowExecution{WorkflowId: "ready?"},
	})
	var absent *serviceerror.NotFound
	if err != nil && !errors.As(err, &absent) {
		return err
	}
	_, err = service.DescribeTaskQueue(ctx, &workflowservice.DescribeTaskQueueRequest{
		Namespace: Namespace, TaskQueue: &taskqueuepb.TaskQueue{Name: "ready?"}, TaskQueueType: enumspb.TASK_QUEUE_TYPE_WORKFLOW,
	})
	return err
}

func newLogger(file string) (log.Logger, error) {
	// It grows with every start otherwise, and the last start is the one that is asked about.
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		return nil, err
	}
	return log.NewZapLogger(log.BuildZapLogger(log.Config{Level: "warn", Format: "json", OutputFile: file})), nil
}

// quiet drops the client's log lines about a server that is not up yet.
type quiet struct{}

func (quiet) Debug(string, ...any) {}
func (quiet) Info(string, ...any)  {}
func (quiet) Warn(string, ...any)  {}
func (quiet) Error(string, ...any) {}
