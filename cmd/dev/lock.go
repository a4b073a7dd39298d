package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
)

// folderLock says that a cmd/dev runs on a folder, and where. It goes with the process, however that ends: the
// operating system holds it, not the file's existence.
type folderLock struct{ file *os.File }

// errLocked is what lockFile returns when another process holds the lock.
var errLocked = errors.New("locked")

// takeLock takes the folder, making it if need be, and writes the address into the lock file. A folder that is taken
// gives an error for people with the other's address.
func takeLock(dir, address string) (*folderLock, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(dir, "lock"), os.O_CREATE|os.O_RDWR, 0o644)
	if err != nil {
		return nil, err
	}
	if err := lockFile(f); err != nil {
		defer f.Close()
		if !errors.Is(err, errLocked) {
			return nil, err
		}
		other, _ := io.ReadAll(io.LimitReader(f, 200)) // without it the sentence is shorter
		return nil, fmt.Errorf("another Stazh already runs on %s: %s. Stop it there with Ctrl-C, or start this one with another -dir and -addr",
			dir, strings.TrimSpace(string(other)))
	}
	l := &folderLock{file: f}
	err = f.Truncate(0)
	if err == nil {
		_, err = f.WriteAt([]byte(address+"\n"), 0)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return l, nil
}

func (l *folderLock) release() error {
	return errors.Join(l.file.Truncate(0), l.file.Close())
}
