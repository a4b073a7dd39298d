//go:build !unix

package main

import (
	"errors"
	"os"
)

func lockFile(*os.File) error {
	return errors.New("cmd/dev runs on Linux and macOS: on Windows use WSL")
}
