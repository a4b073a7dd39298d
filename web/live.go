package web

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/google/uuid"

	"github.com/stazh/stazh/workflows/fault"
)

// Live is news for open screens. One process hears of changed sessions by one connection (Told), gathers
// what comes within a moment, renders each view of a session once, and sends the same bytes to every
// screen that shows it. A screen gets a whole picture each time, never a difference, so nothing has to be
// made up for after a lost connection; one that does not keep up is dropped and connects again.
//
// A Live that nobody tells works too: its screens get a new picture every Fresh.
type Live struct {
	Gather time.Duration // how long news is gathered; 0: 100 ms
	Ping   time.Duration // between signs of life, which also find screens that are gone; 0: 15 s
	Again  time.Duration // how often a screen's right to see is asked again; 0: a minute
	Fresh  time.Duration // a picture is made anew at least so often, because its waits grow; 0: 20 s

	mu     sync.Mutex
	topics map[uuid.UUID]*topic
	closed bool
}

// view is one way to show a session; screens with equal views get equal bytes. Who may see it is judged
// before.
type view struct {
	Lang string
	Kind string // "act", "contact", "look", or "lane/<uuid>"
}

// topic is a session that somebody watches.
type topic struct {
	screens map[*screen]bool
	due     bool // a rendering is on its way
	fresh   *time.Timer
}

// screen is one open stream. news holds at most one picture: a newer one takes its place, so a slow
// screen never makes anybody wait and never shows old news later.
type screen struct {
	view   view
	render func(context.Context, view) ([]byte, error)
	news   chan []byte
	gone   chan struct{}
	missed int
}

// slowAfter is how many pictures a screen may leave unread before it is dropped.
const slowAfter = 20

// Told says that a session changed; uuid.Nil that any may have.
func (l *Live) Told(id uuid.UUID) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if id != uuid.Nil {
		l.schedule(id)
		return
	}
	for one := range l.topics {
		l.schedule(one)
	}
}

// schedule renders a session soon, once for all that is told until then. The caller holds the lock.
func (l *Live) schedule(id uuid.UUID) {
	t := l.topics[id]
	if t == nil || t.due || l.closed {
		return
	}
	t.due = true
	gather := l.Gather
	if gather == 0 {
		gather = 100 * time.Millisecond
	}
	time.AfterFunc(gather, func() { l.publish(id) })
}

// publish renders each view of a session once and hands it to its screens.
func (l *Live) publish(id uuid.UUID) {
	l.mu.Lock()
	t := l.topics[id]
	if t == nil {
		l.mu.Unlock()
		return
	}
	t.due = false // what changes from here on is told anew
	t.fresh.Reset(l.fresh())
	views := map[view][]*screen{}
	for s := range t.screens {
		views[s.view] = append(views[s.view], s)
	}
	l.mu.Unlock()
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	for v, screens := range views {
		body, err := screens[0].render(ctx, v)
		if err != nil {
			continue // the database is away; the next news, or the ping, brings the picture
		}
		event := eventOf(body)
		for _, s := range screens {
			l.offer(s, event)
		}
	}
}

// offer puts a picture in the screen's place for it, over an unread one.
func (l *Live) offer(s *screen, event []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	select {
	case <-s.news:
		s.missed++
	default:
		s.missed = 0
	}
	if s.missed > slowAfter {
		l.drop(s)
		return
	}
	select {
	case s.news <- event:
	default:
	}
}

// drop ends a screen's stream. The caller holds the lock.
func (l *Live) drop(s *screen) {
	select {
	case <-s.gone:
	default:
		close(s.gone)
	}
}

func (l *Live) join(id uuid.UUID, s *screen) bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.closed {
		return false
	}
	if l.topics == nil {
		l.topics = map[uuid.UUID]*topic{}
	}
	if l.topics[id] == nil {
		l.topics[id] = &topic{screens: map[*screen]bool{}, fresh: time.AfterFunc(l.fresh(), func() { l.Told(id) })}
	}
	l.topics[id].screens[s] = true
	return true
}

