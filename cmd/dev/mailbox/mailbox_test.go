package mailbox

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/smtp"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stazh/stazh/activities/mail/mailsink"
	"github.com/stazh/stazh/activities/store/localpg/pgtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// open returns the mailbox's address and its sink's.
func open(t *testing.T) (page, sink string) {
	t.Helper()
	store, err := OpenStore(t.Context(), pgtest.Open(t, nil))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	s, err := mailsink.Listen("127.0.0.1:0", store)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	server := httptest.NewServer(Handler(store))
	t.Cleanup(server.Close)
	return server.URL, s.Addr()
}

func send(t *testing.T, sink, to, raw string) {
	t.Helper()
	if err := smtp.SendMail(sink, nil, "hr@example.com", []string{to}, []byte(strings.ReplaceAll(raw, "\n", "\r\n"))); err != nil {
		t.Fatal(err)
	}
}

func get(t *testing.T, address string) (int, string, http.Header) {
	t.Helper()
	answer, err := http.Get(address)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer.StatusCode, string(body), answer.Header
}

const invitation = `From: Stazh <hr@example.com>
Subject: Invitation & more
Message-ID: <key-1@stazh>
Date: Mon, 2 Jan 2006 15:04:05 +0200
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary=m

--m
Content-Type: multipart/alternative; boundary=a

--a
Content-Type: text/plain; charset=utf-8

Come: http://localhost:1/c/x
--a
Content-Type: text/html; charset=utf-8

<!DOCTYPE html><html><body><script>alert(1)</script><a href="http://localhost:1/c/x">Come</a></body></html>
--a--
--m
Content-Type: text/calendar; method=REQUEST; charset=utf-8; name="meeting.ics"
Content-Disposition: attachment; filename="meeting.ics"

BEGIN:VCALENDAR
--m--
`

func TestEmpty(t *testing.T) {
	page, _ := open(t)
	for path, want := range map[string]string{"/": "No mail yet", "/?q=x": "Nothing found", "/?to=a@b": "Nothing found", "/?q=%00": "No mail yet"} {
		if code, body, _ := get(t, page+path); code != 200 || !strings.Contains(body, want) {
			t.Errorf("%s: %d, wants %q", path, code, want)
		}
	}
	for _, path := range []string{"/mail/1", "/mail/x", "/mail/1/html", "/mail/1/attachment/1", "/api/messages/1"} {
		if code, body, _ := get(t, page+path); code != 404 || !strings.Contains(body, "No such message") {
			t.Errorf("%s: %d", path, code)
		}
	}
	if _, body, _ := get(t, page+"/api/messages"); strings.TrimSpace(body) != `{"counts":{},"messages":[]}` {
		t.Errorf("empty JSON is %s", body)
	}
}

func TestOneMail(t *testing.T) {
	page, sink := open(t)
	send(t, sink, "Ann@Example.com", invitation)
	for path, wants := range map[string][]string{
		"/":                              {"Invitation &amp; more", "ann@example.com", "Calendar file", "Come: http"},
		"/mail/1":                        {`sandbox="allow-popups allow-popups-to-escape-sandbox"`, `src="/mail/1/html"`, "key-1@stazh", "meeting.ics", `href="http://localhost:1/c/x" target="_blank"`},
		"/mail/1?view=text":              {"<pre class=\"text\">Come: http://localhost:1/c/x"},
		"/mail/1?view=raw":               {"Content-Type: multipart/mixed", "&lt;script&gt;"},
		"/?q=EXAMPLE":                    {"Invitation"},
		"/?q=invit":                      {"Invitation"},
		"/?to=ann@example.com":           {"Mail to", "Invitation"},
		"/?to=nn@example.com":            {"Nothing found"},
		"/static/style.css":              {"prefers-color-scheme"},
		"/static/refresh.js":             {"DOMParser"},
		"/api/messages/1":                {`"text":"Come`},
		"/?q=" + url.QueryEscape(`'"<%`): {"Nothing found"},
	} {
		code, body, head := get(t, page+path)
		for _, want := range wants {
			if code != 200 || !strings.Contains(body, want) {
				t.Errorf("%s: %d, no %q", path, code, want)
			}
		}
		if head.Get("X-Content-Type-Options") != "nosniff" || strings.Contains(body, "<script>") && !strings.HasPrefix(path, "/api") {
			t.Errorf("%s: unsafe", path)
		}
	}
	_, body, head := get(t, page+"/mail/1/html")
	if !strings.HasPrefix(body, `<!DOCTYPE html><base target="_blank">`) {
		t.Errorf("the frame begins %q", body[:50])
	}
	if csp := head.Get("Content-Security-Policy"); !strings.HasPrefix(csp, "sandbox allow-popups allow-popups-to-escape-sandbox;") || strings.Contains(csp, "script") {
		t.Errorf("the frame's policy is %q", csp)
	}
	_, body, head = get(t, page+"/mail/1/attachment/1")
	if !strings.HasPrefix(body, "BEGIN:VCALENDAR") || head.Get("Content-Disposition") != "attachment; filename=meeting.ics" || !strings.HasPrefix(head.Get("Content-Type"), "text/calendar") {
		t.Errorf("%q %v", body, head)
	}
}

