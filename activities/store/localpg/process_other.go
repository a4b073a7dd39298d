//go:build !unix

package localpg

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

var errSystem = errors.New("a local PostgreSQL is started on Linux and macOS only: on Windows use WSL")

type account struct{}

func serverAccount() (*account, error) { return nil, errSystem }

func (a *account) own(string) error { return errSystem }

func (a *account) command(_, program string, args ...string) *exec.Cmd {
	return exec.Command(program, args...)
}

const (
	stopFast = syscall.SIGINT
	stopNow  = syscall.SIGKILL
)

func lockFolder(string) (*os.File, error) { return nil, errSystem }

func clearStale(string) error { return errSystem }

type keeper struct{}

func newKeeper(string) (*keeper, error) { return nil, errSystem }

func (k *keeper) watch(int) error { return errSystem }

func (k *keeper) release() {}
