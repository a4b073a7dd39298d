package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
)

const (
	superuser = "postgres"
	// readyWithin bounds the wait for the first answer; crash recovery after a hard stop is part of it.
	readyWithin = 90 * time.Second
)

// ErrRunning says that another process runs a server on this folder right now.
var ErrRunning = errors.New("another process already runs PostgreSQL in this folder")

// Options say what server to start. The zero value is a temporary one on a loopback port.
type Options struct {
	// Dir is the folder it belongs to; it is made if missing (as root the data lie elsewhere: see Folder). Started again on the same
	// folder, the server has the same data, port and password. "" is a temporary folder, removed by Stop or by this process's death.
	Dir string
	// Port is the port on 127.0.0.1; 0 picks a free one below 32768 and keeps it.
	Port int
	// SocketOnly opens no port: only a Unix socket in the server's own folder, closed to other users, without password.
	// Connecting is several times faster and ports cannot clash.
	SocketOnly bool
	// Durable makes commits survive a power cut. Without it a crash of the machine (not of a process) may leave the data useless.
	Durable bool
	// Log gets the server's own log; nil is the file postgres.log beside the data.
	Log io.Writer
	// Settings are further settings of postgresql.conf by name; they win over ours.
	Settings map[string]string
}

// Server is a running PostgreSQL. Its methods may be called from any goroutine.
type Server struct {
	cluster  *cluster
	opts     Options
	port     int
	password string
	cmd      *exec.Cmd
	keeper   *keeper
	lock     *os.File
	done     chan struct{} // closed when the process has ended
}

// Start finds PostgreSQL, makes the data folder if it is new, starts the server and waits until it answers.
// Errors: one that wraps ErrMissing, ErrRunning, or what initdb or the server's log said last.
// ctx bounds the start only. A new folder takes about 2 s, a known one 0.3 s.
func Start(ctx context.Context, o Options) (*Server, error) {
	as, err := serverAccount()
	if err != nil {
		return nil, err
	}
	c, err := openCluster(o.Dir, as)
	if err != nil {
		return nil, err
	}
	c.trust = o.SocketOnly
	s := &Server{cluster: c, opts: o}
	if s.lock, err = lockFolder(c.dir); err != nil {
		return nil, err
	}
	if err := s.start(ctx); err != nil {
		s.abandon()
		return nil, err
	}
	return s, nil
}

func (s *Server) start(ctx context.Context) error {
	c := s.cluster
	remove := ""
	if s.opts.Dir == "" {
		remove = c.dir
	}
	var err error
	if s.keeper, err = newKeeper(remove); err != nil {
		return err
	}
	if err := clearStale(c.data()); err != nil {
		return err
	}
	major, err := c.major()
	if err != nil {
		return err
	}
	bin, err := Find(major)
	if err != nil {
		return err
	}
	if major == 0 {
		if err := c.initialise(bin, s.opts.Durable); err != nil {
			return err
		}
	}
	if s.password, err = c.password(); err != nil {
		return err
	}
	// A port chosen by us may be taken by another process before the server binds it: once more, then.
	for try := 0; ; try++ {
		if s.port, err = s.choosePort(); err != nil {
			return err
		}
		err = s.launch(ctx, bin)
		if err == nil || try == 3 || s.opts.Port != 0 || s.opts.SocketOnly || portsFree(s.port, 1) {
			return err
		}
	}
}

func (s *Server) choosePort() (int, error) {
	switch {
	case s.opts.SocketOnly:
		return 5432, nil // a part of the socket's name, nothing more
	case s.opts.Port != 0:
		return s.opts.Port, nil
	}
	return KeptPort(s.cluster.portFile())
}

// settings returns postgresql.conf as this server wants it.
func (s *Server) settings() map[string]string {
	m := map[string]string{
		"listen_addresses":           "127.0.0.1",
		"unix_socket_directories":    "",
		"port":                       strconv.Itoa(s.port),
		"timezone":                   "UTC",
		"log_timezone":               "UTC",
		"max_connections":            "200",
		"shared_buffers":             "64MB",
		"dynamic_shared_memory_type": "mmap", // containers often have 64 MB of /dev/shm
		"jit":                        "off",  // compiling costs more than our queries take
		// Error lines without the statement and its key values: those are people's names and addresses.
		"log_min_error_statement": "panic",
		"log_error_verbosity":     "terse",
	}
	if s.opts.SocketOnly {
		m["listen_addresses"], m["unix_socket_directories"] = "", s.cluster.dir
	}
	if !s.opts.Durable {
		maps.Copy(m, map[string]string{"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"})
	}
	if s.opts.Dir == "" {
		maps.Copy(m, map[string]string{"shared_buffers": "24MB", "wal_level": "minimal", "max_wal_senders": "0", "autovacuum": "off"})
	}
	maps.Copy(m, s.opts.Settings)
	return m
}