func TestAPI(t *testing.T) {
	page, sink := open(t)
	send(t, sink, "ann@example.com", invitation)
	send(t, sink, "ann@example.com", invitation)
	send(t, sink, "bob@example.com", "Subject: Reminder\nMessage-ID: <key-2@stazh>\n\nhello")
	ask := func(query string) (ids []int64, counts map[string]int) {
		var out struct {
			Messages []mailsink.Message `json:"messages"`
			Counts   map[string]int     `json:"counts"`
		}
		_, body, _ := get(t, page+"/api/messages"+query)
		if err := json.Unmarshal([]byte(body), &out); err != nil {
			t.Fatal(err)
		}
		for _, m := range out.Messages {
			ids = append(ids, m.ID)
		}
		return ids, out.Counts
	}
	for query, want := range map[string]string{
		"":                                   "[3 2 1]",
		"?to=ANN@example.com":                "[2 1]",
		"?subject=remind":                    "[3]",
		"?to=ann@example.com&subject=remind": "[]",
		"?message_id=key-1@stazh":            "[2 1]",
		"?limit=1":                           "[3]",
		"?limit=1&before=3":                  "[2]",
		"?q=bob":                             "[3]",
	} {
		if ids, _ := ask(query); fmt.Sprint(ids) != want {
			t.Errorf("%q gives %v, want %s", query, ids, want)
		}
	}
	if _, counts := ask(""); counts["key-1@stazh"] != 2 || counts["key-2@stazh"] != 1 {
		t.Errorf("counts %v", counts)
	}
	if _, body, _ := get(t, page+"/"); !strings.Contains(body, "received 2 times") {
		t.Error("the list hides a doubled mail")
	}
}

func TestPaging(t *testing.T) {
	page, sink := open(t)
	for i := range pageSize + 1 {
		send(t, sink, "ann@example.com", fmt.Sprintf("Subject: number %d\n\n", i))
	}
	_, body, _ := get(t, page+"/")
	if strings.Contains(body, "number 0<") || !strings.Contains(body, "before=2") {
		t.Error("the first page has no next one")
	}
	if _, body, _ = get(t, page+"/?before=2"); !strings.Contains(body, "number 0<") || strings.Contains(body, "number 1<") {
		t.Error("the second page is wrong")
	}
}

func TestBase(t *testing.T) {
	for in, want := range map[string]string{
		"<p>x":                  `<!doctype html><base target="_blank"><p>x`,
		"\n<!DOCTYPE html><p>x": `<!DOCTYPE html><base target="_blank"><p>x`,
		"":                      `<!doctype html><base target="_blank">`,
		"<!doctype":             `<!doctype html><base target="_blank"><!doctype`,
	} {
		if got := withBase(in); got != want {
			t.Errorf("%q became %q", in, got)
		}
	}
}

func TestWhen(t *testing.T) {
	now := time.Date(2026, 11, 23, 18, 0, 0, 0, time.Local)
	for want, at := range map[string]time.Time{
		"09:05:07":      time.Date(2026, 11, 23, 9, 5, 7, 0, time.Local),
		"22 Nov, 23:59": time.Date(2026, 11, 22, 23, 59, 0, 0, time.Local),
		"31 Dec 2025":   time.Date(2025, 12, 31, 12, 0, 0, 0, time.Local),
	} {
		if got := when(at, now); got != want {
			t.Errorf("%v is %q", at, got)
		}
	}
}
