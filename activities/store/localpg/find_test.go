package localpg

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// fake puts programs that answer with a version into dir.
func fake(t *testing.T, dir string, version string) string {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"postgres", "initdb"} {
		script := fmt.Sprintf("#!/bin/sh\necho '%s (PostgreSQL) %s (Debian)'\n", program, version)
		if err := os.WriteFile(filepath.Join(dir, program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return filepath.Join(dir, "postgres")
}

func TestFind(t *testing.T) {
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	lib := func(v string) string { return filepath.Join(root, "lib", v, "bin") }
	fake(t, lib("9.6"), "9.6.24")
	fake(t, lib("15"), "15.18")
	fake(t, lib("17"), "17.2")
	inPath := fake(t, filepath.Join(root, "own"), "16.1")
	old := fake(t, filepath.Join(root, "old"), "12.4")
	patterns := []string{filepath.Join(root, "lib", "*", "bin")}
	for _, c := range []struct {
		name, inPath string
		patterns     []string
		major        int
		want         string
	}{
		{"PATH goes first", inPath, patterns, 0, filepath.Join(root, "own")},
		{"otherwise the highest", "", patterns, 0, lib("17")},
		{"too old in PATH", old, patterns, 0, lib("17")},
		{"the version of the data", inPath, patterns, 15, lib("15")},
		{"data of a version that is gone", inPath, patterns, 14, ""},
		{"nothing", "", nil, 0, ""},
		{"only too old", old, nil, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := find(c.inPath, c.patterns, c.major)
			if got.Dir != c.want {
				t.Errorf("got %q, %v; want %q", got.Dir, err, c.want)
			}
			if (c.want == "") != errors.Is(err, ErrMissing) {
				t.Errorf("error %v", err)
			}
		})
	}
}

func TestInstallCommand(t *testing.T) {
	for _, c := range []struct{ goos, release, want string }{
		{"linux", "PRETTY_NAME=\"Debian\"\nID=debian\n", "sudo apt-get install postgresql"},
		{"linux", "ID=linuxmint\nID_LIKE=\"ubuntu debian\"\n", "sudo apt-get install postgresql"},
		{"linux", "ID=\"rocky\"\nID_LIKE=\"rhel centos fedora\"\n", "sudo dnf install postgresql-server"},
		{"linux", "ID=\"opensuse-leap\"\nID_LIKE=\"suse opensuse\"\n", "sudo zypper install postgresql-server"},
		{"linux", "ID=arch\n", "sudo pacman -S postgresql"},
		{"linux", "ID=alpine\n", "sudo apk add postgresql"},
		{"darwin", "", "brew install postgresql@17"},
	} {
		if got := installCommand(c.goos, c.release); got != c.want {
			t.Errorf("%s %q: %q, want %q", c.goos, c.release, got, c.want)
		}
	}
	if got := installCommand("plan9", ""); !strings.Contains(got, "PATH") {
		t.Errorf("an unknown system gets no way out: %q", got)
	}
}

func TestKeptPort(t *testing.T) {
	file := filepath.Join(t.TempDir(), "new", "port")
	a, err := KeptPort(file)
	if err != nil || a >= portTo || a < portFrom {
		t.Fatalf("%d, %v", a, err)
	}
	if b, err := KeptPort(file); err != nil || a != b {
		t.Errorf("%d then %d, %v", a, b, err)
	}
	if err := os.WriteFile(file, []byte("rubbish"), 0o644); err != nil {
		t.Fatal(err)
	}
	if c, err := KeptPort(file); err != nil || c < portFrom {
		t.Errorf("a spoilt file: %d, %v", c, err)
	}
}

func TestInstall(t *testing.T) {
	const debian, fedora = "ID=debian\n", "ID=fedora\n"
	for _, c := range []struct {
		name, release string
		root          bool
		apt           string // the fake apt-get's last line
		want          string // part of the error; "" is success
		called        bool
	}{
		{"Debian as root", debian, true, `case "$*" in *install*) : > "$MARK";; *) exit 100;; esac`, "", true},
		{"Debian as a user", debian, false, `: > "$MARK"`, ErrMissing.Error(), false},
		{"Fedora as root", fedora, true, `: > "$MARK"`, ErrMissing.Error(), false},
		{"apt-get fails", debian, true, "exit 100", "apt-get install postgresql", true},
		{"apt-get does nothing", debian, true, "exit 0", ErrMissing.Error(), true},
	} {
		t.Run(c.name, func(t *testing.T) {
			dir := t.TempDir()
			mark := filepath.Join(dir, "installed")
			script := "#!/bin/sh\necho \"apt-get $* $DEBIAN_FRONTEND\"\n" + c.apt + "\n"
			if err := os.WriteFile(filepath.Join(dir, "apt-get"), []byte(script), 0o755); err != nil {
				t.Fatal(err)
			}
			t.Setenv("PATH", dir)
			t.Setenv("MARK", mark)
			var log strings.Builder
			err := install(t.Context(), &log, c.root, c.release, func() error {
				if _, err := os.Stat(mark); err != nil {
					return ErrMissing
				}
				return nil
			})
			if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v", err)
			}
			if called := strings.Contains(log.String(), "install postgresql noninteractive"); called != c.called {
				t.Errorf("apt-get called: %v\n%s", called, log.String())
			}
		})
	}
}
