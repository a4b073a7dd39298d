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
func KeptPort(file string) (int, error) { return KeptPorts(file, 1) }

// KeptPorts is KeptPort for n ports in a row; it returns the first.
func KeptPorts(file string, n int) (int, error) {
	if kept, err := os.ReadFile(file); err == nil {
		first, err := strconv.Atoi(strings.TrimSpace(string(kept)))
		if err == nil && first > 0 && first+n <= portTo && portsFree(first, n) {
			return first, nil
		}
	}
	for range 200 {
		first := portFrom + rand.IntN(portTo-portFrom-n+1)
		if !portsFree(first, n) {
			continue
		}
		if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
			return 0, err
		}
		return first, os.WriteFile(file, []byte(strconv.Itoa(first)+"\n"), 0o644)
	}
	return 0, fmt.Errorf("no %d free ports in a row on 127.0.0.1 between %d and %d", n, portFrom, portTo-1)
}

func portsFree(first, n int) bool {
	for port := first; port < first+n; port++ {
		l, err := net.Listen("tcp", fmt.Sprintf("127.0.0.1:%d", port))
		if err != nil {
			return false
		}
		if l.Close() != nil {
			return false
		}
	}
	return true
}
