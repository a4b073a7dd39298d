package localtemporal

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/server/common/cluster"
	"go.temporal.io/server/common/config"
	"go.temporal.io/server/common/log"
	"go.temporal.io/server/common/persistence/sql/sqlplugin/postgresql"
	"go.temporal.io/server/common/primitives"
	dbschema "go.temporal.io/server/schema/postgresql/v12"
	"go.temporal.io/server/tools/common/schema"
	toolsql "go.temporal.io/server/tools/sql"

	"github.com/stazh/stazh/activities/store/localpg"
)

const (
	mainDatabase       = "temporal"
	visibilityDatabase = "temporal_visibility"
	// historyShards can never be changed for existing data; four is what one machine can use.
	historyShards = 4
	clusterName   = "active"
)

// services in the order of their ports: each has one for calls and one for finding its peers.
var services = []primitives.ServiceName{
	primitives.FrontendService, primitives.HistoryService, primitives.MatchingService, primitives.WorkerService,
}

const portsNeeded = 8

// database returns the access to one database. Each of the four services has a pool of its own of that many connections.
func database(pg *localpg.Server, name string, connections int) *config.SQL {
	return &config.SQL{
		PluginName:        postgresql.PluginNamePGX,
		DatabaseName:      name,
		ConnectAddr:       pg.Addr(),
		ConnectProtocol:   "tcp",
		User:              pg.User(),
		Password:          pg.Password(),
		ConnectAttributes: map[string]string{"sslmode": "disable"},
		MaxConns:          connections,
		MaxIdleConns:      min(connections, 4),
		MaxConnLifetime:   time.Hour,
	}
}

// configure returns the whole configuration; first is the frontend's port.
func configure(pg *localpg.Server, first int) *config.Config {
	frontend := fmt.Sprintf("127.0.0.1:%d", first)
	c := &config.Config{
		Persistence: config.Persistence{
			DefaultStore:     mainDatabase,
			VisibilityStore:  visibilityDatabase,
			NumHistoryShards: historyShards,
			DataStores: map[string]config.DataStore{
				mainDatabase:       {SQL: database(pg, mainDatabase, 15)},
				visibilityDatabase: {SQL: database(pg, visibilityDatabase, 4)},
			},
		},
		ClusterMetadata: &cluster.Config{
			FailoverVersionIncrement: 10,
			MasterClusterName:        clusterName,
			CurrentClusterName:       clusterName,
			ClusterInformation: map[string]cluster.ClusterInformation{
				clusterName: {Enabled: true, InitialFailoverVersion: 1, RPCAddress: frontend},
			},
		},
		DCRedirectionPolicy: config.DCRedirectionPolicy{Policy: "noop"},
		PublicClient:        config.PublicClient{HostPort: frontend},
		Services:            map[string]config.Service{},
		Archival: config.Archival{
			History:    config.HistoryArchival{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchival{State: config.ArchivalDisabled},
		},
		NamespaceDefaults: config.NamespaceDefaults{Archival: config.ArchivalNamespaceDefaults{
			History:    config.HistoryArchivalNamespaceDefaults{State: config.ArchivalDisabled},
			Visibility: config.VisibilityArchivalNamespaceDefaults{State: config.ArchivalDisabled},
		}},
	}
	c.Global.Membership = config.Membership{MaxJoinDuration: 30 * time.Second, BroadcastAddress: "127.0.0.1"}
	for i, name := range services {
		c.Services[string(name)] = config.Service{RPC: config.RPC{
			GRPCPort:        first + i,
			MembershipPort:  first + len(services) + i,
			BindOnLocalHost: true,
		}}
	}
	return c
}

// setUpSchemas makes the databases that are missing and brings both to the version of the linked server, with the
// SQL files that the server's module embeds.
func setUpSchemas(ctx context.Context, pg *localpg.Server, logger log.Logger) error {
	for _, d := range []struct{ name, schema, version string }{
		{mainDatabase, "postgresql/v12/temporal", dbschema.Version},
		{visibilityDatabase, "postgresql/v12/visibility", dbschema.VisibilityVersion},
	} {
		if _, err := pg.CreateDatabase(ctx, d.name, ""); err != nil {
			return err
		}
		if err := setUpSchema(database(pg, d.name, 1), d.schema, d.version, logger); err != nil {
			return fmt.Errorf("%s: %w", d.name, err)
		}
	}
	return nil
}

func setUpSchema(cfg *config.SQL, files, want string, logger log.Logger) error {
	conn, err := toolsql.NewConnection(cfg, logger)
	if err != nil {
		return err
	}
	defer conn.Close()
	version, err := conn.ReadSchemaVersion()
	if err == nil && version == want {
		return nil
	}
	if err != nil { // no version table: the database is new
		if err := schema.NewSetupSchemaTask(conn, &schema.SetupConfig{InitialVersion: "0.0"}, logger).Run(); err != nil {
			return err
		}
	}
	return schema.NewUpdateSchemaTask(conn, &schema.UpdateConfig{DBName: cfg.DatabaseName, SchemaName: files}, logger).Run()
}
