package localpg

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
)

// MinMajor is the oldest PostgreSQL major version that Stazh runs on: the oldest one its own project
// still mended when Stazh began.
const MinMajor = 14

// ErrMissing is wrapped by Find's error when no usable PostgreSQL is installed; the error's text ends in
// the command that installs one on this system.
var ErrMissing = errors.New("PostgreSQL is not installed")

// Binaries is a folder that holds a server's programs (initdb, postgres).
type Binaries struct {
	Dir   string // absolute, symbolic links resolved
	Major int    // 15 of "15.18"
}

// searched are the folders that packages use without putting them into PATH: Debian and Ubuntu,
// PostgreSQL's own RPMs, openSUSE, Alpine, Homebrew (Apple silicon, Intel, Linux), Postgres.app.
var searched = []string{
	"/usr/lib/postgresql/*/bin",
	"/usr/pgsql-*/bin",
	"/usr/lib/postgresql*/bin",
	"/usr/libexec/postgresql*",
	"/opt/homebrew/opt/postgresql*/bin",
	"/usr/local/opt/postgresql*/bin",
	"/home/linuxbrew/.linuxbrew/opt/postgresql*/bin",
	"/usr/local/pgsql/bin",
	"/Applications/Postgres.app/Contents/Versions/*/bin",
}

// Find returns the programs to use: those in PATH, otherwise the highest version in the places where
// packages put them. major other than 0 asks for exactly that version, wherever it is: data written
// by one major version cannot be read by another. The error wraps ErrMissing.
func Find(major int) (Binaries, error) {
	var inPath string
	if p, err := exec.LookPath("postgres"); err == nil {
		inPath = p
	}
	return find(inPath, searched, major)
}

func find(inPath string, patterns []string, major int) (Binaries, error) {
	var found []Binaries
	if inPath != "" {
		if b, ok := inspect(inPath); ok {
			found = append(found, b)
		}
	}
	var elsewhere []Binaries
	for _, pattern := range patterns {
		dirs, _ := filepath.Glob(pattern) // the only error is a bad pattern, and ours are constants
		for _, dir := range dirs {
			if b, ok := inspect(filepath.Join(dir, "postgres")); ok {
				elsewhere = append(elsewhere, b)
			}
		}
	}
	slices.SortStableFunc(elsewhere, func(a, b Binaries) int { return b.Major - a.Major })
	found = append(found, elsewhere...)
	for _, b := range found {
		if b.Major == major || major == 0 && b.Major >= MinMajor {
			return b, nil
		}
	}
	switch {
	case major != 0:
		return Binaries{}, fmt.Errorf("the data here were written by PostgreSQL %d, which is no longer installed: "+
			"install it again, or start afresh with -reset (%w in version %d)", major, ErrMissing, major)
	case len(found) > 0:
		return Binaries{}, fmt.Errorf("%w in version %d or newer (found %d in %s). %s",
			ErrMissing, MinMajor, found[0].Major, found[0].Dir, advice())
	}
	return Binaries{}, fmt.Errorf("%w. %s", ErrMissing, advice())
}

var versionLine = regexp.MustCompile(`\(PostgreSQL\) (\d+)`)

// inspect asks the program its version; ok is false when it or the initdb beside it does not run.
func inspect(postgres string) (Binaries, bool) {
	real, err := filepath.EvalSymlinks(postgres)
	if err != nil {
		return Binaries{}, false
	}
	dir := filepath.Dir(real)
	if _, err := os.Stat(filepath.Join(dir, "initdb")); err != nil {
		return Binaries{}, false
	}
	out, err := exec.Command(real, "--version").Output()
	if err != nil {
		return Binaries{}, false
	}
	m := versionLine.FindSubmatch(out)
	if m == nil {
		return Binaries{}, false
	}
	major, err := strconv.Atoi(string(m[1]))
	return Binaries{Dir: dir, Major: major}, err == nil
}

// advice is the sentence with the command that installs PostgreSQL here.
func advice() string {
	release, _ := os.ReadFile("/etc/os-release")
	return "Install it with: " + installCommand(runtime.GOOS, string(release))
}

func installCommand(goos, osRelease string) string {
	if goos == "darwin" {
		return "brew install postgresql@17"
	}
	for _, c := range []struct{ family, command string }{
		{"debian", "sudo apt-get install postgresql"},
		{"ubuntu", "sudo apt-get install postgresql"},
		{"fedora", "sudo dnf install postgresql-server"},
		{"rhel", "sudo dnf install postgresql-server"},
		{"suse", "sudo zypper install postgresql-server"},
		{"arch", "sudo pacman -S postgresql"},
		{"alpine", "sudo apk add postgresql"},
	} {
		if slices.Contains(families(osRelease), c.family) {
			return c.command
		}
	}
	return "your system's package manager (the package is called postgresql or postgresql-server), " +
		"or put the folder with initdb and postgres into PATH"
}

// families returns the words of ID and ID_LIKE in an os-release file.
func families(osRelease string) []string {
	var out []string
	for line := range strings.Lines(osRelease) {
		key, value, _ := strings.Cut(strings.TrimSpace(line), "=")
		if key == "ID" || key == "ID_LIKE" {
			out = append(out, strings.Fields(strings.Trim(value, `"'`))...)
		}
	}
	return out
}

// Install installs PostgreSQL with apt-get when it is missing and this is Debian or Ubuntu run by root;
// it says so on log first. Anywhere else, and when apt-get fails, the error ends in the command for the
// person. The cluster that the package starts by itself is left alone: ours has a port of its own.
func Install(ctx context.Context, log io.Writer) error {
	release, _ := os.ReadFile("/etc/os-release")
	return install(ctx, log, os.Geteuid() == 0, string(release), func() error {
		_, err := Find(0)
		return err
	})
}

func install(ctx context.Context, log io.Writer, root bool, osRelease string, find func() error) error {
	missing := find()
	if missing == nil {
		return nil
	}
	family := families(osRelease)
	apt, err := exec.LookPath("apt-get")
	if !root || err != nil || !slices.Contains(family, "debian") && !slices.Contains(family, "ubuntu") {
		return missing
	}
	fmt.Fprintln(log, "PostgreSQL is not installed: installing the package postgresql with apt-get")
	for _, args := range [][]string{
		{"-q", "update"},
		{"-q", "-y", "--no-install-recommends", "-o", "DPkg::Lock::Timeout=120", "install", "postgresql"},
	} {
		cmd := exec.CommandContext(ctx, apt, args...)
		cmd.Env = append(os.Environ(), "DEBIAN_FRONTEND=noninteractive")
		cmd.Stdout, cmd.Stderr = log, log
		// A failed update may be one unreachable source of many: install is the judge.
		if err := cmd.Run(); err != nil && args[1] != "update" {
			return fmt.Errorf("apt-get could not install postgresql (%w). Try it yourself: apt-get install postgresql", err)
		}
	}
	return find()
}
