// Package localpg starts a PostgreSQL server of our own on this machine, for cmd/dev and for tests.
// Production never imports it: there PostgreSQL is somebody's careful work, here it is a child process.
//
// What it takes care of, each because it cost somebody an evening:
//
//   - Where the programs are. Debian keeps initdb and postgres out of PATH; see Find.
//   - Root. PostgreSQL refuses to run as root, so as root it runs as the system user "postgres", and
//     its data lies under /var/lib/stazh-dev/<hash of the folder>, because that user may not read /root.
//   - A killed parent. A small shell, the keeper, holds a pipe to us; when we die, by whatever signal,
//     the pipe closes and it stops the server (and removes a temporary folder). Linux' parent-death
//     signal was refused: it follows the thread that forked, which Go retires at will, it does not exist on
//     macOS, and it cannot clean up.
//   - A stale postmaster.pid, from a power cut or a container whose process numbers begin anew.
//   - Two starts on one folder: the second gets ErrRunning.
package localpg