// launch starts the process and waits for its first answer; on an error the process is gone.
func (s *Server) launch(ctx context.Context, bin Binaries) error {
	args := []string{"-D", s.cluster.data()}
	settings := s.settings()
	for _, name := range slices.Sorted(maps.Keys(settings)) {
		args = append(args, "-c", name+"="+settings[name])
	}
	cmd := s.cluster.as.command(s.cluster.dir, filepath.Join(bin.Dir, "postgres"), args...)
	cmd.Stdout, cmd.Stderr = s.opts.Log, s.opts.Log
	if s.opts.Log == nil {
		f, err := os.OpenFile(s.cluster.logFile(), os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
		if err != nil {
			return err
		}
		defer f.Close()
		cmd.Stdout, cmd.Stderr = f, f
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", cmd.Path, err)
	}
	done := make(chan struct{})
	s.cmd, s.done = cmd, done
	go func() {
		_ = cmd.Wait() // how it ended is in its log
		close(done)
	}()
	err := s.keeper.watch(cmd.Process.Pid)
	if err == nil {
		err = s.await(ctx)
	}
	if err != nil {
		_ = cmd.Process.Signal(stopNow)
		<-done
	}
	return err
}

// await returns when the server answers a connection.
func (s *Server) await(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, readyWithin)
	defer cancel()
	tick := time.NewTicker(15 * time.Millisecond)
	defer tick.Stop()
	for {
		conn, err := pgx.Connect(ctx, s.URL("postgres"))
		if err == nil {
			return conn.Close(ctx)
		}
		select {
		case <-tick.C:
		case <-s.done:
			return fmt.Errorf("PostgreSQL did not start: %s", s.logTail())
		case <-ctx.Done():
			return fmt.Errorf("PostgreSQL did not answer in time (%w): %s", err, s.logTail())
		}
	}
}

func (s *Server) logTail() string {
	if s.opts.Log != nil {
		return "see its log"
	}
	text, err := os.ReadFile(s.cluster.logFile())
	if err != nil {
		return err.Error()
	}
	return lastLines(string(text), 5)
}

// URL returns the connection string of a database, as the superuser. It contains the password: not for logs.
func (s *Server) URL(db string) string {
	u := url.URL{Scheme: "postgres", User: url.User(superuser), Path: "/" + db}
	q := url.Values{"sslmode": {"disable"}}
	if s.opts.SocketOnly {
		q.Set("host", s.cluster.dir)
		q.Set("port", strconv.Itoa(s.port))
	} else {
		u.User = url.UserPassword(superuser, s.password)
		u.Host = s.Addr()
	}
	u.RawQuery = q.Encode()
	return u.String()
}

// Addr returns host:port, "" for a server with SocketOnly.
func (s *Server) Addr() string {
	if s.opts.SocketOnly {
		return ""
	}
	return net.JoinHostPort("127.0.0.1", strconv.Itoa(s.port))
}

// User and Password are for clients that take them apart from the address; the password is "" with SocketOnly.
func (s *Server) User() string { return superuser }

// Password returns the superuser's password.
func (s *Server) Password() string { return s.password }

// Folder returns where the data and the log lie.
func (s *Server) Folder() string { return s.cluster.dir }

// Done is closed when the server's process has ended, wanted or not.
func (s *Server) Done() <-chan struct{} { return s.done }

// Stop ends the server in good order: open sessions are cut, everything is written out. A server that is still
// there when ctx ends is stopped hard, which costs nothing but a recovery at the next start. Temporary data are removed. Stop may be called again.
func (s *Server) Stop(ctx context.Context) error {
	return s.end(ctx, stopFast)
}

// Kill ends the server as a power cut would, for tests of bad days. The folder is free to be started again.
func (s *Server) Kill() error {
	return s.end(context.Background(), stopNow)
}

func (s *Server) end(ctx context.Context, how syscall.Signal) error {
	if s.opts.Dir == "" {
		how = stopNow
	}
	_ = s.cmd.Process.Signal(how) // it may have ended already
	select {
	case <-s.done:
	case <-ctx.Done():
		_ = s.cmd.Process.Signal(stopNow)
		<-s.done
	}
	s.abandon()
	return nil
}

// abandon gives back what a server without a process still holds.
func (s *Server) abandon() {
	if s.opts.Dir == "" {
		_ = os.RemoveAll(s.cluster.dir)
	}
	if s.keeper != nil {
		s.keeper.release()
		s.keeper = nil
	}
	if s.lock != nil {
		_ = s.lock.Close()
		s.lock = nil
	}
}
