package mail

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"strings"
	"sync"
	"testing"
	"time"
)

// scripted answers each command line with what say returns; an empty answer closes the connection.
func scripted(t *testing.T, say func(connection int, command string) string) Dialer {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	t.Cleanup(func() { _ = l.Close(); all.Wait() })
	all.Go(func() {
		for n := 1; ; n++ {
			c, err := l.Accept()
			if err != nil {
				return
			}
			all.Go(func() {
				defer c.Close()
				_ = c.SetDeadline(time.Now().Add(20 * time.Second))
				r := bufio.NewReader(c)
				fmt.Fprint(c, "220 script.example\r\n")
				content := false
				for {
					text, err := r.ReadString('\n')
					if err != nil {
						return
					}
					text = strings.TrimRight(text, "\r\n")
					if content && text != "." {
						continue
					}
					answer := say(n, text)
					if answer == "" {
						return
					}
					content = strings.HasPrefix(answer, "354")
					fmt.Fprint(c, answer+"\r\n")
				}
			})
		}
	})
	return Dialer{Host: "127.0.0.1", Port: l.Addr().(*net.TCPAddr).Port, TLS: NoTLS, Timeout: 5 * time.Second}
}

func polite(command string) string {
	if command == "DATA" {
		return "354 go on"
	}
	return "250 ok"
}

func TestGoneAfterThe250IsSuccess(t *testing.T) {
	accepted := make(chan struct{}, 10)
	d := scripted(t, func(_ int, command string) string {
		switch command {
		case ".":
			accepted <- struct{}{}
		case "RSET":
			return "" // the server goes away right after the mail
		case "NOOP":
			if len(accepted) > 0 {
				return ""
			}
		}
		return polite(command)
	})
	tr := transport(t, d)
	if err := tr.Send(t.Context(), rendered(t, Booked, "en")); err != nil {
		t.Errorf("an accepted mail is reported as %v: it would be sent twice", err)
	}
	if len(accepted) != 1 {
		t.Errorf("sent %d times", len(accepted))
	}
}

func TestServiceClosing421IsDialledAnewOnce(t *testing.T) {
	var mu sync.Mutex
	mails := map[int]int{}
	d := scripted(t, func(connection int, command string) string {
		if strings.HasPrefix(command, "MAIL") {
			mu.Lock()
			defer mu.Unlock()
			if mails[connection]++; mails[connection] > 1 {
				return "421 too many mails on this connection"
			}
		}
		return polite(command)
	})
	tr := transport(t, d)
	for range 3 {
		if err := tr.Send(t.Context(), rendered(t, Booked, "en")); err != nil {
			t.Error(err)
		}
	}
	mu.Lock()
	defer mu.Unlock()
	if len(mails) != 3 {
		t.Errorf("%d connections", len(mails))
	}
}

func TestEndedContextCutsTheSend(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	hang := make(chan struct{})
	d := scripted(t, func(_ int, command string) string {
		if strings.HasPrefix(command, "RCPT") {
			cancel()
			<-hang
			return ""
		}
		return polite(command)
	})
	t.Cleanup(func() { close(hang) }) // after scripted's own, so that it runs before that one waits
	d.Timeout = 60 * time.Second
	tr := transport(t, d)
	if err := tr.Send(ctx, rendered(t, Booked, "en")); Code(err) != CodeStopped || !Temporary(err) {
		t.Errorf("%v", err)
	}
}

func TestSilentServerTimesOut(t *testing.T) {
	hang := make(chan struct{})
	d := scripted(t, func(_ int, command string) string {
		if strings.HasPrefix(command, "MAIL") {
			<-hang
			return ""
		}
		return polite(command)
	})
	t.Cleanup(func() { close(hang) })
	d.Timeout = 100 * time.Millisecond
	if err := transport(t, d).Send(t.Context(), rendered(t, Booked, "en")); Code(err) != CodeDropped || !Temporary(err) {
		t.Errorf("%v", err)
	}
}