func (l *Live) leave(id uuid.UUID, s *screen) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if t := l.topics[id]; t != nil {
		delete(t.screens, s)
		if len(t.screens) == 0 {
			t.fresh.Stop()
			delete(l.topics, id)
		}
	}
}

func (l *Live) fresh() time.Duration {
	if l.Fresh == 0 {
		return 20 * time.Second
	}
	return l.Fresh
}

// Screens counts the open streams.
func (l *Live) Screens() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, t := range l.topics {
		n += len(t.screens)
	}
	return n
}

// Close ends every stream, and lets no new one begin: browsers go on by polling, or with another process.
func (l *Live) Close() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.closed = true
	for _, t := range l.topics {
		for s := range t.screens {
			l.drop(s)
		}
	}
}

// eventOf writes a picture as one server-sent event. Its id is a hash of what it shows, so a screen that
// comes back with it is sent nothing that it has.
func eventOf(body []byte) []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "id: %s\nevent: board\n", pictureID(body))
	for line := range bytes.Lines(body) {
		b.WriteString("data: ")
		b.Write(bytes.TrimRight(line, "\r\n"))
		b.WriteByte('\n')
	}
	b.WriteByte('\n')
	return b.Bytes()
}

func pictureID(body []byte) string {
	sum := sha256.Sum256(body)
	return hex.EncodeToString(sum[:8])
}

// stream answers with the stream of a session. still says, once a minute, whether the asker may go on.
func (l *Live) stream(c *fiber.Ctx, id uuid.UUID, v view, render func(context.Context, view) ([]byte, error), still func(context.Context) error) error {
	ctx := c.UserContext()
	s := &screen{view: v, render: render, news: make(chan []byte, 1), gone: make(chan struct{})}
	if !l.join(id, s) {
		return fault.New(fault.Unavailable, "unavailable")
	}
	first, err := render(ctx, v) // after joining: what changes meanwhile comes as news
	if err != nil {
		l.leave(id, s)
		return err
	}
	known := c.Get("Last-Event-ID")
	c.Set(fiber.HeaderContentType, "text/event-stream; charset=utf-8")
	c.Set(fiber.HeaderCacheControl, "no-store, no-transform")
	c.Set("X-Accel-Buffering", "no") // a proxy in front must not hold it back
	conn := c.Context().Conn()       // what is left after the handler has returned
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer l.leave(id, s)
		_, _ = w.WriteString("retry: 1000\n: hello\n\n")
		if pictureID(first) != known {
			_, _ = w.Write(eventOf(first))
		}
		if flush(conn, w) != nil {
			return
		}
		l.feed(conn, w, s, still)
	})
	return nil
}

// feed writes news and signs of life until the screen is gone, dropped, or may no longer see.
func (l *Live) feed(conn net.Conn, w *bufio.Writer, s *screen, still func(context.Context) error) {
	every, again := l.Ping, l.Again
	if every == 0 {
		every = 15 * time.Second
	}
	if again == 0 {
		again = time.Minute
	}
	ping, check := time.NewTicker(every), time.NewTicker(again)
	defer ping.Stop()
	defer check.Stop()
	for {
		select {
		case <-s.gone:
			_, _ = w.WriteString("event: end\ndata:\n\n")
			_ = flush(conn, w)
			return
		case event := <-s.news:
			_, _ = w.Write(event)
		case <-ping.C:
			_, _ = w.WriteString("event: ping\ndata:\n\n")
		case <-check.C:
			ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
			err := still(ctx)
			cancel()
			if kind := fault.KindOf(err); err != nil && (kind == fault.Unauthenticated || kind == fault.NotFound || kind == fault.Forbidden) {
				_, _ = w.WriteString("event: end\ndata:\n\n")
				_ = flush(conn, w)
				return
			}
			continue
		}
		if flush(conn, w) != nil {
			return
		}
	}
}

// flush gives each writing its own time: the server's time to write an answer would end the stream.
func flush(conn net.Conn, w *bufio.Writer) error {
	if conn != nil {
		_ = conn.SetWriteDeadline(time.Now().Add(10 * time.Second))
	}
	return w.Flush()
}
