package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"
)

// simulateBar shows how far the days are: a moving bar on a terminal, a line every tenth elsewhere; and how long
// days of many people will take, once that is long.
type simulateBar struct {
	ctx      context.Context // ends the game
	out      io.Writer
	total    int
	played   int
	last     int // per cent shown
	terminal bool
	began    time.Time
	said     time.Time // when a line was written last
}

// simulatePatience is how long nothing need be said.
const simulatePatience = 10 * time.Second

func newSimulateBar(ctx context.Context, out io.Writer, total int) *simulateBar {
	b := &simulateBar{ctx: ctx, out: out, total: total, last: -1, began: time.Now(), said: time.Now()}
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
		b.last, b.said = now, time.Now()
		if b.terminal {
			fmt.Fprintf(b.out, "\r%-40s %3d %%", strings.Repeat("█", now*40/100), now)
		} else {
			fmt.Fprintf(b.out, "%d %% of %d days\n", now, b.total)
		}
	} else if done > 0 && time.Since(b.said) > simulatePatience {
		b.said = time.Now()
		left := time.Duration(float64(time.Since(b.began)) / float64(done) * float64(b.total-done))
		if b.terminal {
			fmt.Fprintln(b.out)
		}
		fmt.Fprintf(b.out, "%d of %d days, about %s to go; Ctrl-C shows what they came to so far\n", done, b.total, left.Round(time.Second))
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
