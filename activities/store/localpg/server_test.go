package localpg

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
)

// start starts a server that is stopped, and whose folder is removed, when the test ends.
func start(t *testing.T, o Options) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	s, err := Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		_ = os.RemoveAll(s.Folder())
	})
	return s
}

func query(t *testing.T, dsn, sql string) string {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	var out string
	if err := conn.QueryRow(ctx, sql).Scan(&out); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
	return out
}

func statement(t *testing.T, dsn, sql string) {
	t.Helper()
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, dsn)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, sql); err != nil {
		t.Fatalf("%s: %v", sql, err)
	}
}

func TestStopAndStartAgain(t *testing.T) {
	ctx := context.Background()
	o := Options{Dir: filepath.Join(t.TempDir(), "pg")}
	s := start(t, o)
	if created, err := s.CreateDatabase(ctx, "facts", ""); err != nil || !created {
		t.Fatalf("created %v, %v", created, err)
	}
	if created, err := s.CreateDatabase(ctx, "facts", ""); err != nil || created {
		t.Fatalf("a second time: created %v, %v", created, err)
	}
	if got := query(t, s.URL("facts"), "SELECT lower('СТАЖ') || current_setting('server_encoding')"); got != "стажUTF8" {
		t.Errorf("locale or encoding is wrong: %q", got)
	}
	statement(t, s.URL("facts"), "CREATE TABLE kept AS SELECT 1")

	if _, err := Start(ctx, o); !errors.Is(err, ErrRunning) {
		t.Errorf("a second start on the folder: %v", err)
	}
	url := s.URL("facts")
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	s = start(t, o)
	if s.URL("facts") != url {
		t.Error("the address or password changed between two starts")
	}
	query(t, url, "SELECT count(*)::text FROM kept")

	if err := s.Kill(); err != nil {
		t.Fatal(err)
	}
	s = start(t, o)
	query(t, url, "SELECT count(*)::text FROM kept")
	if err := s.DropDatabase(ctx, "facts"); err != nil {
		t.Fatal(err)
	}
	if err := s.DropDatabase(ctx, "facts"); err != nil {
		t.Errorf("dropping what is not there: %v", err)
	}
}

func TestRemove(t *testing.T) {
	ctx := context.Background()
	o := Options{Dir: filepath.Join(t.TempDir(), "pg")}
	if err := Remove(o.Dir); err != nil {
		t.Errorf("nothing to remove: %v", err)
	}
	s := start(t, o)
	if _, err := s.CreateDatabase(ctx, "facts", ""); err != nil {
		t.Fatal(err)
	}
	if err := Remove(o.Dir); !errors.Is(err, ErrRunning) {
		t.Errorf("a folder in use: %v", err)
	}
	if err := s.Stop(ctx); err != nil {
		t.Fatal(err)
	}
	if err := Remove(o.Dir); err != nil {
		t.Fatal(err)
	}
	address := s.Addr()
	s = start(t, o)
	if created, err := s.CreateDatabase(ctx, "facts", ""); err != nil || !created {
		t.Errorf("the data survived: %v, %v", created, err)
	}
	if s.Addr() != address {
		t.Errorf("the address changed from %s to %s", address, s.Addr())
	}
}

func TestPasswordIsAsked(t *testing.T) {
	s := start(t, Options{Dir: filepath.Join(t.TempDir(), "pg")})
	_, err := pgx.Connect(context.Background(), "postgres://postgres:guess@"+s.Addr()+"/postgres?sslmode=disable")
	if err == nil || !strings.Contains(err.Error(), "28P01") {
		t.Errorf("a wrong password gave %v", err)
	}
}

func TestPortTakenMeanwhile(t *testing.T) {
	o := Options{Dir: filepath.Join(t.TempDir(), "pg")}
	s := start(t, o)
	before := s.Addr()
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	l, err := net.Listen("tcp", before)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s = start(t, o)
	if s.Addr() == before {
		t.Error("the server claims a port that somebody else holds")
	}
	query(t, s.URL("postgres"), "SELECT 'ok'")
}

// A process number in postmaster.pid that belongs to somebody else, as after a restarted container.
func TestStalePid(t *testing.T) {
	o := Options{Dir: filepath.Join(t.TempDir(), "pg")}
	s := start(t, o)
	if err := s.Stop(context.Background()); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(s.cluster.data(), "postmaster.pid")
	if err := os.WriteFile(file, fmt.Appendf(nil, "%d\n%s\n", os.Getppid(), s.cluster.data()), 0o600); err != nil {
		t.Fatal(err)
	}
	start(t, o)
	if err := syscall.Kill(os.Getppid(), 0); err != nil {
		t.Errorf("the innocent process was hurt: %v", err)
	}
}

func TestServerSaysWhyItDoesNotStart(t *testing.T) {
	_, err := Start(context.Background(), Options{Settings: map[string]string{"shared_buffers": "nonsense"}})
	if err == nil || !strings.Contains(err.Error(), "shared_buffers") {
		t.Errorf("got %v", err)
	}
}

// TestKilledParent kills a process that owns two servers, a temporary and a kept one, and looks that both
// servers go, the temporary data too, and that the kept folder starts again.
func TestKilledParent(t *testing.T) {
	kept := filepath.Join(t.TempDir(), "pg")
	cmd := exec.Command(os.Args[0], "-test.run=^TestHelperParent$")
	cmd.Env = append(os.Environ(), "LOCALPG_KEPT="+kept)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var folders []string
	var pids []int
	lines := bufio.NewScanner(out)
	for len(folders) < 2 && lines.Scan() {
		if pid, folder, ok := strings.Cut(strings.TrimPrefix(lines.Text(), "server "), " "); ok && strings.HasPrefix(lines.Text(), "server ") {
			n, err := strconv.Atoi(pid)
			if err != nil {
				t.Fatal(err)
			}
			pids, folders = append(pids, n), append(folders, folder)
		}
	}
	if len(folders) < 2 {
		t.Fatal("the parent did not start its servers")
	}
	if err := cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	for i, pid := range pids {
		eventually(t, "the server ends with its parent", func() bool { return !isServer(pid, folders[i]) })
	}
	eventually(t, "the temporary folder is removed", func() bool {
		_, err := os.Stat(folders[0])
		return errors.Is(err, os.ErrNotExist)
	})
	s := start(t, Options{Dir: kept})
	query(t, s.URL("postgres"), "SELECT count(*)::text FROM kept")
}

// TestHelperParent is the parent that TestKilledParent kills.
func TestHelperParent(t *testing.T) {
	kept := os.Getenv("LOCALPG_KEPT")
	if kept == "" {
		t.Skip("runs as a child of TestKilledParent only")
	}
	a := start(t, Options{SocketOnly: true})
	b := start(t, Options{Dir: kept})
	statement(t, b.URL("postgres"), "CREATE TABLE kept AS SELECT 1")
	for _, s := range []*Server{a, b} {
		fmt.Printf("server %d %s\n", s.cmd.Process.Pid, s.Folder())
	}
	<-a.Done()
}

func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Errorf("not true in time: %s", what)
}
