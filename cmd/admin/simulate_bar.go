package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
)

// simulateBar shows how far the days are: a moving bar on a terminal, a line every tenth elsewhere.
type simulateBar struct {
	ctx      context.Context // ends the game
	out      io.Writer
	total    int
	played   int
	last     int // per cent shown
	terminal bool
}

func newSimulateBar(ctx context.Context, out io.Writer, total int) *simulateBar {
	b := &simulateBar{ctx: ctx, out: out, total: total, last: -1}
	if f, ok := out.(*os.File); ok {
		if info, err := f.Stat(); err == nil {
			b.terminal = info.Mode()&os.ModeCharDevice != 0
		}
	}
	return b
}

func (b *simulateBar) tick(done int) bool {
	b.played = done
	step := 10
	if b.terminal {
		step = 1
	}
	if now := done * 100 / b.total / step * step; now > b.last {
		b.last = now
		if b.terminal {
			fmt.Fprintf(b.out, "\r%-40s %3d %%", strings.Repeat("█", now*40/100), now)
		} else {
			fmt.Fprintf(b.out, "%d %% of %d days\n", now, b.total)
		}
	}
	return b.ctx.Err() == nil
}

func (b *simulateBar) done() {
	if b.terminal {
		fmt.Fprintln(b.out)
	}
}

func sorted(s []string) []string {
	slices.Sort(s)
	return s
}
