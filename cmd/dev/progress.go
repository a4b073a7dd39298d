package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

// progress tells the person at the terminal what is being built up. On a terminal each step is one line whose clock
// runs while one waits; elsewhere (a file, a CI log) it is one line at the start and one at the end.
type progress struct {
	mu      sync.Mutex
	w       io.Writer
	tty     bool
	current string // the step that runs, "" between steps
	began   time.Time
	partial []byte // of a line that Write has got so far
}

func newProgress(w io.Writer) *progress {
	p := &progress{w: w}
	if f, ok := w.(*os.File); ok {
		info, err := f.Stat()
		p.tty = err == nil && info.Mode()&os.ModeCharDevice != 0 && os.Getenv("TERM") != "dumb"
	}
	return p
}

const clearLine = "\r\x1b[K"

// step runs one step under its name and returns the step's error with the name in front.
func (p *progress) step(name string, f func() error) error {
	p.mu.Lock()
	p.current, p.began = name, time.Now()
	if p.tty {
		p.draw()
	} else {
		fmt.Fprintf(p.w, "%s: starting\n", name)
	}
	p.mu.Unlock()

	finished, drawn := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(drawn)
		tick := time.NewTicker(200 * time.Millisecond)
		defer tick.Stop()
		for p.tty {
			select {
			case <-tick.C:
				p.mu.Lock()
				p.draw()
				p.mu.Unlock()
			case <-finished:
				return
			}
		}
	}()
	err := f()
	close(finished)
	<-drawn

	p.mu.Lock()
	defer p.mu.Unlock()
	took := time.Since(p.began).Seconds()
	p.current = ""
	switch {
	case err != nil && p.tty:
		fmt.Fprintf(p.w, clearLine+"  %s: failed\n", name)
	case p.tty:
		fmt.Fprintf(p.w, clearLine+"  %-24s %5.1f s\n", name, took)
	case err == nil:
		fmt.Fprintf(p.w, "%s: ready after %.1f s\n", name, took)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// draw writes the running step's line anew; p.mu is held.
func (p *progress) draw() {
	fmt.Fprintf(p.w, clearLine+"  %-24s %5.1f s ...", p.current, time.Since(p.began).Seconds())
}

// say writes a line of its own, also in the middle of a step.
func (p *progress) say(format string, args ...any) {
	fmt.Fprintf(p, format+"\n", args...)
}

// Write lets other programs' output (apt-get) through, line by line.
func (p *progress) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.partial = append(p.partial, b...)
	end := bytes.LastIndexByte(p.partial, '\n')
	if end < 0 {
		return len(b), nil
	}
	var err error
	if p.tty && p.current != "" {
		_, err = io.WriteString(p.w, clearLine)
	}
	_, err2 := p.w.Write(p.partial[:end+1])
	p.partial = append([]byte(nil), p.partial[end+1:]...)
	if p.tty && p.current != "" {
		p.draw()
	}
	return len(b), errors.Join(err, err2)
}
