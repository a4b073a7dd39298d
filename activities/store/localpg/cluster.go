package localpg

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// rootBase is where root's servers keep their data: the user postgres may enter it.
const rootBase = "/var/lib/stazh-dev"

// cluster is a server's folder: data/, and beside it lock, port, password, folder and postgres.log.
type cluster struct {
	dir   string
	as    *account
	trust bool // no password: the socket's folder is closed to others
}

func (c *cluster) data() string         { return filepath.Join(c.dir, "data") }
func (c *cluster) passwordFile() string { return filepath.Join(c.dir, "password") }
func (c *cluster) portFile() string     { return filepath.Join(c.dir, "port") }
func (c *cluster) logFile() string      { return filepath.Join(c.dir, "postgres.log") }

// Folder returns where the data of a server started with Options.Dir lie: dir itself, or as root the folder
// under /var/lib/stazh-dev.
func Folder(dir string) (string, error) {
	abs, err := filepath.Abs(dir)
	if err != nil {
		return "", err
	}
	if os.Geteuid() != 0 {
		return abs, nil
	}
	sum := sha256.Sum256([]byte(abs))
	return filepath.Join(rootBase, hex.EncodeToString(sum[:8])), nil
}

// openCluster makes the folder (a new temporary one for dir "").
func openCluster(dir string, as *account) (*cluster, error) {
	c := &cluster{as: as}
	var err error
	switch {
	case dir != "":
		if c.dir, err = Folder(dir); err != nil {
			return nil, err
		}
		if as != nil {
			if err := os.MkdirAll(rootBase, 0o755); err != nil {
				return nil, err
			}
		}
		if err := os.MkdirAll(c.dir, 0o700); err != nil {
			return nil, err
		}
	default:
		base := os.TempDir()
		if as != nil {
			base = rootBase
			if err := os.MkdirAll(base, 0o755); err != nil {
				return nil, err
			}
		}
		sweep(base)
		if c.dir, err = os.MkdirTemp(base, "stazh-tmp-"); err != nil {
			return nil, err
		}
	}
	return c, as.own(c.dir)
}

// Remove deletes the data of a server started with Options.Dir, for a fresh start: the port stays. A server that a killed
// parent left behind is stopped first; a folder in use is ErrRunning, one that does not exist is fine.
func Remove(dir string) error {
	folder, err := Folder(dir)
	if err != nil {
		return err
	}
	if _, err := os.Stat(folder); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	lock, err := lockFolder(folder)
	if err != nil {
		return err
	}
	defer lock.Close()
	c := cluster{dir: folder}
	if err := clearStale(c.data()); err != nil {
		return err
	}
	return os.RemoveAll(c.data())
}

// sweep removes temporary folders that even their keeper did not outlive (a power cut): older than an hour
// and locked by nobody.
func sweep(base string) {
	dirs, _ := filepath.Glob(filepath.Join(base, "stazh-tmp-*"))
	for _, dir := range dirs {
		info, err := os.Stat(dir)
		if err != nil || time.Since(info.ModTime()) < time.Hour {
			continue
		}
		lock, err := lockFolder(dir)
		if err != nil {
			continue
		}
		if clearStale(filepath.Join(dir, "data")) == nil {
			_ = os.RemoveAll(dir)
		}
		_ = lock.Close()
	}
}

// major returns the version that wrote the data, 0 when there are none.
func (c *cluster) major() (int, error) {
	text, err := os.ReadFile(filepath.Join(c.data(), "PG_VERSION"))
	if errors.Is(err, os.ErrNotExist) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(text)))
}

// initialise runs initdb, into a folder that gets its name only when whole: an interrupted one leaves
// nothing that looks like data.
func (c *cluster) initialise(bin Binaries, durable bool) error {
	if !c.trust {
		if err := c.writePassword(); err != nil {
			return err
		}
	}
	var fault error
	for _, locale := range locales(bin.Major) {
		fresh := c.data() + ".new"
		if err := os.RemoveAll(fresh); err != nil {
			return err
		}
		args := append([]string{"-D", fresh, "-U", superuser, "-E", "UTF8"}, locale...)
		if c.trust {
			// Segments of 1 MB: a temporary server need not write 16 MB to say hello.
			args = append(args, "-A", "trust", "--wal-segsize=1")
		} else {
			args = append(args, "-A", "scram-sha-256", "--pwfile="+c.passwordFile())
		}
		if !durable {
			args = append(args, "--no-sync")
		}
		out, err := c.as.command(c.dir, filepath.Join(bin.Dir, "initdb"), args...).CombinedOutput()
		if err == nil {
			return os.Rename(fresh, c.data())
		}
		fault = fmt.Errorf("initdb failed (%w): %s", err, lastLines(string(out), 5))
	}
	return fault
}

// locales lists initdb's locale arguments from the best: sorting by code point that is the same on every
// machine, yet lower() and upper() know Cyrillic.
func locales(major int) [][]string {
	var out [][]string
	if major >= 17 {
		out = append(out, []string{"--locale-provider=builtin", "--locale=C.UTF-8"})
	}
	if runtime.GOOS == "darwin" {
		return append(out, []string{"--locale=en_US.UTF-8", "--lc-collate=C"})
	}
	return append(out, []string{"--locale=C.UTF-8"}, []string{"--locale=C.utf8"}, []string{"--locale=en_US.UTF-8", "--lc-collate=C"})
}

// writePassword makes the superuser's password: a loopback port is open to every user of the machine.
func (c *cluster) writePassword() error {
	if err := os.WriteFile(c.passwordFile(), []byte(rand.Text()+"\n"), 0o600); err != nil {
		return err
	}
	return c.as.own(c.passwordFile())
}

func (c *cluster) password() (string, error) {
	if c.trust {
		return "", nil
	}
	text, err := os.ReadFile(c.passwordFile())
	return strings.TrimSpace(string(text)), err
}

// lastLines returns the last n lines of a text, for an error.
func lastLines(text string, n int) string {
	lines := strings.Split(strings.TrimSpace(text), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
