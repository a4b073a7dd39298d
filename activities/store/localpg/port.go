package localpg

import (
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// Ports of ours lie in [portFrom, portTo). Linux hands out 32768 and above to outgoing connections, so a
// port below stays free between two starts; and Temporal keeps its ports in a smallint column.
const (
	portFrom = 20000
	portTo   = 32768
)

// KeptPort returns a loopback port below 32768 that is free now and the same as last time: it is kept in the file.
// When the kept one is in use by somebody, a new one is chosen and kept. Between the answer and its use another
// process may take the port; the caller's bind tells.
func KeptPort(file string) (int, error) {
	if kept, err := os.ReadFile(file); err == nil {
		port, err := strconv.Atoi(strings.TrimSpace(string(kept)))
		if err == nil && port > 0 && port < portTo && portFree(port) {
			return port, nil
		}
	}
	for range 200 {
		port := portFrom + rand.IntN(portTo-portFrom)
		if !portFree(port) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return 0, err
		}
		return port, os.WriteFile(file, []byte(strconv.Itoa(port)+"\n"), 0o644)
	}
	return 0, fmt.Errorf("no free port on 127.0.0.1 between %d and %d", portFrom, portTo-1)
}

func portFree(port int) bool {
	l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
	if err != nil {
		return false
	}
	return l.Close() == nil
}
