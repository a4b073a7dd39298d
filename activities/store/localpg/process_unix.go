//go:build unix

package localpg

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// account is the system user that runs the server: nil means ourselves.
type account struct{ uid, gid int }

func serverAccount() (*account, error) {
	if os.Geteuid() != 0 {
		return nil, nil
	}
	u, err := user.Lookup("postgres")
	if err != nil {
		return nil, errors.New("PostgreSQL does not run as root and the system user postgres is missing: " +
			"create it with: useradd --system postgres")
	}
	uid, err := strconv.Atoi(u.Uid)
	if err != nil {
		return nil, err
	}
	gid, err := strconv.Atoi(u.Gid)
	if err != nil {
		return nil, err
	}
	return &account{uid: uid, gid: gid}, nil
}

// own gives a path to the server's user.
func (a *account) own(path string) error {
	if a == nil {
		return nil
	}
	return os.Chown(path, a.uid, a.gid)
}

// command prepares one of the server's programs: under its user, in a process group of its own (so that
// Ctrl-C at the terminal reaches us and not it), in a folder its user may read, without our PG* variables.
func (a *account) command(dir, program string, args ...string) *exec.Cmd {
	cmd := exec.Command(program, args...)
	cmd.Dir = dir
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if a != nil {
		cmd.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
	}
	for _, v := range os.Environ() {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "LC_") && !strings.HasPrefix(v, "LANG") {
			cmd.Env = append(cmd.Env, v)
		}
	}
	return cmd
}

// Signals by what they ask of the server.
const (
	stopFast = syscall.SIGINT  // end sessions, write everything out, exit
	stopNow  = syscall.SIGQUIT // exit as if the power had failed
)

// lockFolder takes the folder for this process's lifetime; the lock goes with the process, however it ends.
func lockFolder(dir string) (*os.File, error) {
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		_ = f.Close()
		if errors.Is(err, syscall.EWOULDBLOCK) {
			return nil, ErrRunning
		}
		return nil, err
	}
	return f, nil
}

// clearStale deals with what a killed parent or a power cut left: called with the folder's lock held, so a
// server that still runs on these data has no owner any more.
func clearStale(data string) error {
	file := filepath.Join(data, "postmaster.pid")
	text, err := os.ReadFile(file)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	first, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 1 || !isServer(pid, data) {
		// The number is dead or belongs to somebody else now (a container counts anew): PostgreSQL
		// would refuse to start because of the latter.
		return os.Remove(file)
	}
	for _, try := range []struct {
		signal syscall.Signal
		wait   time.Duration
	}{{stopFast, 20 * time.Second}, {stopNow, 10 * time.Second}, {syscall.SIGKILL, 5 * time.Second}} {
		_ = syscall.Kill(pid, try.signal)
		for end := time.Now().Add(try.wait); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
			if !isServer(pid, data) {
				return nil
			}
		}
	}
	return fmt.Errorf("a PostgreSQL left behind (process %d) does not stop", pid)
}

// isServer says whether the process lives and is a server on these data.
func isServer(pid int, data string) bool {
	if syscall.Kill(pid, 0) == syscall.ESRCH {
		return false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	if err != nil { // no /proc: macOS, BSD
		line, err = exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	}
	return err == nil && strings.Contains(string(line), data)
}

// keeper is the shell that outlives us: see the package comment.
type keeper struct {
	pipe io.WriteCloser
	cmd  *exec.Cmd
}

// The keeper reads the server's process number, and later "done". End of input without "done" means that
// we died: it stops the server, waits for it, and removes the folder if it was a temporary one.
const keeperScript = `pid=
while read -r line; do
  case $line in done) exit 0;; *) pid=$line;; esac
done
if [ -n "$pid" ]; then
  kill "-$1" "$pid" 2>/dev/null
  for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
fi
if [ -n "$2" ]; then rm -rf -- "$2"; fi
`

// newKeeper starts the keeper; remove names the folder to delete with the server, "" none.
func newKeeper(remove string) (*keeper, error) {
	signal := "INT"
	if remove != "" {
		signal = "QUIT" // nothing worth writing out
	}
	cmd := exec.Command("/bin/sh", "-c", keeperScript, "stazh-postgres-keeper", signal, remove)
	cmd.Dir = "/"
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	pipe, err := cmd.StdinPipe()
	if err != nil {
		return nil, err
	}
	return &keeper{pipe: pipe, cmd: cmd}, cmd.Start()
}

func (k *keeper) watch(pid int) error {
	_, err := fmt.Fprintln(k.pipe, pid)
	return err
}

// release tells the keeper that the server is gone in good order.
func (k *keeper) release() {
	_, _ = fmt.Fprintln(k.pipe, "done")
	_ = k.pipe.Close()
	_ = k.cmd.Wait()
}
